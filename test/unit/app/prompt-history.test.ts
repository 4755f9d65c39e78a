import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPromptHistory, HISTORY_ENTRIES } from '../../../src/app/prompt-history.js';
import { forgetSecrets, registerSecret } from '../../../src/core/redact.js';
import { makeHome } from '../../support/ostler.js';

let home: ReturnType<typeof makeHome>;
let file: string;

beforeEach(() => {
  home = makeHome();
  file = path.join(home.dir, 'data/history.jsonl');
});
afterEach(() => {
  forgetSecrets();
  home.remove();
});

const linesOf = () => readFileSync(file, 'utf8').trimEnd().split('\n');
const fill = (count: number) => {
  mkdirSync(path.dirname(file), { recursive: true });
  const lines = Array.from({ length: count }, (_, at) => `${JSON.stringify({ text: `p${at}` })}\n`);
  writeFileSync(file, lines.join(''));
};

describe('the prompt history', () => {
  it('keeps prompts in order, without repetitions, in a private file', async () => {
    const history = createPromptHistory({ file });
    expect(await history.load()).toEqual([]);
    for (const text of ['one', 'two\nlines', 'two\nlines', '  ', 'one']) await history.append(text);
    expect(await createPromptHistory({ file }).load()).toEqual(['one', 'two\nlines', 'one']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
    expect(readdirSync(path.dirname(file))).toEqual(['history.jsonl']);
  });

  it('holds no secret', async () => {
    registerSecret('canary-7f3a91c2');
    await createPromptHistory({ file }).append('use canary-7f3a91c2 now');
    expect(readFileSync(file, 'utf8')).toBe('{"text":"use [REDACTED] now"}\n');
  });

  it('survives a tail torn at every byte', async () => {
    const first = createPromptHistory({ file });
    await first.append('one é🎉');
    await first.append('two');
    const bytes = readFileSync(file);
    for (let size = 0; size <= bytes.length; size += 1) {
      writeFileSync(file, bytes.subarray(0, size));
      const history = createPromptHistory({ file });
      const before = await history.load();
      await history.append('three');
      expect(await createPromptHistory({ file }).load()).toEqual([...before, 'three']);
    }
  });

  it('leaves out lines that are none of ours', async () => {
    fill(1);
    writeFileSync(file, 'nonsense\n[1]\n{"text":5}\n{"text":"ok"}\n');
    expect(await createPromptHistory({ file }).load()).toEqual(['ok']);
  });

  it('gives the last thousand and shortens a file of more than two thousand', async () => {
    fill(HISTORY_ENTRIES * 2);
    const history = createPromptHistory({ file });
    const loaded = await history.load();
    expect(loaded).toHaveLength(HISTORY_ENTRIES);
    expect(loaded.at(-1)).toBe(`p${HISTORY_ENTRIES * 2 - 1}`);
    expect(linesOf()).toHaveLength(HISTORY_ENTRIES * 2);
    await history.append('new');
    expect(linesOf()).toHaveLength(HISTORY_ENTRIES);
    expect(linesOf().at(-1)).toBe('{"text":"new"}');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('loses nothing of two chats that append and shorten at once', async () => {
    fill(HISTORY_ENTRIES * 2 - 5);
    const chats = [createPromptHistory({ file }), createPromptHistory({ file })];
    for (const chat of chats) await chat.load();
    await Promise.all(
      chats.map(async (chat, at) => {
        for (let count = 0; count < 20; count += 1) await chat.append(`chat ${at} says ${count}`);
      }),
    );
    const said = (await createPromptHistory({ file }).load()).filter((text) =>
      text.includes('says'),
    );
    expect(said).toHaveLength(40);
    for (const at of [0, 1]) {
      const own = said.filter((text) => text.startsWith(`chat ${at}`));
      expect(own).toEqual(Array.from({ length: 20 }, (_, count) => `chat ${at} says ${count}`));
    }
  });

  it('goes on without a lock that nobody gives back', async () => {
    fill(1);
    writeFileSync(`${file}.lock`, '');
    await createPromptHistory({ file }).append('late');
    expect(linesOf().at(-1)).toBe('{"text":"late"}');
  });

  it('is none where nothing can be written', async () => {
    writeFileSync(path.join(home.dir, 'data'), 'a file, no directory');
    const history = createPromptHistory({ file });
    expect(await history.load()).toEqual([]);
    await expect(history.append('x')).resolves.toBeUndefined();
    const directory = createPromptHistory({ file: home.dir });
    expect(await directory.load()).toEqual([]);
    await expect(directory.append('x')).resolves.toBeUndefined();
  });

  it.skipIf(process.getuid?.() === 0)('is none in a directory of somebody else', async () => {
    mkdirSync(path.dirname(file));
    chmodSync(path.dirname(file), 0o500);
    await expect(createPromptHistory({ file }).append('x')).resolves.toBeUndefined();
    chmodSync(path.dirname(file), 0o700);
  });
});
