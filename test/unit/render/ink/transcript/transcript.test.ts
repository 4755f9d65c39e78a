import { afterEach, describe, expect, it } from 'vitest';
import { OstlerError } from '../../../../../src/core/errors.js';
import { forgetSecrets, registerSecret } from '../../../../../src/core/redact.js';
import type { MarkdownTools } from '../../../../../src/render/ink/transcript/types.js';
import { result } from '../../fixtures.js';
import { allowed, gives, logs, openTranscript, says, thinks, uses } from './fixtures.js';

afterEach(forgetSecrets);

describe('answers', () => {
  it('come whole and once, whatever the pieces', () => {
    const screen = openTranscript();
    const text = 'One line.\n\nAnother one that is unfin';
    for (const piece of text.match(/.{1,4}/gs) ?? []) screen.push(says(piece));
    expect(screen.printed()).toEqual(['  One line.']);
    expect(screen.live()).toEqual(['', '  Another one that is unfin']);
    screen.push(says('ished.'), says(`${text}ished.`, false));
    expect(screen.printed()).toEqual(['  One line.', '', '  Another one that is unfinished.']);
    expect(screen.live()).toEqual([]);
  });

  it('are printed when no piece came before', () => {
    const screen = openTranscript();
    screen.push(says('All at once.', false));
    expect(screen.printed()).toEqual(['  All at once.']);
  });

  it('are Markdown from the beginning when it is loaded before anything was printed', () => {
    let tools: MarkdownTools | undefined;
    const screen = openTranscript({ markdown: () => tools });
    screen.push(says('# Ti'));
    tools = shouting;
    screen.push(says('tle'), says('', false));
    expect(screen.printed()).toEqual(['  # TITLE']);
  });

  it('stay plain to their end when something of them was printed', () => {
    let tools: MarkdownTools | undefined;
    const screen = openTranscript({ markdown: () => tools });
    screen.push(says('first\nsec'));
    tools = shouting;
    screen.push(
      says('ond'),
      says('', false),
      says('next', true, 'msg_2'),
      says('', false, 'msg_2'),
    );
    expect(screen.printed()).toEqual(['  first', '  second', '', '  NEXT']);
  });

  it('hide a secret that is cut in two', () => {
    registerSecret('hunter2-hunter2');
    const screen = openTranscript();
    screen.push(says('It is hunter2-h'), says('unter2, really.'), says('', false));
    expect(screen.printed()).toEqual(['  It is [REDACTED], really.']);
  });

  it('are read to a screen reader when they are finished, not while they grow', () => {
    const screen = openTranscript({ screenReader: true });
    screen.push(says('Some words'));
    expect(screen.live()).toEqual([]);
    expect(screen.transcript.animated).toBe(false);
    screen.push(says('', false));
    expect(screen.printed()).toEqual(['  Some words']);
  });

  it('end where the prompt ends, also without a finished message', () => {
    const screen = openTranscript();
    screen.push(says('Broken o'), result('', { error: null }));
    expect(screen.printed()).toEqual(['  Broken o']);
  });
});

/** A stand-in for Markdown that can be told from plain text. */
const shouting: MarkdownTools = {
  createMarkdownStream() {
    let text = '';
    return {
      push: (piece) => {
        text += piece;
      },
      takeCommitted: () => [],
      tail: () => [text.toUpperCase()],
      end: () => [text.toUpperCase()],
    };
  },
};

describe('thinking', () => {
  it('shows its last rows while it lasts, and one line afterwards', () => {
    const screen = openTranscript({ columns: 30 });
    screen.push(thinks('one two three four five six seven eight nine ten eleven twelve thirteen '));
    screen.pass(4200);
    expect(screen.live()).toHaveLength(4);
    expect(screen.live()[0]).toBe('⠹ thinking… 4 s');
    expect(screen.live(2)).toHaveLength(2);
    expect(screen.transcript.animated).toBe(true);
    screen.push(says('So.'));
    expect(screen.printed()).toEqual(['thought for 4 s (ctrl+t to sh…']);
    screen.push(thinks('all of it', false), says('So.', false));
    expect(screen.printed()).toEqual(['thought for 4 s (ctrl+t to sh…', '', '  So.']);
  });

  it('is shown on demand, and in full from then on', () => {
    const screen = openTranscript();
    screen.push(thinks('Hm.'), says('A'), says('', false));
    expect(screen.transcript.toggleThinking()).toBe(true);
    expect(screen.printed().slice(-2)).toEqual(['thought for 0 s', '  Hm.']);
    screen.push(thinks('Aha.', true, 'msg_2'), says('B', true, 'msg_2'));
    expect(screen.printed().slice(-2)).toEqual(['thought for 0 s', '  Aha.']);
    expect(screen.transcript.toggleThinking()).toBe(false);
    expect(screen.transcript.toggleThinking()).toBe(true);
    expect(screen.printed().filter((row) => row === '  Aha.')).toHaveLength(1);
  });

  it('of nothing but blanks is not worth a line', () => {
    const screen = openTranscript();
    screen.push(thinks('\n\n'), says('A'), says('', false));
    expect(screen.printed()).toEqual(['  A']);
  });
});

