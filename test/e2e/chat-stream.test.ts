import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { closeChats, openChat, type ChatTerminal } from '../support/chat.js';
import { assertOnlyOwnSequences } from '../support/sequences.js';

afterEach(closeChats);

const LINES = 300;
const mark = (line: number) => `mark${String(line).padStart(3, '0')}`;
const all = (from: number, to: number, write: (line: number) => string) =>
  Array.from({ length: to - from + 1 }, (_, at) => write(from + at)).join('');

/** Paragraphs, a list and code: the three ways a long answer is cut into finished pieces. */
const DOCUMENT = [
  all(1, 100, (line) => `${mark(line)} is a paragraph with **some** words in it.\n\n`),
  all(101, 200, (line) => `- ${mark(line)} is an item\n`),
  '\n```ts\n',
  all(201, LINES, (line) => `const ${mark(line)} = ${line};\n`),
  '```\n\nfinis\n',
].join('');

const pieces = (text: string, size: number) =>
  Array.from({ length: Math.ceil(text.length / size) }, (_, at) =>
    text.slice(at * size, (at + 1) * size),
  );

/** The marks that stand in the scrollback, from the top. */
const marksOf = (terminal: ChatTerminal) =>
  terminal.scrollback().flatMap((row) => row.match(/mark\d{3}/g) ?? []);

const EXPECTED = Array.from({ length: LINES }, (_, at) => mark(at + 1));

describe('a long answer', () => {
  it.each([
    [100, 40],
    [40, 12],
  ])('stands in the scrollback once and in order at %d × %d', async (columns, rows) => {
    const chat = await openChat({
      columns,
      rows,
      turns: [{ text: pieces(DOCUMENT, 40), writeMs: 5 }],
    });
    chat.say('Write a document');
    await chat.waitFor('finis', 60_000);
    await chat.quiet();
    expect(marksOf(chat)).toEqual(EXPECTED);
    expect(assertOnlyOwnSequences(chat.bytes())).toMatchObject({ clear2J: 0, clear3J: 0 });
  });

  it('loses nothing when the terminal is resized again and again meanwhile', async () => {
    const chat = await openChat({
      columns: 100,
      rows: 40,
      turns: [{ text: pieces(DOCUMENT, 40), writeMs: 10 }],
    });
    chat.say('Write a document');
    await chat.waitFor(() => marksOf(chat).length > 10);
    const sizes = [
      [80, 30],
      [40, 12],
      [120, 40],
      [1, 1],
      [100, 40],
      [60, 20],
      [100, 40],
    ] as const;
    for (const [columns, rows] of sizes) {
      chat.resize(columns, rows);
      await delay(150);
    }
    await chat.waitFor('finis', 60_000);
    await chat.quiet();
    const marks = marksOf(chat);
    expect(EXPECTED.filter((wanted) => !marks.includes(wanted))).toEqual([]);
    expect(assertOnlyOwnSequences(chat.bytes())).toMatchObject({ clear2J: 0, clear3J: 0 });
  });

  it('of five megabytes leaves the keyboard alive', async () => {
    const line = `${'all work and no play '.repeat(10)}\n`;
    const text = line.repeat(Math.ceil(5e6 / line.length));
    const chat = await openChat({
      columns: 100,
      rows: 40,
      turns: [{ text: pieces(text, 20_000) }],
    });
    chat.say('Go on');
    await chat.waitFor('no play', 60_000);
    chat.write('still here');
    await chat.waitFor('still here', 60_000);
    chat.press('ctrl+c', 'ctrl+c');
    await chat.waitFor(/Interrupted|interrupted/, 60_000);
    expect(assertOnlyOwnSequences(chat.bytes()).clear3J).toBe(0);
  });
});
