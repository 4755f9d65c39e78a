import { describe, expect, it } from 'vitest';
import { columnsOf } from '../../../../src/render/columns.js';
import { COMMANDS } from '../../../../src/render/ink/commands/index.js';
import { codeBlocks } from '../../../../src/render/ink/commands/export.js';
import { contextRows } from '../../../../src/render/ink/commands/context.js';
import { formatAge, formatSize } from '../../../../src/render/ink/amounts.js';
import { commandTable, KEYS, keyRows } from '../../../../src/render/ink/help.js';
import { statusWords } from '../../../../src/render/ink/server-status.js';
import { tableRows } from '../../../../src/render/ink/table.js';
import { quoteWord, splitWords } from '../../../../src/render/ink/words.js';
import type { ErrorCode } from '../../../../src/core/errors.js';
import { fakeFrame } from './commands/fakes.js';

const table = {
  head: ['server', 'status', 'tools'],
  rows: [
    ['math', 'connected', '2'],
    ['documentation', 'token rejected (401)', ''],
  ],
};

describe('a table', () => {
  it('has its columns aligned', () => {
    expect(tableRows(fakeFrame({ columns: 50 }), table)).toMatchInlineSnapshot(`
      [
        "server         status                tools",
        "math           connected             2",
        "documentation  token rejected (401)",
      ]
    `);
  });

  it('becomes records where it is narrow', () => {
    expect(tableRows(fakeFrame({ columns: 24 }), table)).toMatchInlineSnapshot(`
      [
        "math",
        "  status: connected",
        "  tools: 2",
        "documentation",
        "  status: token rejected",
        "  (401)",
      ]
    `);
  });

  it('becomes sentences for a screen reader', () => {
    const rows = tableRows(fakeFrame({ columns: 50, screenReader: true }), table);
    expect(rows).toMatchInlineSnapshot(`
      [
        "math, status connected, tools 2",
        "documentation, status token rejected (401)",
      ]
    `);
  });

  it('wraps its last column, three lines at most', () => {
    const rows = tableRows(fakeFrame({ columns: 40 }), { rows: [['name', 'word '.repeat(40)]] });
    expect(rows).toHaveLength(3);
    expect(rows[1]).toMatch(/^ {6}word/);
    expect(rows[2]).toMatch(/…$/);
  });

  it('of nothing is nothing', () => {
    expect(tableRows(fakeFrame(), { rows: [] })).toEqual([]);
  });
});

describe('help', () => {
  it.each([9, 24, 40, 79, 120])('fits %i columns', (columns) => {
    for (const row of keyRows(fakeFrame({ columns }))) {
      expect(columnsOf(row)).toBeLessThanOrEqual(columns);
    }
  });

  it('has every command and alias in its table', () => {
    const said = commandTable(COMMANDS).flat().join('\n');
    for (const { name, aliases = [] } of COMMANDS) {
      for (const word of [name, ...aliases]) expect(said).toContain(`/${word}`);
    }
    expect(new Set(KEYS.map(([key]) => key)).size).toBe(KEYS.length);
  });
});

describe('what fills the context', () => {
  const parts = { system: 10, tools: 0, history: 4000, results: 100 };
  it('is drawn against the window', () => {
    const rows = contextRows({ ...parts, total: 4110, counted: 4200, window: 8192 }, fakeFrame());
    expect(rows).toMatchInlineSnapshot(`
      [
        "Context: 4.1k of 8k tokens, 51 %",
        "system   █░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░    10   <1 %",
        "tools    ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░     0    0 %",
        "history  ████████████████████░░░░░░░░░░░░░░░░░░░░  3.9k   49 %",
        "results  █░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░   100    1 %",
        "free     ████████████████████░░░░░░░░░░░░░░░░░░░░    4k   50 %",
        "The model counted 4.1k at its last answer; the parts are estimated.",
      ]
    `);
  });

  it('is told in words where nothing is drawn, and when the window is not known', () => {
    const frame = fakeFrame({ screenReader: true, columns: 60 });
    const rows = contextRows({ ...parts, total: 4110, counted: 0, window: 0 }, frame);
    expect(rows).toMatchInlineSnapshot(`
      [
        "Context: 4k tokens; the size of the window is not known",
        "system: 10 tokens, <1 %",
        "tools: 0 tokens, 0 %",
        "history: 3.9k tokens, 97 %",
        "results: 100 tokens, 2 %",
        "Estimated: the model has not answered yet.",
      ]
    `);
  });

  it.each([9, 20, 30])('fits %i columns, overfull as well', (columns) => {
    const full = { system: 9e6, tools: 9e6, history: 9e6, results: 9e6, total: 36e6 };
    const rows = contextRows({ ...full, counted: 36e6, window: 4096 }, fakeFrame({ columns }));
    for (const row of rows) expect(columnsOf(row)).toBeLessThanOrEqual(columns);
  });
});

