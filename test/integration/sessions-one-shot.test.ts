import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSessionStore } from '../../src/app/sessions/store.js';
import type { ChatMessage } from '../../src/core/messages.js';
import { startSampleServer } from '../../src/serve/server.js';
import { startFakeOllama, type FakeOllama } from '../fakes/ollama/index.js';
import { makeHome, runOstler, type RunOptions } from '../support/ostler.js';

const CANARY = 'canary-token-7f3a91c2d4e5';

let ollama: FakeOllama;
let home: ReturnType<typeof makeHome>;
let work: string;
let dir: string;

beforeEach(async () => {
  ollama = await startFakeOllama();
  home = makeHome();
  work = path.join(home.dir, 'work');
  dir = path.join(home.dir, 'state/data/sessions');
  mkdirSync(work);
});
afterEach(async () => {
  await ollama.close();
  home.remove();
});

const ostler = (args: readonly string[], options: RunOptions = {}) =>
  runOstler(['--host', ollama.url, ...args], {
    cwd: work,
    ...options,
    env: { OSTLER_HOME: path.join(home.dir, 'state'), ...options.env },
  });

const store = (cwd = work) => createSessionStore({ dir, cwd });
const said = () => ollama.chats.at(-1)?.messages.map(({ role, content }) => `${role}: ${content}`);

async function keep(id: string, messages: readonly ChatMessage[], model = 'llama3.1') {
  const file = store().create({ id, model });
  for (const message of messages) file.append(message);
  await file.close();
}

const TALK: readonly ChatMessage[] = [
  { role: 'user', content: 'I am Bob.' },
  { role: 'assistant', content: 'Hello Bob.' },
];

/** Every file below a directory, with what is in it. */
function filesIn(folder: string): [name: string, text: string][] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((file) => [file, readFileSync(file, 'latin1')]);
}

describe('one prompt', () => {
  it('leaves nothing behind without a flag', async () => {
    ollama.script({ text: 'Hi.' });
    expect((await ostler(['-p', 'Hello'])).stdout).toBe('Hi.\n');
    expect(filesIn(home.dir)).toEqual([]);
  });

  it('goes on with the newest session of this directory', async () => {
    await keep('mine-1', TALK, 'qwen3:4b');
    ollama.script({ text: 'Bob.' });
    const { stdout, stderr } = await ostler(['-c', 'Who am I?', '--json']);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({
      session_id: 'mine-1',
      response: 'Bob.',
      model: 'qwen3:4b',
    });
    expect(said()).toEqual(['user: I am Bob.', 'assistant: Hello Bob.', 'user: Who am I?']);
    const { messages, summary } = await store().read('mine-1');
    expect(messages.map(({ content }) => content)).toEqual([
      'I am Bob.',
      'Hello Bob.',
      'Who am I?',
      'Bob.',
    ]);
    expect(summary).toMatchObject({ prompts: 2, title: 'I am Bob.' });
    expect(readdirSync(dir)).toEqual(['mine-1.jsonl']);
  });

  it('goes on with a session by name, another model and another system prompt', async () => {
    await keep('mine-1', [{ role: 'system', content: 'Be long.' }, ...TALK]);
    const { file } = await store().open('mine-1');
    file.rename('intro');
    await file.close();
    ollama.script({ text: 'Bob.' });
    const { code } = await ostler([
      '-r',
      'intro',
      '-m',
      'qwen3:4b',
      '--system',
      'Be brief.',
      '-p',
      'Who am I?',
    ]);
    expect(code).toBe(0);
    expect(said()?.[0]).toBe('system: Be brief.');
    const { messages, summary } = await store().read('mine-1');
    expect(messages.map(({ role }) => role)).toEqual([
      'system',
      'user',
      'assistant',
      'user',
      'assistant',
    ]);
    expect(messages[0]?.content).toBe('Be brief.');
    expect(summary.model).toBe('qwen3:4b');
  });

  it('keeps a session in a file of its own, tool calls and all, without a secret', async () => {
    const server = await startSampleServer({
      kind: 'math',
      tokens: [{ name: 'test', token: CANARY }],
    });
    const file = path.join(work, 'talk.jsonl');
    try {
      ollama.script(
        { calls: [{ name: '127-0-0-1__add_numbers', arguments: { a: 2, b: 3 } }] },
        { text: `It is 5, and the token is ${CANARY}.`, thinking: CANARY },
      );
      const { code, stderr } = await ostler([
        '--session',
        'talk.jsonl',
        '-p',
        `Add 2 and 3 with ${CANARY}`,
        '--server',
        server.sseUrl,
        '-H',
        `Authorization: Bearer ${CANARY}`,
        '--yolo',
      ]);
      expect([code, stderr]).toEqual([0, '']);
    } finally {
      await server.close();
    }
    const { messages, summary } = await store().read(file);
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant']);
    expect(summary).toMatchObject({ model: 'llama3.1', prompts: 1 });
    for (const [name, text] of filesIn(home.dir)) {
      expect(`${name} ${text}`).not.toContain(CANARY);
      expect(text).not.toContain(Buffer.from(CANARY).toString('base64'));
    }
    ollama.script({ text: 'You are welcome.' });
    expect((await ostler(['--session', 'talk.jsonl', '-p', 'Thanks'])).stdout).toBe(
      'You are welcome.\n',
    );
    expect((await store().read(file)).messages).toHaveLength(6);
    expect(existsSync(dir)).toBe(false);
    expect(readdirSync(work)).toEqual(['talk.jsonl']);
  });

  it.each([
    [['-r', '-p', 'x'], '--resume needs an id'],
    [['-r', 'nope', '-p', 'x'], 'no session "nope"'],
    [['-c', '-p', 'x'], 'no session of this directory'],
    [['-c', '-r', 'a', '-p', 'x'], 'together'],
    [['-c', '--no-session', '-p', 'x'], 'together'],
    [['--session', '/dev/null', '-p', 'x'], 'no regular file'],
  ])('ends wrong usage with 2: %j', async (args, words) => {
    const { stdout, stderr, code } = await ostler(args);
    expect([stdout, code]).toEqual(['', 2]);
    expect(stderr).toContain(words);
    expect(ollama.chats).toEqual([]);
    expect(filesIn(home.dir)).toEqual([]);
  });

  it('takes the options of the chat as well', async () => {
    ollama.script({ text: '**Hi.**' });
    const flags = ['--no-markdown', '--theme', 'light', '--screen-reader', '--no-session'];
    expect((await ostler(['-p', 'Hello', ...flags])).stdout).toBe('**Hi.**\n');
    expect((await ostler(['-p', 'Hello', '--theme', 'pink'])).code).toBe(2);
  });
});

