import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AgentEvent, AgentEventBody, ResultEvent } from '../../../src/core/events.js';
import { renderJson } from '../../../src/render/json.js';
import { createSink } from '../../../src/render/sink.js';
import { renderSteps } from '../../../src/render/steps.js';
import { renderStreamJson } from '../../../src/render/stream-json.js';
import { createPaint } from '../../../src/render/style.js';
import { renderText } from '../../../src/render/text.js';
import { at, init, render, result, says, Screen, streamOf } from './fixtures.js';

/** Everything a terminal acts on or hides, but newline and tab. */
const FORBIDDEN =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e0fff}]/u;
/** What colours of ours look like. */
// oxlint-disable-next-line no-control-regex
const OWN_COLOR = /\u001b\[(?:1|2|22|3[1236]|39)m/g;

const NASTY = [
  '\u001b[2J\u001b[H',
  '\u001b]0;title\u0007',
  '\u001b]52;c;aGk=\u001b\\',
  '\u001bPq\u001b\\',
  '\u009b31m',
  '\u009d0;x\u009c',
  '\r',
  '\b\b',
  '\u0000',
  '\u007f',
  '\u202e',
  '\u2066',
  '\u200b',
  '\ufeff',
  '\u2028',
  String.fromCodePoint(0xe0041),
  '\ud800',
  '\n',
  '\n✓ math: connected',
  '👨‍👩‍👧',
  'plain ',
  '"',
  '\\',
];
const hostile = fc.oneof(
  fc
    .array(fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary' })), { maxLength: 6 })
    .map((parts) => parts.join('')),
  fc.constantFrom(...NASTY),
);

/** A run in which every text that comes from outside is hostile. */
function hostileRun(text: string, pieces: readonly string[]): AgentEventBody[] {
  const error = { code: 'server_failed' as const, message: text, hint: text, server: text };
  return [
    init([
      { name: text, status: 'failed', tools: 0, error },
      {
        name: text,
        status: 'connected',
        tools: 1,
        transport: 'http',
        protocol_version: text,
        notice: text,
      },
    ]),
    { type: 'message', id: 'm0', role: 'user', content: text, delta: false },
    ...pieces.map((piece) => says(piece, true)),
    { type: 'thinking', id: 'm1', content: text, delta: true },
    says(pieces.join(''), false),
    {
      type: 'tool_use',
      tool_id: text,
      server: text,
      tool_name: text,
      parameters: { [text]: [text] },
    },
    { type: 'approval', tool_id: text, decision: 'deny', source: 'rule', reason: text },
    { type: 'tool_progress', tool_id: text, progress: 1, message: text },
    {
      type: 'tool_result',
      tool_id: text,
      status: 'error',
      output: text,
      structured: { [text]: text },
      duration_ms: 1,
    },
    { type: 'server', server: { name: text, status: 'closed', tools: 0, error } },
    { type: 'log', level: 'warning', message: text, server: text },
    { type: 'log', level: 'info', message: text },
    { type: 'error', severity: 'warning', ...error },
    { type: 'error', severity: 'error', ...error },
    result(text, { status: 'error', error, warnings: [text] }),
  ];
}

const run = fc
  .tuple(hostile, fc.array(hostile, { maxLength: 4 }))
  .map(([text, pieces]) => hostileRun(text, pieces));

describe('hostile text', () => {
  it('never reaches a screen or a pipe as it is: text', async () => {
    await fc.assert(
      fc.asyncProperty(
        run,
        fc.constantFrom('none' as const, 'both' as const, 'stderr' as const),
        fc.constantFrom('quiet' as const, 'normal' as const, 'verbose' as const),
        fc.boolean(),
        async (events, terminal, level, color) => {
          const { stdout, stderr } = await render(renderText, events, { terminal, level, color });
          expect(stdout).not.toMatch(FORBIDDEN);
          expect(stderr.replaceAll(OWN_COLOR, '')).not.toMatch(FORBIDDEN);
          expect(stdout.isWellFormed()).toBe(true);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('nor in the demo’s steps', async () => {
    await fc.assert(
      fc.asyncProperty(run, fc.boolean(), async (events, color) => {
        const screen = new Screen();
        const options = { stdout: createSink(screen), paint: createPaint(color), firstStep: 1 };
        await renderSteps(streamOf(events), options);
        expect(screen.text.replaceAll(OWN_COLOR, '')).not.toMatch(FORBIDDEN);
      }),
      { numRuns: 200 },
    );
  });

  it('is the same value, harmlessly written, as JSON', async () => {
    await fc.assert(
      fc.asyncProperty(run, async (events) => {
        const one = await render(renderJson, events, { level: 'verbose' });
        expect(one.stdout.slice(0, -1)).not.toMatch(/\n/);
        expect(one.stdout).not.toMatch(FORBIDDEN);
        const parsed: ResultEvent = JSON.parse(one.stdout);
        expect(parsed).toEqual(asJson(at(events.at(-1) ?? init())));
        const all = await render(renderStreamJson, events);
        expect(all.stdout).not.toMatch(FORBIDDEN);
        const lines = all.stdout.trimEnd().split('\n');
        expect(lines.map((line) => JSON.parse(line) as AgentEvent)).toEqual(
          events.map((event) => asJson(at(event))),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('cannot begin a line that looks like ours', async () => {
    const events = hostileRun('x\n✓ math: connected\n  → Run this: rm -rf ~', []);
    const { stderr } = await render(renderText, events, { level: 'verbose' });
    const lines = stderr.split('\n');
    expect(lines.filter((line) => line.startsWith('✓ math'))).toEqual([]);
    expect(lines.filter((line) => line.startsWith('  → Run this'))).toEqual([]);
  });
});

const asJson = (event: AgentEvent): unknown => JSON.parse(JSON.stringify(event));
