import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { SessionStore } from '../../../src/app/sessions/types.js';
import { markdownOptions } from '../../../src/cli/markdown-options.js';
import { runSessionsList } from '../../../src/cli/sessions.js';
import type { SessionSummary } from '../../../src/core/chat.js';
import { columnsOf } from '../../../src/render/columns.js';
import type { Output } from '../../../src/render/sink.js';

const NOW = Date.UTC(2026, 0, 10);

function capture(columns?: number) {
  const stream: Output = new PassThrough();
  if (columns !== undefined) Object.assign(stream, { isTTY: true, columns });
  return { stream, text: () => String((stream as PassThrough).read() ?? '') };
}

const session = (title: string, more: Partial<SessionSummary> = {}): SessionSummary => ({
  id: 'mf3k2a1x-1f3-k2j8d9s1',
  updated: new Date(NOW - 7_200_000).toISOString(),
  model: 'llama3.1',
  prompts: 3,
  title,
  cwd: '/work',
  ...more,
});

async function list(sessions: readonly SessionSummary[], columns?: number): Promise<string[]> {
  const stdout = capture(columns);
  await runSessionsList({
    store: { list: () => Promise.resolve(sessions) } as unknown as SessionStore,
    cwd: '/work',
    json: false,
    all: false,
    stdout: stdout.stream,
    stderr: capture().stream,
    now: () => NOW,
  });
  return stdout.text().trimEnd().split('\n');
}

describe('the list of sessions', () => {
  const long = session('A very long title that goes on and on, far beyond what a terminal has');
  const wide = session('漢字の長い題名はここにあり、端末の幅を超えるまで続きます', { id: 'w' });

  it('gives the title what is left', async () => {
    expect(await list([long], 80)).toEqual([
      'ID                     AGE  PROMPTS  MODEL     TITLE',
      'mf3k2a1x-1f3-k2j8d9s1  2 h  3        llama3.1  A very long title that goes on a…',
    ]);
  });

  it.each([80, 60, 40, 20, 1])('fits %i columns, wide characters too', async (columns) => {
    for (const line of await list([long, wide], columns)) {
      expect(columnsOf(line)).toBeLessThanOrEqual(columns);
    }
  });

  it('is whole in a pipe and on a terminal that does not know its size', async () => {
    expect((await list([session('x'.repeat(59))]))[1]).toContain('x'.repeat(59));
    expect((await list([long], 0))[1]).toContain('A very long title');
  });
});

describe('Markdown of one prompt', () => {
  const options = {
    markdown: true,
    outputFormat: 'text',
    quiet: false,
    color: 'auto',
    theme: 'auto',
  } as const;
  const at = async (columns?: number, change = {}, env = {}) =>
    (await markdownOptions({ ...options, ...change }, { stdout: capture(columns).stream, env }))
      .markdown;

  it('is for a terminal', async () => {
    const found = await at(100, { theme: 'light' });
    expect(found?.columns()).toBe(100);
    expect(found?.theme).toMatchObject({ name: 'light', colors: true });
    expect((await at(0))?.columns()).toBe(80);
    expect((await at(80, {}, { NO_COLOR: '1' }))?.theme.colors).toBe(false);
  });

  it.each([
    [{ markdown: false }, {}],
    [{ quiet: true }, {}],
    [{ outputFormat: 'json' }, {}],
    [{}, { TERM: 'dumb' }],
  ])('is not for %j %j', async (change, env) => {
    expect(await at(80, change, env)).toBeUndefined();
    expect(await at()).toBeUndefined();
  });
});
