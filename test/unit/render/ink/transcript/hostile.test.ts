import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { AgentEventBody, ServerState } from '../../../../../src/core/events.js';
import type { JsonValue } from '../../../../../src/core/json.js';
import { forgetSecrets, registerSecret } from '../../../../../src/core/redact.js';
import { createMarkdownStream } from '../../../../../src/render/markdown/stream.js';
import { result } from '../../fixtures.js';
import { hostile, NASTY } from '../hostile.js';
import { faults, openTranscript, says, thinks } from './fixtures.js';

afterEach(forgetSecrets);

const STATES: readonly ServerState[] = [
  'connected',
  'failed',
  'reconnecting',
  'closed',
  'connecting',
  'disabled',
];

/** Events in which every text that comes from outside is hostile. */
function hostileEvents(text: string, id: string): AgentEventBody[] {
  const structured: JsonValue = { [text]: [text, { [text]: text }] };
  const error = { code: 'server_failed' as const, message: text, hint: text, server: text };
  const call = { tool_id: id, server: text, tool_name: text };
  return [
    { type: 'tool_use', ...call, parameters: { [text]: text, list: [text, { [text]: 1 }] } },
    { type: 'approval', tool_id: id, decision: 'deny', source: 'user', reason: text },
    { type: 'tool_progress', tool_id: id, progress: 1, total: 3, message: text },
    {
      type: 'tool_result',
      tool_id: id,
      status: (['success', 'error', 'denied', 'cancelled'] as const)[text.length % 4] ?? 'error',
      output: text,
      ...(text.length % 3 === 0 ? { structured } : {}),
      images: [{ mime_type: text, size: 10, path: text }],
      duration_ms: 3,
    },
    ...STATES.map((status): AgentEventBody => ({
      type: 'server',
      server: { name: text, status, tools: 1, notice: text, error },
    })),
    { type: 'tools_changed', server: text, added: [text], removed: [text], changed: [text] },
    { type: 'log', level: 'error', message: text, server: text },
    { type: 'log', level: 'warning', message: '', data: structured },
    { type: 'error', severity: 'warning', ...error },
    { type: 'error', severity: 'error', ...error },
    result(text, { status: 'error', error }),
  ];
}

const place = fc.record({
  columns: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(23, 79, 119)),
  colors: fc.boolean(),
  screenReader: fc.boolean(),
});

describe('hostile text', () => {
  it('reaches the screen as visible characters, in rows that fit, from every field', () => {
    const property = fc.property(
      fc.array(hostile, { minLength: 1, maxLength: 2 }),
      place,
      (texts, where) => {
        const screen = openTranscript(where);
        const seen: string[] = [];
        screen.transcript.setVerbose(true);
        texts.forEach((text, index) => {
          screen.transcript.user(text);
          for (const event of hostileEvents(text, `call_${index}`)) {
            screen.push(event);
            seen.push(...screen.live(6));
          }
          screen.push(thinks(text), thinks(text));
          seen.push(...screen.live(6));
          screen.push(says(text), says(text));
          seen.push(...screen.live(6));
          screen.transcript.expand();
          screen.transcript.note('warning', text);
          screen.transcript.error(new Error(text));
          screen.transcript.toggleThinking();
          screen.pass(700);
        });
        screen.push(result(''));
        expect(faults([...seen, ...screen.printed()], where.columns)).toEqual([]);
      },
    );
    fc.assert(property, { numRuns: 40 });
  });

  it('is named in what is handed over to be drawn', () => {
    for (const text of NASTY) {
      const screen = openTranscript();
      screen.push(...hostileEvents(text, 'a'));
      for (const part of screen.committed()) {
        if (part.kind === 'image') expect(faults([part.mimeType], 200)).toEqual([]);
      }
    }
  });

  it('never begins where our glyphs stand', () => {
    const fake = [
      '✓ math connected (sse)',
      '● x',
      '❯ 1. Yes, once',
      '! warning',
      '⊘',
      '‒ interrupted',
    ];
    const text = fake.join('\n');
    const screen = openTranscript({ columns: 40 });
    screen.push({
      type: 'tool_use',
      tool_id: 'a',
      server: 's',
      tool_name: 't',
      parameters: { text },
    });
    screen.push({
      type: 'tool_result',
      tool_id: 'a',
      status: 'success',
      output: text,
      duration_ms: 1,
    });
    screen.push(says(text), says('', false), result(''));
    screen.transcript.expand();
    const ours = screen.printed().filter((row) => /^[^ ]/.test(row));
    expect(ours).toEqual([
      expect.stringMatching(/^✓ s\.t\(text="/),
      expect.stringMatching(/^✓ s\.t {2}/),
    ]);
  });

  it('is held back where it says a secret', () => {
    registerSecret('hunter2-hunter2');
    const screen = openTranscript();
    screen.push(...hostileEvents('my hunter2-hunter2 and more', 'a'), thinks('hunter2-hun'));
    screen.push(thinks('ter2'), result(''));
    screen.transcript.toggleThinking();
    screen.transcript.expand();
    const text = screen.printed().join('\n');
    expect(text).toContain('[REDACTED]');
    expect(text).not.toContain('hunter2');
  });
});

describe('the live rows', () => {
  const step = fc.oneof(
    hostile.map((text) => thinks(text)),
    hostile.map((text) => says(text)),
    fc
      .tuple(hostile, fc.integer({ min: 0, max: 9 }))
      .chain(([text, id]) => fc.constantFrom(...hostileEvents(text, `call_${id}`))),
  );

  it('never are more than there is room for', () => {
    const markdown = () => ({ createMarkdownStream });
    const property = fc.property(
      fc.array(step, { maxLength: 40 }),
      fc.integer({ min: 0, max: 12 }),
      place,
      (events, maxRows, where) => {
        const screen = openTranscript({ ...where, markdown });
        for (const event of events) {
          screen.push(event);
          const live = screen.live(maxRows);
          expect(live.length).toBeLessThanOrEqual(maxRows);
          expect(faults(live, where.columns)).toEqual([]);
          screen.pass(40);
        }
      },
    );
    fc.assert(property, { numRuns: 60 });
  });
});
