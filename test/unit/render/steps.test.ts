import { describe, expect, it } from 'vitest';
import { createSink } from '../../../src/render/sink.js';
import { renderSteps } from '../../../src/render/steps.js';
import { createPaint } from '../../../src/render/style.js';
import { init, result, RUN, Screen, streamOf } from './fixtures.js';

async function steps(events: typeof RUN): Promise<string> {
  const screen = new Screen();
  await renderSteps(streamOf(events), {
    stdout: createSink(screen),
    paint: createPaint(false),
    firstStep: 3,
  });
  return screen.text;
}

describe('the steps of the demo', () => {
  it('tell a run as it happens', async () => {
    const headings = (await steps(RUN)).split('\n').filter((line) => /^\d/.test(line));
    expect(headings).toEqual([
      '3. The connection',
      '4. The prompt',
      '5. The answer',
      '6. The model calls add',
      '7. The answer',
    ]);
    expect(await steps(RUN)).toContain('   → {"a":2,"b":"3"}\n   ← add: 5 (success, 12 ms)\n');
  });

  it('tell what went wrong', async () => {
    const error = { code: 'auth_rejected' as const, message: 'No.', hint: 'Try another.' };
    const text = await steps([
      init([{ name: 'math', status: 'failed', tools: 0, error }]),
      { type: 'error', severity: 'error', ...error },
      result('', { error }),
    ]);
    expect(text).toContain('   math: No.\n');
    expect(text).toContain('✗ No.\n  → Try another.\n');
  });
});