describe('tool calls', () => {
  it('wait for approval without a clock, and then run from zero', () => {
    const screen = openTranscript();
    screen.push(uses('a', { x: 1 }));
    screen.pass(60_000);
    expect(screen.live()).toEqual(['○ math.add_numbers(x=1)']);
    screen.push(allowed('a', 'user'));
    screen.pass(2000);
    expect(screen.live()).toEqual(['● math.add_numbers(x=1)  ⠋ 2.0s']);
    screen.push(gives('a', 'ok', { duration_ms: 62_000 }));
    expect(screen.printed()).toEqual(['✓ math.add_numbers(x=1)  2.0s', '  ⎿ ok']);
  });

  it('show the arguments that a person changed', () => {
    const screen = openTranscript();
    const parameters = { x: 2 };
    screen.push(uses('a', { x: 1 }));
    screen.push({ type: 'approval', tool_id: 'a', decision: 'allow', source: 'user', parameters });
    screen.push(gives('a', 'ok'));
    expect(screen.printed()[0]).toBe('✓ math.add_numbers(x=2)  0ms');
  });

  it('keep their order, and say how many there is no room for', () => {
    const screen = openTranscript();
    for (let id = 0; id < 500; id += 1) screen.push(uses(`c${id}`, { id }), allowed(`c${id}`));
    const live = screen.live(8);
    expect(live).toHaveLength(8);
    expect(live[0]).toContain('(id=0)');
    expect(live[7]).toBe('● +493 more');
    screen.push(gives('c0', 'done'));
    expect(screen.live(8)[0]).toContain('(id=1)');
    screen.push(result(''));
    expect(screen.live(8)).toEqual([]);
    expect(screen.printed().filter((row) => row.endsWith('cancelled'))).toHaveLength(499);
  });

  it('prefer structured content, and count the items of a list', () => {
    const screen = openTranscript();
    const structured = { items: ['alpha', 'beta', { name: 'gamma' }] };
    screen.push(uses('a'), gives('a', 'x'.repeat(4200), { structured }));
    expect(screen.printed()).toEqual([
      '✓ math.add_numbers()  12ms  → 4.1 KB, 3 items  (ctrl+o to show)',
      '  ⎿ items:',
      '      - "alpha"',
      '      - "beta"…',
    ]);
  });

  it('show more rows when they are asked to', () => {
    const screen = openTranscript();
    screen.transcript.setVerbose(true);
    const output = Array.from({ length: 30 }, (_, line) => `line ${line}`).join('\n');
    screen.push(uses('a'), gives('a', output));
    expect(screen.printed()).toHaveLength(21);
    expect(screen.printed().at(-1)).toBe('    line 19…');
  });

  it('hand saved images over, right after their line', () => {
    const images = [{ mime_type: 'image/png', size: 2048, path: '/tmp/1.png' }];
    const screen = openTranscript();
    screen.push(uses('a'), gives('a', '[image image/png, 2 KB]', { images }), logs('after'));
    expect(screen.committed()).toEqual([
      {
        kind: 'rows',
        rows: ['✓ math.add_numbers()  12ms', '    [image/png 2 KB saved to /tmp/1.png]'],
      },
      { kind: 'image', mimeType: 'image/png', path: '/tmp/1.png' },
      { kind: 'rows', rows: ['', '! after'] },
    ]);
    const other = openTranscript({ sendImages: false });
    other.push(uses('a'), gives('a', '', { images }));
    expect(other.committed().map(({ kind }) => kind)).toEqual(['rows']);
  });

  it('are printed in full on demand: those of the last turn alone', () => {
    const screen = openTranscript();
    screen.push(uses('old', { turn: 1 }), gives('old', 'first'));
    screen.push(says('Then', true), says('', false));
    const output = Array.from({ length: 100 }, (_, line) => `line ${line}`).join('\n');
    screen.push(uses('a', { turn: 2 }), uses('b', { turn: 3 }), gives('b', output));
    screen.push(gives('a', 'short', { structured: { deep: { list: [{ x: 1 }] } } }), result(''));
    const before = screen.printed().length;
    screen.transcript.expand();
    const shown = screen.printed().slice(before);
    expect(shown.filter((row) => /^ {4}line \d+$/.test(row))).toHaveLength(100);
    expect(shown).toContain('    turn: 3');
    expect(shown).toContain('        - x: 1');
    expect(shown).not.toContain('    turn: 1');
  });

  it('that never were have nothing to show', () => {
    const screen = openTranscript();
    screen.transcript.expand();
    expect(screen.printed()).toEqual(['· There is no finished tool call to show.']);
  });
});

