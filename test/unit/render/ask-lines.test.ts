import { describe, expect, it } from 'vitest';
import type { AgentEventBody } from '../../../src/core/events.js';
import { renderText } from '../../../src/render/text.js';
import { init, render, result } from './fixtures.js';

const ASKED: AgentEventBody = {
  type: 'elicitation',
  id: 'e',
  server: 'shop',
  mode: 'form',
  message: 'Your \u001b[2Jname?\nNow.',
};
const DECLINED: AgentEventBody = {
  type: 'elicitation_result',
  id: 'e',
  server: 'shop',
  action: 'decline',
  source: 'policy',
};

describe('what servers ask in a run without a screen', () => {
  const events = [init(), ASKED, DECLINED, result('Done.')];

  it('is a line each on stderr, the question with -v only, and nothing on stdout', async () => {
    const { stdout, stderr } = await render(renderText, events);
    expect(stderr).toBe('  shop was told no (nobody was asked)\n');
    expect((await render(renderText, events, { level: 'verbose' })).stderr).toContain(
      '  shop asks: Your \\x1b[2Jname?\\nNow.\n  shop was told no (nobody was asked)\n',
    );
    expect(stdout).toBe('Done.\n');
  });

  it('is dim in colours, and nothing at all when it is to be quiet', async () => {
    const { stderr } = await render(renderText, events, { color: true });
    expect(stderr).toContain('\u001b[2m  shop was told no (nobody was asked)\u001b[22m');
    expect((await render(renderText, events, { level: 'quiet' })).stderr).toBe('');
  });
});