describe('two processes', () => {
  it('cannot write to one session', async () => {
    await keep('mine-1', TALK);
    let second: ReturnType<typeof ostler> | undefined;
    ollama.script((body) => {
      second ??= ostler(['-r', 'mine-1', '-p', 'Me too']);
      return { text: `one of ${body.messages.length} `.repeat(3), startMs: 1500 };
    });
    const first = await ostler(['-c', '-p', 'Me first']);
    const refused = await second;
    expect(first.code).toBe(0);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused?.stderr).toMatch(/mine-1\.jsonl is open in another ostler \(process \d+\)/);
    expect((await store().read('mine-1')).messages.map(({ content }) => content)).toContain(
      'Me first',
    );
    expect(readdirSync(dir)).toEqual(['mine-1.jsonl']);
  });

  it('go on after one of them was killed', async () => {
    await keep('mine-1', TALK);
    ollama.script({ text: 'x', startMs: 20_000 });
    const killed = await ostler(['-c', '-p', 'Never answered'], {
      onSpawn: (child) => {
        const timer = setInterval(() => {
          const text = readFileSync(path.join(dir, 'mine-1.jsonl'), 'utf8');
          if (ollama.chats.length === 0 || !text.includes('Never answered')) return;
          clearInterval(timer);
          child.kill('SIGKILL');
        }, 20);
      },
    });
    expect(killed.signal).toBe('SIGKILL');
    expect(readdirSync(dir).toSorted()).toEqual(['mine-1.jsonl', 'mine-1.jsonl.lock']);
    ollama.script({ text: 'Here I am.' });
    const { code } = await ostler(['-c', '-p', 'And now?']);
    expect(code).toBe(0);
    expect(said()?.slice(2)).toEqual(['user: Never answered', 'user: And now?']);
    expect(readdirSync(dir)).toEqual(['mine-1.jsonl']);
  });
});
