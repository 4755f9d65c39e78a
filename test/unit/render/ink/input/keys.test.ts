import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import fc from 'fast-check';
import { createKeyParser } from '../../../../../src/render/ink/input/keys.js';
import type { Key } from '../../../../../src/render/ink/types.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

/** `ctrl+alt+shift+name`, with the text in quotes when there is one. */
function told({ name, text, ctrl, alt, shift }: Key): string {
  const modifiers = `${ctrl ? 'ctrl+' : ''}${alt ? 'alt+' : ''}${shift ? 'shift+' : ''}`;
  return `${modifiers}${name}${text === '' ? '' : ` ${JSON.stringify(text)}`}`;
}

function parse(...chunks: (string | Uint8Array)[]): string[] {
  return keysOf(...chunks).map(told);
}

function keysOf(...chunks: (string | Uint8Array)[]): Key[] {
  const keys: Key[] = [];
  const parser = createKeyParser((key) => keys.push(key));
  for (const chunk of chunks) parser.push(chunk);
  vi.advanceTimersByTime(2000);
  parser.end();
  return keys;
}

/** How a chunk is cut decides how text is put into keys, and nothing else. */
function withTextJoined(keys: readonly Key[]): Key[] {
  const joined: Key[] = [];
  for (const key of keys) {
    const last = joined.at(-1);
    if (key.name === 'text' && last?.name === 'text') {
      joined[joined.length - 1] = { ...last, text: last.text + key.text };
    } else joined.push(key);
  }
  return joined;
}

