import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSessionStore } from '../../../src/app/sessions/store.js';
import type { SessionStore } from '../../../src/app/sessions/types.js';
import type { ChatMessage } from '../../../src/core/messages.js';
import { forgetSecrets, registerSecret } from '../../../src/core/redact.js';
import { makeHome } from '../../support/ostler.js';

let home: ReturnType<typeof makeHome>;
let dir: string;
let clock: number;

beforeEach(() => {
  home = makeHome();
  dir = path.join(home.dir, 'data/sessions');
  clock = Date.UTC(2026, 0, 2, 3, 4, 5);
});
afterEach(() => {
  forgetSecrets();
  home.remove();
});

function makeStore(cwd = '/work/a'): SessionStore {
  return createSessionStore({ dir, cwd, now: () => (clock += 1000) });
}

const user = (content: string): ChatMessage => ({ role: 'user', content });
const assistant = (content: string): ChatMessage => ({ role: 'assistant', content });
const fileOf = (id: string) => path.join(dir, `${id}.jsonl`);
const linesOf = (id: string) =>
  readFileSync(fileOf(id), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

async function write(id: string, messages: readonly ChatMessage[], store = makeStore()) {
  const file = store.create({ id, model: 'llama3.1' });
  for (const message of messages) file.append(message);
  await file.close();
}

const CALLS: readonly ChatMessage[] = [
  { role: 'system', content: 'Be brief.' },
  {
    role: 'user',
    content: 'Add 2 and 3, é漢字🎉',
    images: [{ mimeType: 'image/png', data: new Uint8Array([137, 80, 0, 255]) }],
  },
  {
    role: 'assistant',
    content: '',
    thinking: 'hm',
    toolCalls: [{ id: 'c1', name: 'math__add', arguments: { a: 2, b: 3 } }],
  },
  { role: 'tool', content: '5', toolCallId: 'c1', toolName: 'math__add' },
  assistant('It is 5.'),
];

describe('a session file', () => {
  it('gives back every kind of message', async () => {
    await write('one', CALLS);
    const { messages, summary, created, path: file } = await makeStore().read('one');
    expect(messages).toEqual(CALLS);
    expect(summary).toEqual({
      id: 'one',
      updated: '2026-01-02T03:04:11.000Z',
      model: 'llama3.1',
      prompts: 1,
      title: 'Add 2 and 3, é漢字🎉',
      cwd: '/work/a',
    });
    expect(created).toBe('2026-01-02T03:04:06.000Z');
    expect(file).toBe(fileOf('one'));
  });

  it('is made at the first message, private, and unlocked when it is closed', async () => {
    const file = makeStore().create({ id: 'one', model: 'm' });
    file.append({ role: 'system', content: 'x' });
    file.rename('early');
    await file.flush();
    expect(readdirSync(home.dir)).toEqual([]);
    file.append(user('hello'));
    await file.flush();
    expect(statSync(fileOf('one')).mode & 0o777).toBe(0o600);
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    expect(linesOf('one').map(({ type }) => type)).toEqual([
      'session',
      'message',
      'name',
      'message',
    ]);
    expect(readdirSync(dir).toSorted()).toEqual(['one.jsonl', 'one.jsonl.lock']);
    await file.close();
    expect(readdirSync(dir)).toEqual(['one.jsonl']);
    expect((await makeStore().list())[0]).toMatchObject({ name: 'early', prompts: 1 });
  });

  it('goes on where it ended', async () => {
    await write('one', [user('a'), assistant('b')]);
    const { file, messages } = await makeStore().open('one');
    expect(messages).toHaveLength(2);
    file.append(user('c'));
    file.model('qwen3');
    await file.close();
    const { messages: all, summary } = await makeStore().read('one');
    expect(all.map(({ content }) => content)).toEqual(['a', 'b', 'c']);
    expect(summary).toMatchObject({ prompts: 2, title: 'a', model: 'qwen3' });
  });

  it('writes only what a replaced conversation has new', async () => {
    const store = makeStore();
    const file = store.create({ id: 'one', model: 'm' });
    const said = [user('a'), assistant('b'), user('c'), assistant('d')];
    for (const message of said) file.append(message);
    file.replace(said.slice(0, 2));
    file.append(user('e'));
    await file.flush();
    expect(linesOf('one').find(({ type }) => type === 'replace')).toMatchObject({
      keep: 2,
      prompts: 1,
      messages: [],
    });
    expect((await store.read('one')).messages.map(({ content }) => content)).toEqual([
      'a',
      'b',
      'e',
    ]);
    file.replace([{ role: 'system', content: 's' }, user('summary')]);
    await file.close();
    const { messages, summary } = await store.read('one');
    expect(messages.map(({ content }) => content)).toEqual(['s', 'summary']);
    expect(summary.prompts).toBe(1);
  });

  it('counts what the person said, and keeps its title when that is summed up', async () => {
    const file = makeStore().create({ id: 'one', model: 'm' });
    file.append(user('The question'));
    file.append(user('Your last reply was empty. Answer now.'));
    file.replace([user('[Summary of the conversation so far]\nIt was short.')]);
    await file.flush();
    expect(await makeStore().list()).toMatchObject([{ title: 'The question', prompts: 0 }]);
    file.replace([]);
    file.append(user('Another one'));
    await file.close();
    expect(await makeStore().list()).toMatchObject([{ title: 'Another one', prompts: 1 }]);
  });

  it('holds no secret, in no field', async () => {
    const canary = 'canary-7f3a91c2';
    registerSecret(canary);
    const store = makeStore(`/work/${canary}`);
    const file = store.create({ id: 'one', model: `m-${canary}` });
    const data = new Uint8Array(Buffer.from(canary));
    file.append({ role: 'system', content: canary });
    file.append({ role: 'user', content: canary, images: [{ data, mimeType: canary }] });
    file.append({
      role: 'assistant',
      content: canary,
      thinking: canary,
      toolCalls: [{ id: canary, name: canary, arguments: { [canary]: [canary] } }],
    });
    file.append({ role: 'tool', content: canary, toolCallId: canary, toolName: canary });
    file.replace([user(`changed ${canary}`)]);
    file.rename(canary);
    file.model(canary);
    for (let count = 0; count < 40; count += 1) file.append(user(`${canary} ${'x'.repeat(400)}`));
    await file.close();
    const text = readFileSync(fileOf('one'), 'utf8');
    expect(text).toContain('[REDACTED]');
    expect(text).not.toContain(canary);
    expect(text).not.toContain(Buffer.from(canary).toString('base64'));
    expect(await store.latest()).toMatchObject({ id: 'one' });
  });

  it('keeps its own words when a secret is one of them', async () => {
    for (const word of ['message', 'session', 'assistant', 'content']) registerSecret(word);
    await write('one', [user('my session'), assistant('ok')]);
    expect((await makeStore().read('one')).messages).toEqual([
      user('my [REDACTED]'),
      assistant('ok'),
    ]);
  });

  it('leaves out an image that is far too large, and says so to the model', async () => {
    const data = new Uint8Array(21 * 1024 * 1024);
    await write('one', [
      { role: 'user', content: 'look', images: [{ data, mimeType: 'image/png' }] },
    ]);
    expect(statSync(fileOf('one')).size).toBeLessThan(1000);
    const [message] = (await makeStore().read('one')).messages;
    expect(message?.content).toContain('too large');
  });
});

describe('finding a session', () => {
  it('goes by id, beginning of an id, name and path', async () => {
    const store = makeStore();
    await write('abc-1', [user('first')], store);
    await write('abd-2', [user('second')], store);
    const { file } = await store.open('abd-2');
    file.rename('  Release \u001b[31m notes\n');
    await file.close();
    expect(file.name).toBe('Release [31m notes');
    for (const wanted of [
      'abd-2',
      'abd',
      'release [31m notes',
      fileOf('abd-2'),
      path.relative('/work/a', fileOf('abd-2')),
    ])
      expect((await store.read(wanted)).summary.id).toBe('abd-2');
    await expect(store.read('ab')).rejects.toMatchObject({
      code: 'usage',
      hint: expect.stringContaining('abc-1') as string,
    });
    for (const wanted of ['', 'x', '../one', '__proto__', 'a\u0000b'])
      await expect(store.read(wanted)).rejects.toMatchObject({ code: 'usage' });
  });

  it('prefers the name of this directory and refuses a guess', async () => {
    const ids = ['p1', 'p2', 'p3'];
    const stores = [makeStore('/work/a'), makeStore('/work/b'), makeStore('/work/b')];
    for (const [at, id] of ids.entries()) {
      const file = (stores[at] as SessionStore).create({ id, model: 'm' });
      file.append(user('x'));
      file.rename('notes');
      await file.close();
    }
    expect((await makeStore('/work/a').read('notes')).summary.id).toBe('p1');
    await expect(makeStore('/work/b').read('notes')).rejects.toMatchObject({ code: 'usage' });
    await expect(makeStore('/work/c').read('notes')).rejects.toMatchObject({ code: 'usage' });
  });

  it('knows the newest of a directory', async () => {
    await write('old', [user('a')], makeStore('/work/a'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await write('new', [user('b')], makeStore('/work/a'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await write('other', [user('c')], makeStore('/work/b'));
    expect((await makeStore('/work/a').latest())?.id).toBe('new');
    expect(await makeStore('/work/c').latest()).toBeUndefined();
    expect((await makeStore().list()).map(({ id }) => id)).toEqual(['other', 'new', 'old']);
  });

  it('opens or begins the file at a path', async () => {
    const file = path.join(home.dir, 'mine.log');
    const store = makeStore();
    const first = await store.openFile(file, { id: 'n1', model: 'm' });
    expect(first.messages).toEqual([]);
    first.file.append(user('hi'));
    await first.file.close();
    const second = await store.openFile(file, { id: 'n2', model: 'm' });
    expect(second.summary.id).toBe('n1');
    expect(second.messages).toEqual([user('hi')]);
    await second.file.close();
    expect(readdirSync(home.dir)).toEqual(['mine.log']);
  });

  it('removes', async () => {
    await write('one', [user('a')]);
    await makeStore().remove('one');
    expect(readdirSync(dir)).toEqual([]);
    await expect(makeStore().remove('one')).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('many sessions', () => {
  it('lists 1,000 by their beginnings and ends', async () => {
    const store = makeStore();
    const file = store.create({ id: 'big', model: 'm' });
    file.append(user('the title'));
    for (let count = 0; count < 12; count += 1) {
      file.append(assistant('x'.repeat(5000)));
      if (count % 4 === 0) file.append(user('more'));
    }
    file.rename('long one');
    await file.close();
    const bytes = readFileSync(fileOf('big'));
    expect(bytes.length).toBeGreaterThan(60_000);
    const damaged = Buffer.from(bytes);
    // Nobody looks into the middle for a list.
    damaged.fill('?', 17_000, 40_000);
    for (let count = 0; count < 1000; count += 1) {
      const id = `s${count}`;
      writeFileSync(fileOf(id), damaged.toString('utf8').replace('"id":"big"', `"id":"${id}"`));
    }
    const sessions = await store.list();
    expect(sessions).toHaveLength(1001);
    expect(
      new Set(sessions.map(({ title, prompts, name }) => `${title} ${prompts} ${name}`)),
    ).toEqual(new Set(['the title 4 long one']));
  });
});
