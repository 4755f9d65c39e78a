import path from 'node:path';
import { spawn, type IPty } from '@lydell/node-pty';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSampleServer } from '../../src/serve/server.js';
import { startFakeOllama, type FakeOllama } from '../fakes/ollama/index.js';
import { BIN, makeHome } from '../support/ostler.js';

let home: ReturnType<typeof makeHome>;
let ollama: FakeOllama;
beforeEach(async () => {
  home = makeHome();
  ollama = await startFakeOllama();
});
afterEach(async () => {
  await ollama.close();
  home.remove();
});

interface Screen {
  bytes: string;
  code: number;
}

/** Runs the program in a terminal of its own; `onData` sees everything written so far. */
function inTerminal(
  args: readonly string[],
  onData?: (bytes: string, terminal: IPty) => void,
): Promise<Screen> {
  const terminal = spawn(process.execPath, [BIN, ...args], {
    cols: 80,
    rows: 24,
    cwd: home.dir,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: home.dir,
      OSTLER_HOME: path.join(home.dir, 'state'),
      TERM: 'xterm-256color',
    },
  });
  let bytes = '';
  terminal.onData((data) => {
    bytes += data;
    onData?.(bytes, terminal);
  });
  return new Promise((resolve) => {
    terminal.onExit(({ exitCode }) => resolve({ bytes, code: exitCode }));
  });
}

/** What a terminal would act on, but for line ends and colours, which are ours. */
const foreign = (bytes: string) =>
  bytes.replaceAll(/\x1b\[[\d;]*m|\r\n/g, '').replaceAll(/[^\x00-\x08\x0b-\x1f\x7f]/g, '');

describe('in a terminal', () => {
  it('the demo tells its steps, with colours and nothing else a terminal acts on', async () => {
    const { bytes, code } = await inTerminal(['demo', '--host', '127.0.0.1:9']);
    expect(code).toBe(0);
    expect(bytes).toContain('\x1b[1m');
    expect(bytes).toContain('a script plays the model');
    expect(bytes).toContain('Hello, Bob!');
    expect(foreign(bytes)).toBe('');
  });

  it('shows the answer as it comes and each tool call in a line', async () => {
    const token = 'terminal-token-0123456789';
    const server = await startSampleServer({ kind: 'math', tokens: [{ name: 't', token }] });
    try {
      const { bytes, code } = await inTerminal([
        'This is Bob. We are doing math. Help us to add 2 and 3. BTW. Say hello to him',
        '--host',
        ollama.url,
        '--server',
        server.sseUrl,
        '-H',
        `Authorization: Bearer ${token}`,
        '-y',
      ]);
      expect(code).toBe(0);
      expect(bytes).toMatch(/✓.*add_numbers\(number1=2, number2=3\).*→ 5/);
      expect(bytes).toContain('Hello, Bob!');
      expect(bytes).not.toContain(token);
    } finally {
      await server.close();
    }
  });

  it('writes no escape code of a model', async () => {
    ollama.script({ text: 'a\x1b]0;owned\x07\x1b[2Jb\rc\u009b31m' });
    const { bytes } = await inTerminal(['hi', '--host', ollama.url]);
    expect(foreign(bytes)).toBe('');
    expect(bytes).toContain('a\\x1b]0;owned\\x07\\x1b[2Jb\\x0dc\\x9b31m');
  });

  it('Ctrl+C in the middle of an answer ends with 130 and tells the model to stop', async () => {
    ollama.script({ text: Array.from({ length: 500 }, (_, at) => `word${at} `), writeMs: 20 });
    let pressed = false;
    const { bytes, code } = await inTerminal(['hi', '--host', ollama.url], (seen, terminal) => {
      if (pressed || !seen.includes('word3')) return;
      pressed = true;
      terminal.write('\x03');
    });
    expect(code).toBe(130);
    expect(bytes).toContain('Interrupted');
    expect(bytes).not.toContain('word400');
    const chat = ollama.requests.find(({ path: at }) => at === '/api/chat');
    await chat?.over;
    expect(chat?.disconnected).toBe(true);
  });

  it('pulls a model with a bar that stays on its line', async () => {
    const { bytes, code } = await inTerminal(['models', 'pull', 'qwen3:4b', '--host', ollama.url]);
    expect(code).toBe(0);
    expect(bytes).toMatch(/\d+ ?%/);
    expect(bytes).toContain('\r');
  });

  it('without a prompt says what to type', async () => {
    const { bytes, code } = await inTerminal([]);
    expect(code).toBe(2);
    expect(bytes).toContain('ostler demo');
  });
});
