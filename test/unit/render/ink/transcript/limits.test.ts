import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../../../src/core/json.js';
import { createKeptCalls } from '../../../../../src/render/ink/transcript/kept-calls.js';
import { result } from '../../fixtures.js';
import { faults, gives, openTranscript, says, thinks, uses } from './fixtures.js';

const MB = 1024 * 1024;

describe('a result of 5 MB', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['in one line', 'x'.repeat(5 * MB)],
    ['in many lines', 'line of text\n'.repeat((5 * MB) / 13)],
    ['of empty lines', '\n'.repeat(5 * MB)],
    ['of control characters', '\u001b[2J'.repeat((5 * MB) / 4)],
    ['of wide characters', '漢字'.repeat(MB)],
    ['of JSON', `[${'{"a":"b"},'.repeat(MB / 2)}1]`],
  ];
  it.each(cases)('takes a few rows: %s', (_, output) => {
    const screen = openTranscript();
    screen.push(uses('a'), gives('a', output));
    expect(screen.printed().length).toBeGreaterThan(0);
    expect(screen.printed().length).toBeLessThanOrEqual(4);
    expect(faults(screen.printed(), 80)).toEqual([]);
  });

  it('can be looked at as far as anybody would scroll', () => {
    const screen = openTranscript();
    screen.push(uses('a'), gives('a', 'line of text\n'.repeat((5 * MB) / 13)), result(''));
    screen.transcript.expand();
    expect(screen.printed().length).toBeGreaterThan(5000);
    expect(screen.printed().length).toBeLessThan(5020);
    expect(screen.printed().at(-1)).toContain('too large');
  });

  it('as structured content takes a few rows too', () => {
    const structured: JsonValue = { list: Array.from({ length: 200_000 }, (_, id) => ({ id })) };
    const screen = openTranscript();
    screen.push(uses('a'), gives('a', '200,000 items', { structured }));
    expect(screen.printed().length).toBeLessThanOrEqual(4);
  });
});

describe('an answer of 5 MB', () => {
  it.each([
    ['in one line', 'word '],
    ['in lines', 'a line\n'],
  ])('is given away as it comes: %s', (_, piece) => {
    const screen = openTranscript();
    let rows = 0;
    for (let sent = 0; sent < 5 * MB; sent += 50 * piece.length) {
      screen.push(says(piece.repeat(50)));
      for (const part of screen.transcript.takeCommitted()) {
        rows += part.kind === 'rows' ? part.rows.length : 0;
      }
      expect(screen.live(8).length).toBeLessThanOrEqual(8);
    }
    expect(rows).toBeGreaterThan(60_000);
  });
});

describe('a thought of 5 MB', () => {
  it('shows three rows of its end', () => {
    const screen = openTranscript();
    for (let sent = 0; sent < 5 * MB; sent += 5000) screen.push(thinks('hm, '.repeat(1250)));
    expect(screen.live(10)).toHaveLength(4);
    expect(faults(screen.live(10), 80)).toEqual([]);
  });

  it('does not flicker: the rows above the last one stay while a line grows', () => {
    const screen = openTranscript({ columns: 40 });
    const pictures = new Set<string>();
    for (let word = 0; word < 400; word += 1) {
      screen.push(thinks(`word${word} `));
      const [, first = '', second = ''] = screen.live(10).map((row) => row.trim());
      if (word > 60) pictures.add(`${first}|${second}`);
    }
    // One new picture a row, and a few where the text is wrapped from another place.
    expect(pictures.size).toBeLessThan(110);
  });
});

describe('the calls kept for later', () => {
  const call = { server: 's', tool: 't', args: {}, status: 'success', ms: 1 } as const;

  it('hold one megabyte each, eight together', () => {
    const kept = createKeptCalls();
    for (let index = 0; index < 20; index += 1) kept.add(call, { output: 'x'.repeat(2 * MB) });
    const sizes = kept.list().map(({ output }) => output.length);
    expect(Math.max(...sizes)).toBe(MB);
    const all = sizes.reduce((sum, size) => sum + size, 0);
    expect(all).toBeGreaterThan(7 * MB);
    expect(all).toBeLessThanOrEqual(8 * MB);
    expect(kept.list().every(({ cut }) => cut)).toBe(true);
  });

  it('leave structured content out that is larger', () => {
    const kept = createKeptCalls();
    const structured = Array.from({ length: 300_000 }, () => 'abc');
    kept.add(call, { output: 'small', structured });
    expect(kept.list()[0]).toEqual({ ...call, output: 'small', cut: true });
  });
});
