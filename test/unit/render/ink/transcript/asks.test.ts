import { describe, expect, it } from 'vitest';
import type { AgentEventBody } from '../../../../../src/core/events.js';
import { faults, gives, openTranscript, uses } from './fixtures.js';

const server = 'shop';
const error = { code: 'denied' as const, message: 'No, said the person.', hint: 'Ask again.' };

const EVENTS: readonly (readonly [string, AgentEventBody])[] = [
  [
    '· shop asks: Your name?',
    { type: 'elicitation', id: 'e', server, mode: 'form', message: 'Your name?' },
  ],
  [
    '✓ shop got an answer',
    { type: 'elicitation_result', id: 'e', server, action: 'accept', source: 'user' },
  ],
  [
    '‒ shop was told no (nobody was asked)',
    { type: 'elicitation_result', id: 'e', server, action: 'decline', source: 'policy' },
  ],
  [
    '‒ shop got no answer (from --answers)',
    { type: 'elicitation_result', id: 'e', server, action: 'cancel', source: 'file' },
  ],
  [
    '· shop asks qwen3: 2 messages, up to 100 tokens',
    { type: 'sampling', id: 's', server, model: 'qwen3', messages: 2, max_tokens: 100 },
  ],
  [
    '✓ shop got an answer of qwen3: 7 tokens',
    {
      type: 'sampling_result',
      id: 's',
      server,
      model: 'qwen3',
      status: 'answered',
      input_tokens: 1,
      output_tokens: 7,
    },
  ],
  [
    '‒ shop may not ask qwen3: No, said the person.',
    {
      type: 'sampling_result',
      id: 's',
      server,
      model: 'qwen3',
      status: 'denied',
      input_tokens: 0,
      output_tokens: 0,
      error,
    },
  ],
  [
    '· shop wants a login at auth.example',
    { type: 'login', server, host: 'auth.example', status: 'asked' },
  ],
  [
    '· shop waits for the login at auth.example',
    { type: 'login', server, host: 'auth.example', status: 'waiting' },
  ],
  [
    '✓ shop is logged in at auth.example',
    { type: 'login', server, host: 'auth.example', status: 'done' },
  ],
  [
    '✗ shop is not logged in: No, said the person.',
    { type: 'login', server, host: 'auth.example', status: 'failed', error },
  ],
  [
    '· shop changed file:///a (@shop:file:///a)',
    { type: 'resource_updated', server, uri: 'file:///a' },
  ],
];

describe('what servers ask', () => {
  it.each(EVENTS)('%s', (row, event) => {
    const screen = openTranscript();
    screen.push(event);
    expect(screen.printed()[0]).toBe(row);
  });

  it('says what to do where something failed', () => {
    const screen = openTranscript();
    screen.push({ type: 'login', server, host: 'h', status: 'failed', error });
    expect(screen.printed()).toEqual([
      '✗ shop is not logged in: No, said the person.',
      '  → Ask again.',
    ]);
  });

  it('takes one row, however much a server says', () => {
    const message = '\u001b[2Jmuch\n'.repeat(500);
    for (const columns of [120, 80, 24]) {
      const screen = openTranscript({ columns });
      screen.push({ type: 'elicitation', id: 'e', server: message, mode: 'form', message });
      const rows = screen.printed();
      expect(rows).toHaveLength(1);
      expect(faults(rows, columns)).toEqual([]);
    }
  });

  it('tells of a resource that always changes a few times a second', () => {
    const screen = openTranscript();
    for (let at = 0; at < 100; at += 1) {
      screen.push({ type: 'resource_updated', server, uri: `file:///${at}` });
    }
    expect(screen.printed()).toHaveLength(5);
    screen.pass(1000);
    expect(screen.printed().at(-1)).toContain('95 more');
  });
});

describe('links to resources', () => {
  const output = [
    'Two files:',
    '[link prices: file:///prices.csv (What things cost)]',
    '[link demo://a/1]',
    '[link: no]',
  ].join('\n');

  it('say how each is read', () => {
    const screen = openTranscript();
    screen.push(uses('c', {}, 'list', 'my shop'), gives('c', output));
    const rows = screen.printed();
    expect(rows).toContain('    @"my shop:file:///prices.csv"  prices');
    expect(rows).toContain('    @"my shop:demo://a/1"');
    expect(rows).toContain('    [link: no]');
    expect(rows.join('\n')).not.toContain('[link prices');
  });

  it('that are many are counted', () => {
    const screen = openTranscript();
    const many = Array.from({ length: 30 }, (_, at) => `[link n: demo://${at}]`).join('\n');
    screen.push(uses('c', {}, 'list', 'shop'), gives('c', many));
    expect(screen.printed().at(-1)).toBe('    … and 25 links more');
  });
});