const SEQUENCES: [string, ...string[]][] = [
  // Text and control characters.
  ['hello', 'text "hello"'],
  ['grüße 你好 👩‍👩‍👧', 'text "grüße 你好 👩‍👩‍👧"'],
  ['\r', 'enter'],
  ['\n', 'ctrl+j'],
  ['\t', 'tab'],
  ['\u007f', 'backspace'],
  ['\u007f\u007f\u007f', 'backspace', 'backspace', 'backspace'],
  ['\b', 'ctrl+h'],
  ['\u0001', 'ctrl+a'],
  ['\u001a', 'ctrl+z'],
  ['\u0000', 'ctrl+ '],
  ['\u001c', 'ctrl+\\'],
  ['\u001d', 'ctrl+]'],
  ['\u001f', 'ctrl+_'],
  ['a\u0003b', 'text "a"', 'ctrl+c', 'text "b"'],
  ['\u0085', 'unknown'],
  // Alt is an ESC before the key.
  ['\u001bb', 'alt+b'],
  ['\u001bF', 'alt+shift+f'],
  ['\u001bé', 'alt+é'],
  ['\u001b😀', 'alt+😀'],
  ['\u001b\r', 'alt+enter'],
  ['\u001b\u007f', 'alt+backspace'],
  ['\u001b\u0008', 'ctrl+alt+h'],
  // Esc and then a key that leaves, read at once by a busy program.
  ['\u001b\u0003', 'escape', 'ctrl+c'],
  ['\u001b\u0004', 'escape', 'ctrl+d'],
  ['\u001b\u001a', 'escape', 'ctrl+z'],
  ['\u001b ', 'alt+ '],
  ['\u001b_x', 'alt+_', 'text "x"'],
  ['\u001bPx', 'alt+shift+p', 'text "x"'],
  ['\u001b]x', 'alt+]', 'text "x"'],
  ['\u001b\u001b[A', 'alt+up'],
  ['\u001b\u001bOH', 'alt+home'],
  ['\u001b\u001bx', 'escape', 'alt+x'],
  // CSI and SS3.
  ['\u001b[A\u001b[B\u001b[C\u001b[D', 'up', 'down', 'right', 'left'],
  ['\u001bOA\u001bOB\u001bOC\u001bOD', 'up', 'down', 'right', 'left'],
  ['\u001b[H\u001b[F\u001bOH\u001bOF', 'home', 'end', 'home', 'end'],
  ['\u001b[1~\u001b[4~\u001b[7~\u001b[8~', 'home', 'end', 'home', 'end'],
  ['\u001b[2~\u001b[3~\u001b[5~\u001b[6~', 'insert', 'delete', 'pageup', 'pagedown'],
  ['\u001bOP\u001bOQ\u001bOR\u001bOS', 'f1', 'f2', 'f3', 'f4'],
  ['\u001b[11~\u001b[12~\u001b[13~\u001b[14~\u001b[15~', 'f1', 'f2', 'f3', 'f4', 'f5'],
  ['\u001b[17~\u001b[18~\u001b[19~\u001b[20~', 'f6', 'f7', 'f8', 'f9'],
  ['\u001b[21~\u001b[23~\u001b[24~', 'f10', 'f11', 'f12'],
  ['\u001b[Z', 'shift+tab'],
  ['\u001b[1;5C', 'ctrl+right'],
  ['\u001b[1;2D', 'shift+left'],
  ['\u001b[1;3A', 'alt+up'],
  ['\u001b[1;8H', 'ctrl+alt+shift+home'],
  ['\u001b[3;5~', 'ctrl+delete'],
  ['\u001bO5C', 'ctrl+right'],
  ['\u001bO1;5D', 'ctrl+left'],
  ['\u001bOM\u001bOp\u001bOk', 'enter', 'text "0"', 'text "+"'],
  // Ctrl+F1 and friends.
  ['\u001b[1;5P', 'ctrl+f1'],
  ['\u001bO5P', 'ctrl+f1'],
  ['\u001b[11;5~', 'ctrl+f1'],
  ['\u001b[11^', 'ctrl+f1'],
  // rxvt, linux console, X10.
  ['\u001b[a\u001b[d', 'shift+up', 'shift+left'],
  ['\u001bOa\u001bOd', 'ctrl+up', 'ctrl+left'],
  ['\u001b[7$\u001b[7^\u001b[7@', 'shift+home', 'ctrl+home', 'ctrl+shift+home'],
  ['\u001b[[A\u001b[[E', 'f1', 'f5'],
  ['\u001b[M !!', 'unknown'],
  // modifyOtherKeys.
  ['\u001b[27;2;13~', 'shift+enter'],
  ['\u001b[27;5;13~', 'ctrl+enter'],
  ['\u001b[27;5;99~', 'ctrl+c'],
  ['\u001b[27;2;65~', 'text "A"'],
  // kitty.
  ['\u001b[13;2u', 'shift+enter'],
  ['\u001b[27u', 'escape'],
  ['\u001b[9u', 'tab'],
  ['\u001b[127;3u', 'alt+backspace'],
  ['\u001b[97u', 'text "a"'],
  ['\u001b[97;2u', 'text "A"'],
  ['\u001b[97:65;2u', 'text "A"'],
  ['\u001b[97;;229u', 'text "å"'],
  ['\u001b[97;65u', 'text "A"'],
  ['\u001b[32;2u', 'text " "'],
  ['\u001b[99;5u', 'ctrl+c'],
  ['\u001b[99;133u', 'ctrl+c'],
  ['\u001b[1089::99;5u', 'ctrl+c'],
  ['\u001b[102;4u', 'alt+shift+f'],
  ['\u001b[45;6u', 'ctrl+_'],
  ['\u001b[45:95;6u', 'ctrl+_'],
  ['\u001b[91;5u', 'escape'],
  ['\u001b[57414u\u001b[57399u\u001b[57419;5u', 'enter', 'text "0"', 'ctrl+up'],
  ['\u001b[57441;2u', 'unknown'],
  ['\u001b[99;9u', 'unknown'],
  ['\u001b[1;9D', 'alt+left'],
  ['\u001b[1;1:1A\u001b[1;1:2A\u001b[1;1:3A', 'up', 'up'],
  ['\u001b[3;1:3~'],
  ['\u001b[97;1:1u\u001b[97;1:3u', 'text "a"'],
  // What nobody knows is harmless.
  ['\u001b[99~', 'unknown'],
  ['\u001b[1;5z', 'unknown'],
  ['\u001b[E', 'unknown'],
  ['\u001b[201~', 'unknown'],
  ['\u001b[;;;;;;u', 'unknown'],
  ['\u001b[99999999999999999999u', 'unknown'],
  ['\u001b[1;5\u001b[A', 'unknown', 'up'],
  ['\u001b[1;5é', 'unknown', 'text "é"'],
  ['\u001b[<0;10;20M\u001b[<0;10;20m', 'unknown', 'unknown'],
  ['\u001bOz', 'alt+shift+o', 'text "z"'],
  // The terminal answers.
  ['\u001b[I', 'reply "\\u001b[I"'],
  ['\u001b[O', 'reply "\\u001b[O"'],
  ['\u001b[?62;22c', 'reply "\\u001b[?62;22c"'],
  ['\u001b[>1;4000;29c', 'reply "\\u001b[>1;4000;29c"'],
  ['\u001b[?1u', 'reply "\\u001b[?1u"'],
  ['\u001b[?2026;2$y', 'reply "\\u001b[?2026;2$y"'],
  ['\u001b[12;40R', 'reply "\\u001b[12;40R"'],
  ['\u001b[0n', 'reply "\\u001b[0n"'],
  ['\u001b[8;24;80t', 'reply "\\u001b[8;24;80t"'],
  ['\u001b]11;rgb:1e/1e/1e\u0007x', 'reply "\\u001b]11;rgb:1e/1e/1e\\u0007"', 'text "x"'],
  ['\u001b]11;rgb:1e/1e/1e\u001b\\x', 'reply "\\u001b]11;rgb:1e/1e/1e\\u001b\\\\"', 'text "x"'],
  ['\u001bP>|kitty(0.40)\u001b\\', 'reply "\\u001bP>|kitty(0.40)\\u001b\\\\"'],
  ['\u001b_Gi=31;OK\u001b\\', 'reply "\\u001b_Gi=31;OK\\u001b\\\\"'],
  ['\u001b]11;rgb\u001b[A', 'unknown', 'up'],
  // Pastes.
  ['\u001b[200~one\u001b[201~', 'paste "one"'],
  ['\u001b[200~a\rb\r\nc\nd\t\u001b[201~x', 'paste "a\\nb\\nc\\nd\\t"', 'text "x"'],
  ['\u001b[200~\u001b[A\u001b[20\u001b[201~', 'paste "\\u001b[A\\u001b[20"'],
  ['\u001b[200~\u001b[201~', 'paste'],
];

