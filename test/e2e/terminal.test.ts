import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSampleServer } from '../../src/serve/server.js';
import { startFakeOllama, type FakeOllama } from '../fakes/ollama/index.js';
import { closeTerminals, openTerminal } from '../support/terminal.js';

let ollama: FakeOllama;
beforeEach(async () => {
  ollama = await startFakeOllama();
});
afterEach(async () => {
  await closeTerminals();
  await ollama.close();
});

/** Runs to the end; everything that was written, as text. */
async function run(...args: string[]): Promise<{ bytes: string; code: number }> {
  const terminal = openTerminal(args);
  const { code } = await terminal.exit;
  return { bytes: terminal.bytes().toString('utf8'), code };
}

/** What a terminal would act on, but for line ends and colours, which are ours. */
const foreign = (bytes: string) =>
  bytes.replaceAll(/\x1b\[[\d;]*m|\r\n/g, '').replaceAll(/[^\x00-\x08\x0b-\x1f\x7f]/g, '');

describe('one-shot commands in a terminal', () => {
  it('the demo tells its steps, with colours and nothing else a terminal acts on', async () => {
    const { bytes, code } = await run('demo', '--host', '127.0.0.1:9');
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
      const prompt =
        'This is Bob. We are doing math. Help us to add 2 and 3. BTW. Say hello to him';
      const header = `Authorization: Bearer ${token}`;
      const at = ['--host', ollama.url, '--server', server.sseUrl, '-H', header];
      const { bytes, code } = await run('-p', prompt, ...at, '-y');
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
    const { bytes } = await run('-p', 'hi', '--host', ollama.url);
    expect(foreign(bytes)).toBe('');
    expect(bytes).toContain('a\\x1b]0;owned\\x07\\x1b[2Jb\\x0dc\\x9b31m');
  });

  it('Ctrl+C in the middle of an answer ends with 130 and tells the model to stop', async () => {
    ollama.script({ text: Array.from({ length: 500 }, (_, at) => `word${at} `), writeMs: 20 });
    const terminal = openTerminal(['-p', 'hi', '--host', ollama.url]);
    await terminal.waitFor('word3');
    terminal.press('ctrl+c');
    expect((await terminal.exit).code).toBe(130);
    const text = terminal.scrollback().join('\n');
    expect(text).toContain('Interrupted');
    expect(text).not.toContain('word400');
    const chat = ollama.requests.find(({ path: at }) => at === '/api/chat');
    await chat?.over;
    expect(chat?.disconnected).toBe(true);
  });

  it('pulls a model with a bar that stays on its line', async () => {
    const { bytes, code } = await run('models', 'pull', 'qwen3:4b', '--host', ollama.url);
    expect(code).toBe(0);
    expect(bytes).toMatch(/\d+ ?%/);
    expect(bytes).toContain('\r');
  });
});
