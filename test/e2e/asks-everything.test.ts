import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { closeTerminals, openTerminal } from '../support/terminal.js';

const EVERYTHING = path.resolve(
  'node_modules/@modelcontextprotocol/server-everything/dist/index.js',
);
afterEach(closeTerminals);

it('fills in the form of a server that others wrote, by its defaults', async () => {
  const terminal = openTerminal(
    ['call', 'trigger-elicitation-request', '--', process.execPath, EVERYTHING, 'stdio'],
    { columns: 120, rows: 60 },
  );
  await terminal.waitFor('Answer node?');
  terminal.press('enter');
  await terminal.waitFor('String (name)');
  await terminal.quiet();
  terminal.write('Ada');
  terminal.press('enter');
  const isReview = () => terminal.screen().some((row) => row.includes('Send this to node?'));
  for (let fields = 0; fields < 30 && !isReview(); fields += 1) {
    await terminal.quiet();
    if (!isReview()) terminal.press('enter');
  }
  await terminal.waitFor('Send this to node?');
  const review = terminal.screen().join('\n');
  expect(review).toContain('String (name): Ada');
  terminal.press('enter');
  expect(await terminal.exit).toEqual({ code: 0, signal: 0 });
  expect(terminal.scrollback().join('\n')).toContain('- Name: Ada');
}, 60_000);