describe('keys', () => {
  it.each(SEQUENCES)('%j', (sequence, ...expected) => {
    expect(parse(sequence)).toEqual(expected);
    expect(parse(Buffer.from(sequence))).toEqual(expected);
  });

  it.each(SEQUENCES)('%j is the same wherever it is cut', (sequence, ...expected) => {
    const whole = withTextJoined(keysOf(sequence)).map(told);
    const bytes = Buffer.from(sequence);
    for (let at = 1; at < bytes.length; at += 1) {
      const cut = keysOf(bytes.subarray(0, at), bytes.subarray(at));
      expect(withTextJoined(cut).map(told)).toEqual(whole);
    }
    const single = keysOf(...Array.from(bytes, (byte) => Uint8Array.of(byte)));
    expect(withTextJoined(single).map(told)).toEqual(whole);
    expect(expected.length).toBeGreaterThanOrEqual(whole.length);
  });

  it('is the same for strings cut in a surrogate pair', () => {
    expect(parse('a\ud83d', '\ude00b')).toEqual(['text "a"', 'text "😀b"']);
  });

  it('replaces bytes that are no UTF-8', () => {
    expect(parse(Uint8Array.of(0x61, 0xff, 0x62))).toEqual(['text "a\ufffdb"']);
  });
});

describe('a lone ESC', () => {
  it.each([
    ['\u001b', ['escape']],
    ['\u001b\u001b', ['escape', 'escape']],
    ['\u001b\u001b\u001b', ['escape', 'escape', 'escape']],
    ['\u001b[', ['alt+[']],
    ['\u001bO', ['alt+shift+o']],
    ['\u001b\u001b[', ['escape', 'alt+[']],
    ['\u001b]', ['alt+]']],
    ['\u001b_', ['alt+_']],
    ['x\u001b', ['text "x"', 'escape']],
  ])('%j is told when nothing follows', (sequence, expected) => {
    const keys: Key[] = [];
    const parser = createKeyParser((key) => keys.push(key));
    parser.push(sequence);
    vi.advanceTimersByTime(49);
    expect(keys.length).toBeLessThan(expected.length);
    vi.advanceTimersByTime(5);
    expect(keys.map(told)).toEqual(expected);
    parser.end();
  });

  it('belongs to what comes within the time, as over ssh', () => {
    const keys: Key[] = [];
    const parser = createKeyParser((key) => keys.push(key));
    for (const piece of ['\u001b', '[', '1;', '5C']) {
      parser.push(piece);
      vi.advanceTimersByTime(40);
    }
    expect(keys.map(told)).toEqual(['ctrl+right']);
    parser.end();
  });

  it('waits as long as it is told', () => {
    const keys: Key[] = [];
    const parser = createKeyParser((key) => keys.push(key), { escapeMs: 500 });
    parser.push('\u001b');
    vi.advanceTimersByTime(499);
    parser.push('[A');
    expect(keys.map(told)).toEqual(['up']);
    parser.end();
  });

  it('lets input in that came while the process was busy', () => {
    const keys: Key[] = [];
    const parser = createKeyParser((key) => keys.push(key));
    parser.push('\u001b');
    // The timer has run out, and the input is read before the next turn.
    setTimeout(() => parser.push('[A'), 50);
    vi.advanceTimersByTime(60);
    expect(keys.map(told)).toEqual(['up']);
    parser.end();
  });

  it('is forgotten at the end', () => {
    const keys: Key[] = [];
    const parser = createKeyParser((key) => keys.push(key));
    parser.push('\u001b');
    parser.end();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(5000);
    parser.push('x');
    expect(keys.map(told)).toEqual(['text "x"']);
  });
});

