import { describe, expect, it } from 'vitest';
import { createPaint, wantsColor, type ColorChoice } from '../../../src/render/style.js';

describe('colour', () => {
  it.each<[ColorChoice, boolean, NodeJS.ProcessEnv, boolean]>([
    ['auto', true, {}, true],
    ['auto', false, {}, false],
    ['auto', true, { TERM: 'dumb' }, false],
    ['auto', true, { TERM: 'xterm-256color' }, true],
    ['auto', true, { CI: 'true' }, false],
    ['auto', true, { CI: '' }, true],
    ['auto', true, { NO_COLOR: '1' }, false],
    ['auto', true, { NO_COLOR: '0' }, false],
    ['auto', true, { NO_COLOR: '' }, true],
    ['auto', false, { FORCE_COLOR: '1' }, true],
    ['auto', false, { FORCE_COLOR: '' }, true],
    ['auto', false, { FORCE_COLOR: 'true' }, true],
    ['auto', true, { FORCE_COLOR: '0' }, false],
    ['auto', true, { FORCE_COLOR: 'false' }, false],
    ['auto', false, { FORCE_COLOR: '3', TERM: 'dumb', CI: '1' }, true],
    ['auto', true, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    ['always', false, { NO_COLOR: '1', FORCE_COLOR: '0', TERM: 'dumb', CI: '1' }, true],
    ['never', true, { FORCE_COLOR: '1' }, false],
  ])('%s, terminal %s, %j: %s', (choice, isTerminal, env, expected) => {
    expect(wantsColor(choice, isTerminal, env)).toBe(expected);
  });

  it('once decided does not depend on what stdout is', () => {
    // In a test run stdout is no terminal.
    expect(createPaint(true)('red', 'x')).toBe('\u001b[31mx\u001b[39m');
    expect(createPaint(false)('red', 'x')).toBe('x');
  });
});
