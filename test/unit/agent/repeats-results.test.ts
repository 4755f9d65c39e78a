import { expect, it } from 'vitest';
import { createRepeatGuard } from '../../../src/agent/repeats.js';
import type { RegisteredTool } from '../../../src/mcp/types.js';

const list: RegisteredTool = {
  alias: 's__list',
  server: 's',
  name: 'list',
  description: '',
  inputSchema: {},
};

it('a call that brings something new each time is no repetition', () => {
  const guard = createRepeatGuard();
  for (const output of ['a', 'b', 'c', 'd']) {
    guard.nextTurn();
    expect(guard.check(list, {})).toBe('run');
    guard.record(list, {}, output);
  }
  guard.nextTurn();
  expect(guard.check(list, {})).toBe('run');
  guard.record(list, {}, 'd');
  guard.nextTurn();
  expect(guard.check(list, {})).toBe('refuse');
});