it('can be ended by a key: the rest of the chunk is forgotten', () => {
  const keys: Key[] = [];
  const parser = createKeyParser((key) => {
    keys.push(key);
    if (key.name === 'z') parser.end();
  });
  parser.push('a\u001ab\u001b');
  expect(vi.getTimerCount()).toBe(0);
  parser.push('c');
  expect(keys.map(told)).toEqual(['text "a"', 'ctrl+z', 'text "c"']);
});

describe('a sequence that is never finished', () => {
  it('is given up after a while, whatever is typed meanwhile', () => {
    const keys: Key[] = [];
    const parser = createKeyParser((key) => keys.push(key));
    parser.push('\u001b]11;rgb:');
    for (let ms = 0; ms < 1100; ms += 100) {
      vi.advanceTimersByTime(100);
      parser.push('a');
    }
    expect(keys.map(told).slice(0, 2)).toEqual(['unknown', 'text "a"']);
    parser.end();
  });

  it('ends at a control character', () => {
    expect(parse('\u001b]11;rgb:\u0003')).toEqual(['unknown', 'ctrl+c']);
  });

  it('is not waited for without end', () => {
    expect(parse(`\u001b[${'1;'.repeat(1000)}`, 'x')).toEqual(['unknown', 'text "x"']);
    expect(parse(`\u001b]1${'x'.repeat(70_000)}`, 'y')).toEqual(['unknown', 'text "y"']);
  });
});

