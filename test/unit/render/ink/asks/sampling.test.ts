import { describe, expect, it } from 'vitest';
import type { SamplingAnswer, SamplingRequest } from '../../../../../src/core/asks.js';
import { samplingDialog } from '../../../../../src/render/ink/sampling/review-dialog.js';
import { openDialog, type Screen } from './open.js';
import { SAMPLING } from './sampling-fixtures.js';

const openRequest = (request: Partial<SamplingRequest> = {}, screen: Screen = {}) =>
  openDialog(
    samplingDialog({
      stage: 'request',
      request: { ...SAMPLING, ...request },
      model: 'llama3.1',
      maxTokens: 4096,
    }),
    screen,
  );

describe('a request to the model', () => {
  it('is shown whole', () => {
    expect(openRequest({}, { maxRows: 40 }).rows()).toEqual(
      [
        'notes asks the model llama3.1',
        '· It wants up to 1000000 tokens, it may have 4096. You see the answer first.',
        'system prompt:',
        '│ You are brief.',
        'user:',
        '│ Summarise this.',
        'assistant:',
        '│ [calls look]',
        '│   q: "x"',
        'user:',
        '│ [result of a tool]',
        '│ found',
        'tools of the server:',
        '│ look: Looks',
        'options:',
        '│ models it would like: claude',
        '│ temperature: 0.5',
        '│ stop at: ["END"]',
        '│ use of tools: auto',
        '  1. Yes, once                                                      (y / 1)',
        '  2. Yes, all of "notes" this session, without showing them         (s / 2)',
        '❯ 3. No                                                             (n / 3)',
        '  Esc = no',
      ]
        .map((row) => row.replace(/(\S) +\((\w) \/ (\d)\)$/, '$1 ($2 / $3)'))
        .map((row) => expect.stringMatching(pattern(row)) as string),
    );
  });

  it.each([
    ['y', 'once'],
    ['1', 'once'],
    ['enter', 'deny'],
    ['s', 'session'],
    ['n', 'deny'],
    ['escape', 'deny'],
    ['ctrl+c', 'deny'],
  ])('%s', (pressed, kind) => {
    expect(openRequest().press(pressed)).toEqual({ kind });
  });

  it('long messages scroll to their end', () => {
    const text = Array.from({ length: 300 }, (_, at) => `line ${at}`).join('\n');
    const screen = openRequest({ messages: [{ role: 'user', content: [{ type: 'text', text }] }] });
    const seen = new Set<string>();
    for (let page = 0; page < 60; page += 1) {
      for (const row of screen.rows()) seen.add(row);
      screen.press('pagedown');
    }
    for (let at = 0; at < 300; at += 1) expect(seen.has(`│ line ${at}`)).toBe(true);
  });
});

function pattern(row: string): RegExp {
  const words = row.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${words.replaceAll(' ', ' +').replace(/^ \+/, ' *')}$`);
}

const ANSWER: SamplingAnswer = {
  model: 'llama3.1',
  content: [{ type: 'text', text: 'It is short.' }],
  stopReason: 'endTurn',
};

const openAnswer = (answer: Partial<SamplingAnswer> = {}) =>
  openDialog(
    samplingDialog({ stage: 'answer', request: SAMPLING, answer: { ...ANSWER, ...answer } }),
  );

describe('an answer of the model', () => {
  it('is shown before it is sent', () => {
    const screen = openAnswer();
    expect(screen.rows()[0]).toBe('Send this answer of llama3.1 to notes?');
    expect(screen.text()).toContain('│ It is short.');
    expect(screen.press('y')).toEqual({ kind: 'once' });
  });

  it.each(['enter', 'n', 'escape', 'ctrl+c'])('%s sends nothing', (pressed) => {
    expect(openAnswer().press(pressed)).toEqual({ kind: 'deny' });
  });

  it('can be changed', () => {
    const screen = openAnswer();
    screen.press('e');
    expect(screen.text()).toContain('Answer to notes');
    expect(screen.press('No. ', 'enter')).toEqual({ kind: 'once', text: 'No. It is short.' });
  });

  it('that is not changed is sent as it is, and Esc leads back', () => {
    expect(openAnswer().press('e', 'enter')).toEqual({ kind: 'once' });
    expect(openAnswer().press('e', 'x', 'escape')).toBeUndefined();
    expect(openAnswer().press('e', 'x', 'escape', 'y')).toEqual({ kind: 'once' });
  });

  it('that was cut, or calls a tool, or is empty, says so', () => {
    expect(openAnswer({ stopReason: 'maxTokens' }).text()).toContain('ends at the limit');
    const use = { type: 'tool_use' as const, id: '1', name: 'look', input: { q: 1 } };
    expect(openAnswer({ content: [use] }).text()).toContain('│ [calls look]');
    expect(openAnswer({ content: [] }).text()).toContain('(an empty answer)');
  });
});
