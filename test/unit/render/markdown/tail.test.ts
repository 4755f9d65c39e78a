import { describe, expect, it } from 'vitest';
import { createMarkdownStream } from '../../../../src/render/markdown/stream.js';
import { optionsOf, plainOf, showColored, streamed, cut } from './fixtures.js';
import { createTheme } from '../../../../src/render/theme.js';

const dark = optionsOf(40, { theme: createTheme('dark', true) });

/** What is committed and what is still open after a text. */
function after(text: string, maxRows = 10) {
  const stream = createMarkdownStream(dark);
  stream.push(text);
  return { committed: plainOf(stream.takeCommitted()), tail: plainOf(stream.tail(maxRows)) };
}

describe('the tail', () => {
  it.each([
    ['one two', [], ['one two']],
    ['one **two', [], ['one two']],
    ['one `two', [], ['one two']],
    ['see [the docs](https://exa', [], ['see the docs']],
    ['one **', [], ['one']],
    ['one\n\ntwo', ['one'], ['', 'two']],
    ['one\n\n-', ['one'], []],
    ['- a\n- b\n', ['• a'], ['• b']],
    ['```ts\nconst a\nlet', ['  ts', '  const a'], ['  let']],
    ['```ts\na\n``', ['  ts', '  a'], []],
    ['| a | b', [], ['⋯ table']],
    ['| a | b |\n|--', [], ['⋯ table']],
    ['| a | b |\n|---|---|\n| 1 |', [], ['⋯ table (1 row)']],
    ['x\n\n| a |\n|---|\n| 1 |\n| 2 |\n', ['x'], ['', '⋯ table (2 rows)']],
    ['# Head\n', ['Head'], []],
  ])('of %j', (text, committed, tail) => {
    expect(after(text)).toEqual({ committed, tail });
  });

  it('has at most the rows that were asked for, and tells of the others', () => {
    const text = Array.from({ length: 7 }, (_, index) => `line ${index}`).join('\n');
    expect(after(text, 3).tail).toEqual(['… +5 lines above', 'line 5', 'line 6']);
    expect(after(text, 7).tail).toHaveLength(7);
    expect(after(text, 1).tail).toEqual(['… +7 lines above']);
    expect(after(text, 0).tail).toEqual([]);
  });

  it('changes nothing', () => {
    const text = '1. a\n   ```ts\n   /* x\n   y\n';
    const stream = createMarkdownStream(dark);
    const rows: string[] = [];
    for (const char of text) {
      stream.push(char);
      expect(stream.tail(5)).toEqual(stream.tail(5));
      rows.push(...stream.takeCommitted());
    }
    expect([...rows, ...stream.end()]).toEqual(showColored(text, 40));
    expect(stream.tail(5)).toEqual([]);
  });
});

describe('a long block', () => {
  it('is committed as it comes: a paragraph without an end', () => {
    const stream = createMarkdownStream(dark);
    stream.push('some words and '.repeat(100));
    expect(stream.takeCommitted().length).toBeGreaterThan(20);
    expect(stream.tail(50).length).toBeLessThan(25);
  });

  it('keeps emphasis that is open whole', () => {
    const rows = showColored(
      `${'plain words '.repeat(20)}**${'bold words '.repeat(60)}end** x`,
      40,
    );
    expect(plainOf(rows).join(' ')).not.toContain('**');
  });

  it('of a table has columns of one width', () => {
    const row = (index: number) => `| ${index} | ${'x'.repeat(index % 7)} |\n`;
    const text = `| n | x |\n|---|---|\n${Array.from({ length: 500 }, (_, index) => row(index)).join('')}`;
    const { rows } = streamed(cut(text, [50]), dark);
    expect(rows).toHaveLength(502);
    expect(new Set(plainOf(rows).map((line) => line.search(/[│┼]/)))).toEqual(new Set([4]));
  });

  it.each([
    ['a text without a line', 'word '.repeat(200_000)],
    ['a line without a space', 'x'.repeat(1_000_000)],
    ['code', `\`\`\`ts\n${'const a = "b"; // c\n'.repeat(50_000)}`],
    ['one line of code', `\`\`\`ts\n${'x '.repeat(500_000)}`],
    ['open marks', '*a [b `c '.repeat(50_000)],
  ])('costs what its length costs: %s', { timeout: 60_000 }, (_, text) => {
    const timeOf = (length: number) => {
      const from = process.cpuUsage();
      streamed(cut(text.slice(0, length), [5000]), dark);
      return process.cpuUsage(from).user;
    };
    timeOf(100_000);
    const [short, long] = [timeOf(100_000), timeOf(800_000)];
    expect(long).toBeLessThan(short * 24 + 200_000);
  });
});