describe('lines without bracketed paste', () => {
  it.each([
    ['ls\r', ['text "ls"', 'enter']],
    ['ls\r\n', ['text "ls"', 'enter']],
    ['one\rtwo', ['text "one\\ntwo"']],
    ['one\r\ntwo\r', ['text "one\\ntwo"', 'enter']],
    ['one\r\r\ttwo\r\r', ['text "one\\n\\n\\ttwo"', 'enter', 'enter']],
    ['\rtwo', ['text "\\ntwo"']],
    ['/he\t', ['text "/he"', 'tab']],
    ['a\tb', ['text "a"', 'tab', 'text "b"']],
    ['one\r\u001b[A', ['text "one"', 'enter', 'up']],
  ])('%j', (sequence, expected) => {
    expect(parse(sequence)).toEqual(expected);
  });

  it('are read in linear time', () => {
    const started = performance.now();
    expect(parse(`${'\r'.repeat(200_000)}x${'\r'.repeat(200_000)}`)).toHaveLength(200_001);
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe('a paste', () => {
  it('whose end never comes ends after a silence', () => {
    const keys: Key[] = [];
    const parser = createKeyParser((key) => keys.push(key));
    parser.push('\u001b[200~one');
    vi.advanceTimersByTime(999);
    parser.push('\rtwo\u001b[20');
    vi.advanceTimersByTime(999);
    expect(keys).toEqual([]);
    vi.advanceTimersByTime(5);
    expect(keys.map(told)).toEqual(['paste "one\\ntwo"']);
    parser.push('\u001b[201~\u007f');
    expect(keys.slice(1).map(told)).toEqual(['unknown', 'backspace']);
    parser.end();
  });

  it('of which only the start comes does not take the keys with it', () => {
    const keys: Key[] = [];
    const parser = createKeyParser((key) => keys.push(key));
    parser.push('\u001b[200~');
    vi.advanceTimersByTime(1005);
    parser.push('x');
    expect(keys.map(told)).toEqual(['paste', 'text "x"']);
    parser.end();
  });

  it('of 1 MB in small pieces comes whole and soon', () => {
    const line = 'The quick brown fox 你好 👩‍👩‍👧\r';
    const bytes = Buffer.from(`\u001b[200~${line.repeat(25_000)}\u001b[201~`);
    const timed = (size: number) => {
      const keys: Key[] = [];
      const parser = createKeyParser((key) => keys.push(key));
      const started = performance.now();
      for (let at = 0; at < bytes.length; at += size) parser.push(bytes.subarray(at, at + size));
      parser.end();
      expect(keys).toHaveLength(1);
      expect(keys[0]?.text).toBe(line.replace('\r', '\n').repeat(25_000));
      return performance.now() - started;
    };
    expect(timed(4096)).toBeLessThan(3000);
    expect(timed(64)).toBeLessThan(10_000);
  });

  it('is capped at 16 MiB', () => {
    const parts = Array.from({ length: 20 }, () => 'x'.repeat(1024 * 1024));
    const keys = keysOf('\u001b[200~', ...parts, '\u001b[201~y');
    expect(keys.map(({ name }) => name)).toEqual(['paste', 'text']);
    expect(keys[0]?.text).toHaveLength(16 * 1024 * 1024);
  });
});

it('never throws, and what it calls text is printable', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 8 }),
    fc.constantFrom(...SEQUENCES.map(([sequence]) => Buffer.from(sequence))),
    fc
      .string({ unit: fc.constantFrom(...'\u001b[]O?;:0123456789ABPRMu~$<_\\\r\n\u007f\u0003') })
      .map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      for (const { name, text } of keysOf(...pieces)) {
        // oxlint-disable-next-line no-control-regex
        if (name === 'text') expect(text).toMatch(/^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f]+$/);
      }
    }),
    { numRuns: 500 },
  );
});