describe('notices', () => {
  const connected = { name: 'math', status: 'connected', tools: 1, transport: 'http' } as const;

  it('tell a state once, however often it is sent', () => {
    const screen = openTranscript();
    for (const latency_ms of [1, 2, 3]) {
      screen.push({ type: 'server', server: { ...connected, latency_ms } });
    }
    screen.push({ type: 'server', server: { ...connected, status: 'reconnecting' } });
    screen.push({ type: 'server', server: { ...connected, credentials: 'none' } });
    expect(screen.printed()).toEqual([
      '✓ math connected (http, 1 tool)',
      '! math: connection lost; reconnecting',
      '✓ math connected (http, 1 tool, no credentials)',
    ]);
  });

  it('wait while an answer is written', () => {
    const screen = openTranscript();
    screen.push(says('half of'), { type: 'server', server: connected });
    expect(screen.printed()).toEqual([]);
    screen.push(says(' it.'), says('', false));
    expect(screen.printed()).toEqual(['  half of it.', '', '✓ math connected (http, 1 tool)']);
  });

  it('let five log lines a second through and count the others', () => {
    const screen = openTranscript();
    for (let line = 0; line < 100_000; line += 1) screen.push(logs(`line ${line}`));
    expect(screen.printed()).toHaveLength(5);
    expect(screen.transcript.animated).toBe(true);
    screen.pass(1001);
    expect(screen.printed().at(-1)).toBe('· 99995 more log lines');
    expect(screen.transcript.animated).toBe(false);
    screen.push(logs('and again'));
    expect(screen.printed().at(-1)).toBe('! and again');
  });

  it('leave information to those who want it', () => {
    const screen = openTranscript();
    screen.push(logs('hidden', 'info'));
    screen.transcript.setVerbose(true);
    screen.push(logs('shown', 'info'));
    expect(screen.printed()).toEqual(['· shown']);
  });

  it('tell a failure once, with what to do', () => {
    const screen = openTranscript();
    const error = { code: 'model_unreachable' as const, message: 'No Ollama.', hint: 'Start it.' };
    screen.push({ type: 'error', severity: 'error', ...error }, result('', { error }));
    screen.push(result('', { error }));
    const rows = ['✗ No Ollama.', '  → Start it.'];
    expect(screen.printed()).toEqual([...rows, ...rows]);
  });

  it('call an interruption what it is', () => {
    const screen = openTranscript();
    const error = { code: 'interrupted' as const, message: 'Interrupted.' };
    screen.push({ type: 'error', severity: 'error', ...error }, result('', { error }));
    expect(screen.printed()).toEqual(['‒ interrupted']);
  });

  it('show errors of commands without their secrets', () => {
    registerSecret('hunter2-hunter2');
    const screen = openTranscript();
    screen.transcript.error(
      new OstlerError('usage', 'No hunter2-hunter2.', { hint: 'Type /help.' }),
    );
    screen.transcript.error(new TypeError('x is not a function'));
    expect(screen.printed()).toEqual([
      '✗ No [REDACTED].',
      '  → Type /help.',
      '✗ x is not a function',
    ]);
  });
});

describe('the person', () => {
  it('reads their own long message folded', () => {
    const screen = openTranscript();
    screen.transcript.user(Array.from({ length: 42 }, (_, line) => `line ${line}`).join('\n'));
    expect(screen.printed()).toHaveLength(10);
    expect(screen.printed()[0]).toBe('❯ line 0');
    expect(screen.printed().at(-1)).toBe('  … 42 lines in all');
  });

  it('sees rows of commands as they are, one empty row before and between', () => {
    const screen = openTranscript();
    screen.transcript.print(['', 'a', '', '', 'b', '', '']);
    screen.transcript.print(['c']);
    screen.transcript.note('info', 'd');
    screen.transcript.note('info', 'e');
    expect(screen.printed()).toEqual(['a', '', '', 'b', '', 'c', '', '· d', '· e']);
  });
});
