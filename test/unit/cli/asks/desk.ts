import { PassThrough, Writable } from 'node:stream';
import { createTerminalAsks } from '../../../../src/cli/asks/terminal-asks.js';
import type { TerminalIo } from '../../../../src/cli/asks/prompter.js';
import { keyBytes } from '../../../support/keys.js';
import { createScreen } from '../../../support/screen.js';

/** A terminal in memory, with somebody at it who waits for what stands there before a key is pressed. */
export function openDesk({
  columns = 80,
  rows = 60,
  env = {},
}: { columns?: number; rows?: number; env?: Readonly<Record<string, string>> } = {}) {
  const screen = createScreen(columns, rows);
  const chunks: Buffer[] = [];
  let raw = false;
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode(mode: boolean) {
      raw = mode;
    },
  });
  const stderr = Object.assign(
    new Writable({
      write(chunk: Buffer, _, done) {
        chunks.push(chunk);
        // What a terminal in line mode makes of a newline.
        const text = chunk.toString('utf8').replaceAll('\n', '\r\n');
        screen.xterm.write(text, done);
      },
    }),
    { isTTY: true, columns, rows },
  );
  const io = { stdin, stderr, env: { TERM: 'xterm-256color', ...env } } as unknown as TerminalIo;
  const text = () => screen.scrollback().join('\n');
  /** Waits for the text to stand there, below whatever this has waited for already. */
  let from = 0;
  const waitFor = async (wanted: string): Promise<void> => {
    const until = Date.now() + 10_000;
    for (;;) {
      const at = text().indexOf(wanted, from);
      if (at >= 0) {
        from = at + wanted.length;
        return;
      }
      if (Date.now() > until) throw new Error(`${wanted} never came:\n${text()}`);
      await new Promise((resolve) => {
        setTimeout(resolve, 10);
      });
    }
  };
  /** Waits for the text to stand anywhere, for what is drawn over and over. */
  const shows = async (wanted: string): Promise<void> => {
    const last = from;
    from = 0;
    await waitFor(wanted);
    from = last;
  };
  return {
    io,
    asks: createTerminalAsks(io),
    text,
    waitFor,
    shows,
    bytes: () => Buffer.concat(chunks).toString('utf8'),
    isRaw: () => raw,
    write: (typed: string) => void stdin.write(typed),
    press: (...keys: string[]) => keys.forEach((key) => stdin.write(keyBytes(key))),
    /** Presses keys when the text stands there. */
    async when(wanted: string, ...keys: string[]) {
      await waitFor(wanted);
      keys.forEach((key) => stdin.write(keyBytes(key)));
    },
    /** Types a line when the text stands there. */
    async type(wanted: string, line: string) {
      await waitFor(wanted);
      stdin.write(line);
      stdin.write('\r');
    },
  };
}
