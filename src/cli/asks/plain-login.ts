import { createInterface, type Interface } from 'node:readline';
import type { AskLogin } from '../../core/asks.js';
import { pageWarnings } from '../../core/ask-warnings.js';
import { redact } from '../../core/redact.js';
import { toTerminalLine } from '../../core/terminal-text.js';
import { withSignal } from '../../core/wait.js';
import type { Io } from '../io.js';

/**
 * A login where nobody can be asked: its address is told on stderr once, and every line of stdin is
 * taken for the address it ended at. Nothing is opened. When stdin is over, the redirect is awaited.
 */
export function createPlainLogin({ stdin, stderr }: Pick<Io, 'stdin' | 'stderr'>): AskLogin {
  const lines = createLines(stdin);
  let told = false;
  return async ({ server, url, host }, signal) => {
    const write = (line: string) => void stderr.write(`${toTerminalLine(redact(line))}\n`);
    if (!told) {
      write(`${server} wants you to log in at ${host}. Open this address in a browser:`);
      for (const warning of pageWarnings(url)) write(`! ${warning}`);
      write(url);
      write('If that browser is on another machine, paste the address it ends at here.');
    }
    told = true;
    const line = await lines.next(signal);
    return line === undefined ? { kind: 'manual' } : { kind: 'manual', redirected: line };
  };
}

/** Lines that are not empty; undefined when there is none any more. What one reader leaves the next one gets. */
function createLines(stdin: NodeJS.ReadStream) {
  const waiting: string[] = [];
  let opened: Interface | undefined;
  let over = stdin.readableEnded || stdin.destroyed;
  let wake = () => {};
  const open = () => {
    const lines = createInterface({ input: stdin, crlfDelay: Infinity, terminal: false });
    lines.on('line', (line) => {
      if (line.trim() !== '') waiting.push(line);
      wake();
    });
    lines.once('close', () => {
      over = true;
      wake();
    });
    return lines;
  };
  const changed = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
    });
  return {
    async next(signal: AbortSignal): Promise<string | undefined> {
      for (;;) {
        const line = waiting.shift();
        if (line !== undefined || over) return line;
        opened ??= open();
        stdin.resume();
        try {
          await withSignal(changed(), signal);
        } finally {
          stdin.pause();
        }
      }
    },
  };
}
