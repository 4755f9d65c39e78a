import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSessionStore } from '../../../src/app/sessions/store.js';
import type { SessionStore } from '../../../src/app/sessions/types.js';
import type { ChatMessage } from '../../../src/core/messages.js';
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
  home.remove();
});

function makeStore(cwd = '/work/a'): SessionStore {
  return createSessionStore({ dir, cwd, now: () => (clock += 1000) });
}

const user = (content: string): ChatMessage => ({ role: 'user', content });
const assistant = (content: string): ChatMessage => ({ role: 'assistant', content });
const fileOf = (id: string) => path.join(dir, `${id}.jsonl`);
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

describe('a torn file', () => {
  it('gives what is whole, cut at every byte, and can be gone on with', async () => {
    await write('one', [...CALLS, user('last')]);
    const bytes = readFileSync(fileOf('one'));
    const ends = [...bytes].flatMap((byte, at) => (byte === 10 ? [at] : []));
    const store = makeStore();
    for (let size = ends[0] ?? 0; size <= bytes.length; size += 1) {
      writeFileSync(fileOf('one'), bytes.subarray(0, size));
      // A line is whole with or without the newline after it.
      const whole = ends.filter((end) => end <= size).length - 1;
      const expected = [...CALLS, user('last')].slice(0, whole);
      expect((await store.read('one')).messages).toEqual(expected);
      // Close to the end of a line, and now and then between.
      if (size % 9 !== 0 && !ends.some((end) => Math.abs(end - size) <= 1)) continue;
      const { file, summary } = await store.open('one');
      file.append(user('next'));
      await file.close();
      expect((await store.read('one')).messages).toEqual([...expected, user('next')]);
      const [listed] = await store.list();
      expect(listed?.prompts).toBe(summary.prompts + 1);
    }
  });

  it('is no session when the first line is torn', async () => {
    await write('one', [user('a')]);
    const bytes = readFileSync(fileOf('one'));
    for (const size of [0, 1, 20, bytes.indexOf(10) - 1]) {
      writeFileSync(fileOf('one'), bytes.subarray(0, size));
      await expect(makeStore().read('one')).rejects.toMatchObject({ code: 'usage' });
      expect(await makeStore().list()).toEqual([]);
    }
  });

  it('may end in the zeros of a power failure', async () => {
    await write('one', [user('a')]);
    const before = readFileSync(fileOf('one'));
    for (const tail of ['\0\0\0\0', '{"type":"mess\0\0\0']) {
      writeFileSync(fileOf('one'), Buffer.concat([before, Buffer.from(tail)]));
      const { file } = await makeStore().open('one');
      file.append(user('b'));
      await file.close();
      expect((await makeStore().read('one')).messages).toEqual([user('a'), user('b')]);
    }
  });

  it('is listed by all of it when its end tells too little', async () => {
    const store = makeStore();
    const file = store.create({ id: 'one', model: 'm' });
    for (let count = 0; count < 9; count += 1) file.append(user('x'.repeat(10_000)));
    await file.close();
    const bytes = readFileSync(fileOf('one'));
    writeFileSync(
      fileOf('one'),
      Buffer.concat([bytes, Buffer.from(`{"type":"message","at":"${'y'.repeat(50_000)}`)]),
    );
    expect(await store.list()).toMatchObject([{ id: 'one', prompts: 9 }]);
  });
});

describe('a file that is not as we write it', () => {
  const HEAD = {
    type: 'session',
    version: 1,
    id: 'one',
    created: 'c',
    cwd: '/',
    model: 'm',
    program: '0',
  };
  const put = (...lines: readonly unknown[]) => {
    mkdirSync(dir, { recursive: true });
    const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
    writeFileSync(fileOf('one'), `${text.join('\n')}\n`);
  };

  it.each([
    ['no JSON', 'hello'],
    ['another type', { type: 'banana', at: 'x' }],
    ['a message without a role', { type: 'message', at: 'x', message: { content: 'a' } }],
    [
      'a call without arguments',
      {
        type: 'message',
        at: 'x',
        message: {
          role: 'assistant',
          content: '',
          tool_calls: [{ id: 'a', name: 'b', arguments: '{}' }],
        },
      },
    ],
    ['a foreign replace', { type: 'replace', at: 'x', keep: -1, prompts: 0, messages: [] }],
    ['an array', []],
  ])('names the line: %s', async (_, line) => {
    put(HEAD, { type: 'message', at: 'x', message: { role: 'user', content: 'a' } }, line);
    await expect(makeStore().open('one')).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('one.jsonl:3') as string,
    });
    // The failed attempt left no lock.
    expect(readdirSync(dir)).toEqual(['one.jsonl']);
  });

  it('says that a newer ostler wrote it', async () => {
    put({ ...HEAD, version: 2 });
    await expect(makeStore().open('one')).rejects.toMatchObject({
      message: expect.stringContaining('newer') as string,
      hint: 'Update ostler.',
    });
    expect(await makeStore().list()).toEqual([]);
  });

  it.skipIf(process.getuid?.() === 0)('says that it may not be read', async () => {
    put(HEAD);
    chmodSync(fileOf('one'), 0o200);
    await expect(makeStore().open('one')).rejects.toMatchObject({
      message: expect.stringContaining('permission denied') as string,
    });
  });

  it('takes back what others could read', async () => {
    put(HEAD);
    chmodSync(fileOf('one'), 0o644);
    const { file } = await makeStore().open('one');
    file.append(user('a'));
    await file.close();
    expect(statSync(fileOf('one')).mode & 0o777).toBe(0o600);
  });

  it('lists no links, directories and copies under another name', async () => {
    put(HEAD);
    symlinkSync(fileOf('one'), fileOf('link'));
    mkdirSync(fileOf('dir'));
    writeFileSync(fileOf('copy'), readFileSync(fileOf('one')));
    expect((await makeStore().list()).map(({ id }) => id)).toEqual(['one']);
  });
});
