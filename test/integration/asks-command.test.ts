import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startFakeOllama, type FakeOllama } from '../fakes/ollama/index.js';
import { EVERYTHING } from '../servers/peers.js';
import { makeHome, runOstler, type RunOptions } from '../support/ostler.js';

/** What a server asks of `ostler call` and its kin, with nobody at a terminal. */
const ASKING = path.join(import.meta.dirname, '../servers/asking.mjs');

let ollama: FakeOllama;
let home: ReturnType<typeof makeHome>;
beforeEach(async () => {
  ollama = await startFakeOllama();
  home = makeHome();
});
afterEach(async () => {
  home.remove();
  await ollama.close();
});

function command(file: string, words: readonly string[], options: RunOptions = {}) {
  const behind = ['--', process.execPath, file, ...(file === EVERYTHING ? ['stdio'] : [])];
  const env = { OLLAMA_HOST: ollama.url };
  return runOstler([...words, ...behind], { cwd: home.dir, env, ...options });
}

const everything = (words: readonly string[], options?: RunOptions) =>
  command(EVERYTHING, words, options);

const FORM = JSON.stringify({
  method: 'elicitation/create',
  params: {
    message: 'Who?',
    requestedSchema: {
      type: 'object',
      properties: { name: { type: 'string', default: 'Bob' } },
      required: ['name'],
    },
  },
});
const asking = (words: readonly string[] = [], options?: RunOptions) =>
  command(ASKING, ['call', 'ask', '--args', FORM, '--no-validate', ...words], options);

describe('a form', () => {
  it('is declined with one line that says how to answer', async () => {
    const { code, stdout, stderr } = await asking();
    expect([code, JSON.parse(stdout)]).toEqual([0, { action: 'decline' }]);
    const line = 'node asked "Who?" (name), and nobody is here to answer, so it was declined.';
    expect(stderr.trimEnd().split('\n')).toEqual([expect.stringContaining(line)]);
  });

  it('gets what flag, variable or file say', async () => {
    const flag = await asking(['--on-elicitation', 'accept-defaults']);
    expect(JSON.parse(flag.stdout)).toEqual({ action: 'accept', content: { name: 'Bob' } });
    const variable = await asking([], { env: { OSTLER_ON_ELICITATION: 'cancel' } });
    expect(JSON.parse(variable.stdout)).toEqual({ action: 'cancel' });
    const file = path.join(home.dir, 'a.yaml');
    await writeFile(file, '- {match: who, content: {name: Ada}}\n- {match: nothing}\n');
    const answered = await asking(['--answers', 'a.yaml']);
    expect(JSON.parse(answered.stdout)).toEqual({ action: 'accept', content: { name: 'Ada' } });
    expect(answered.stderr).toBe('! No server asked for this answer: a.yaml:2.\n');
    const wrong = await asking(['--on-elicitation', 'perhaps']);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('--on-elicitation: must be ask, decline');
  });

  it('gets what the file of a configured server says', async () => {
    const config = {
      mcpServers: { desk: { command: process.execPath, args: [ASKING] } },
      onElicitation: 'accept-defaults',
    };
    await writeFile(path.join(home.dir, 'c.json'), JSON.stringify(config));
    const words = ['call', 'desk', 'ask', '--args', FORM, '--no-validate', '--config', 'c.json'];
    const { stdout } = await runOstler(words, { cwd: home.dir });
    expect(JSON.parse(stdout)).toEqual({ action: 'accept', content: { name: 'Bob' } });
  });
});

describe('the rest', () => {
  it('folders are those of --root', async () => {
    const { stdout } = await everything(['call', 'get-roots-list', '--root', '.']);
    expect(stdout).toContain(`file://${home.dir}`);
  });

  it('the model answers with --sampling auto alone', async () => {
    ollama.script({ text: 'A poem.' });
    const words = ['call', 'trigger-sampling-request', 'prompt=A poem'];
    const { stdout, stderr, code } = await everything([...words, '--sampling', 'auto']);
    expect([code, ollama.chats.length]).toEqual([0, 1]);
    expect(stdout).toContain('A poem.');
    expect(stderr).toMatch(/node got an answer of llama3\.1: \d+ token/);
    const denied = await everything(words);
    expect([denied.code, ollama.chats.length]).toEqual([5, 1]);
    expect(denied.stderr).toContain('Allow it with --sampling auto');
  });

  it('is told to the server in every list, too', async () => {
    const all = await everything(['tools', '--json']);
    const names = (JSON.parse(all.stdout) as { tools: { name: string }[] }).tools.map(
      ({ name }) => name,
    );
    expect(names).toEqual(
      expect.arrayContaining(['trigger-elicitation-request', 'trigger-sampling-request']),
    );
    expect(names).not.toContain('get-roots-list');
  });
});