describe('words', () => {
  it.each<[line: string, words: readonly string[]]>([
    ['', []],
    ['  a  b\tc\n', ['a', 'b', 'c']],
    [`"a b" 'c d' e\\ f`, ['a b', 'c d', 'e f']],
    [`x="a b" 'it''s'`, ['x=a b', 'its']],
    ['"a \\"b\\" \\n" \'c\\d\'', ['a "b" \\n', 'c\\d']],
    ['"" end\\', ['', 'end\\']],
    ['"open', ['open']],
  ])('of %j', (line, words) => {
    expect(splitWords(line).map(({ value }) => value)).toEqual(words);
  });

  it.each(['plain', 'a b', 'a"b', "a'b", 'a\\b', '', 'C:\\x y\\'])(
    '%j is one in quotes',
    (word) => {
      expect(splitWords(quoteWord(word)).map(({ value }) => value)).toEqual([word]);
    },
  );
});

describe('amounts', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1 KB'],
    [4_900_000_000, '4.9 GB'],
    [999_999, '1 MB'],
  ])('%i bytes', (bytes, shown) => {
    expect(formatSize(bytes)).toBe(shown);
  });

  const now = Date.parse('2026-11-23T12:00:00Z');
  it.each([
    ['2026-11-23T12:00:30Z', 'just now'],
    ['2026-11-23T11:57:00Z', '3 min ago'],
    ['2026-11-23T07:00:00Z', '5 h ago'],
    ['2026-11-20T12:00:00Z', '3 d ago'],
    ['2026-01-02T12:00:00Z', '2026-01-02'],
    ['never', ''],
  ])('%s', (iso, shown) => {
    expect(formatAge(iso, now)).toBe(shown);
  });
});

describe('the state of a server', () => {
  const failed = (code: ErrorCode, message = '') =>
    statusWords({ name: 'a', status: 'failed', tools: 0, error: { code, message } }).words;

  it.each<[code: ErrorCode, words: string]>([
    ['auth_required', 'wants a login (401)'],
    ['auth_rejected', 'token rejected (401)'],
    ['forbidden', 'forbidden (403)'],
    ['wrong_transport', 'wrong transport'],
    ['server_unreachable', 'cannot be reached'],
    ['tls_error', 'certificate not accepted'],
    ['timeout', 'no answer in time'],
    ['internal', 'failed'],
  ])('%s', (code, words) => {
    expect(failed(code)).toBe(words);
  });

  it('knows an expired token, and a connection without credentials', () => {
    expect(failed('auth_rejected', 'The token expired')).toBe('token expired (401)');
    const connected = { name: 'a', status: 'connected', tools: 1, credentials: 'none' } as const;
    expect(statusWords({ ...connected, transport: 'http' }).words).toMatch(/without credentials/);
    expect(statusWords({ ...connected, transport: 'stdio' }).words).toBe('connected');
  });
});

describe('blocks of code', () => {
  it.each<[text: string, blocks: readonly string[]]>([
    ['no code', []],
    ['```ts\na\n```\n~~~\nb\n~~~', ['a', 'b']],
    ['````\n```\nx\n```\n````', ['```\nx\n```']],
    ['```\nopen', ['open']],
    ['```\n``` not the end\n```', ['``` not the end']],
  ])('of %j', (text, blocks) => {
    expect(codeBlocks(text)).toEqual(blocks);
  });
});
