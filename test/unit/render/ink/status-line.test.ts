import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChatInfo } from '../../../../src/core/chat.js';
import type { ServerState } from '../../../../src/core/events.js';
import { columnsOf } from '../../../../src/render/columns.js';
import { statusRow } from '../../../../src/render/ink/status-line.js';
import { hostile } from './hostile.js';
import { faults, frameOf } from './transcript/fixtures.js';

const servers = (...states: readonly ServerState[]) =>
  states.map((status, index) => ({ name: `s${index}`, status, tools: 1 }));

const INFO: ChatInfo = {
  sessionId: 's1',
  model: 'qwen3-coder:30b',
  approval: 'ask',
  servers: servers('connected', 'connected', 'failed', 'disabled', 'closed'),
  tools: 24,
  usedTokens: 5300,
  contextTokens: 32_768,
  evalRate: 43.2,
};

const FULL = 'qwen3-coder:30b · ctx 5.2k/32k 16% · 3 servers (1 ⚠) · 24 tools · ask · 43 tok/s';

describe('the status line', () => {
  it('has everything where there is room', () => {
    const row = statusRow(INFO, frameOf({ columns: 110 }));
    expect(row.startsWith(`${FULL}  `)).toBe(true);
    expect(row.endsWith('  ? help')).toBe(true);
    expect(columnsOf(row)).toBe(110);
  });

  it('drops items from the right; the model and its context stay at 24 columns', () => {
    expect(statusRow(INFO, frameOf({ columns: 79 }))).toBe(
      'qwen3-coder:30b · ctx 5.2k/32k 16% · 3 servers (1 ⚠) · 24 tools · ask    ? help',
    );
    expect(statusRow(INFO, frameOf({ columns: 50 }))).toBe(
      'qwen3-coder:30b · ctx 5.2k/32k 16%          ? help',
    );
    expect(statusRow(INFO, frameOf({ columns: 23 }))).toBe('qwen3-coder:… · ctx 16%');
    expect(statusRow({ ...INFO, model: 'qwen3:8b' }, frameOf({ columns: 23 }))).toBe(
      'qwen3:8b · ctx 16%',
    );
  });

  it('says how long it works, before anything but model and context', () => {
    expect(statusRow(INFO, frameOf({ columns: 60 }), { busyMs: 12_900, queued: 1 })).toBe(
      'qwen3-coder:30b · ctx 5.2k/32k 16%  ⠋ 12s · esc to interrupt',
    );
    expect(statusRow(INFO, frameOf({ columns: 119 }), { busyMs: 125_000, queued: 2 })).toMatch(
      /^qwen3-coder:30b · ctx 5.2k\/32k 16% · 2 queued · .* {2}⠋ 2m 05s · esc to interrupt$/,
    );
  });

  it('gives way to a hint', () => {
    const hint = 'Press Ctrl+C again to exit';
    expect(statusRow(INFO, frameOf({ columns: 79 }), { hint, busyMs: 1 })).toMatch(
      /^qwen3-coder:30b · ctx 5.2k\/32k 16% +Press Ctrl\+C again to exit$/,
    );
    expect(statusRow(INFO, frameOf({ columns: 23 }), { hint })).toBe('Press Ctrl+C again to …');
  });

  it.each([
    [0.69, '␛[2mctx'],
    [0.7, '␛[33mctx'],
    [0.9, '␛[31mctx'],
    [1.2, '␛[31mctx'],
  ])('warns of a full context: %d', (share, start) => {
    const info = { ...INFO, usedTokens: share * INFO.contextTokens };
    const row = statusRow(info, frameOf({ columns: 79, colors: true }));
    expect(row.replaceAll('\u001b', '␛')).toContain(start);
  });

  it('tells what it does not know by leaving it out', () => {
    const info = { ...INFO, usedTokens: 0, contextTokens: 0, evalRate: 0, servers: [], tools: 0 };
    expect(statusRow(info, frameOf({ columns: 60 }))).toMatch(
      /^qwen3-coder:30b · ctx 0 · 0 servers · 0 tools · ask +\? help$/,
    );
  });

  it('says which servers are on their way', () => {
    const info = { ...INFO, servers: servers('connected', 'connecting', 'connecting') };
    expect(statusRow(info, frameOf({ columns: 110 }))).toContain('3 servers (2 connecting)');
  });

  it('is words for a screen reader, and does not count seconds', () => {
    const frame = frameOf({ columns: 200, screenReader: true });
    expect(statusRow(INFO, frame, { busyMs: 5000 })).toBe(
      'working, escape interrupts, model qwen3-coder:30b, context 16 percent of 32k, 3 servers, 1 with problems, 24 tools, approval ask, 43 tokens per second',
    );
  });

  it('is one safe row that fits, whatever the model is called', () => {
    const property = fc.property(
      hostile,
      fc.integer({ min: 1, max: 130 }),
      fc.boolean(),
      fc.option(hostile, { nil: undefined }),
      (text, columns, screenReader, hint) => {
        const info = { ...INFO, model: text, think: text };
        const extra = hint === undefined ? { busyMs: 1, queued: 3 } : { hint };
        const row = statusRow(info, frameOf({ columns, screenReader, colors: true }), extra);
        expect(faults([row], columns)).toEqual([]);
      },
    );
    fc.assert(property, { numRuns: 200 });
  });
});
