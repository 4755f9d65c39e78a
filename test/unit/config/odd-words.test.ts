import { expect, it } from 'vitest';
import { summarize } from '../../../src/cli/mcp/where.js';
import { literalSecrets } from '../../../src/config/edit/literal-secrets.js';
import { convertEntry } from '../../../src/config/import/convert.js';
import { viewServer } from '../../../src/config/project-view.js';

const ODD = { toString: 1, valueOf: 2 };
const ENTRIES = [
  { command: 'x', args: [ODD], env: { A: ODD } },
  { url: ODD, headers: { A: ODD } },
  { url: 'https://x.test/', headers: [ODD] },
];

it.each(ENTRIES)('shows an entry that holds objects in the place of texts: %j', (entry) => {
  expect(viewServer(entry).join('\n')).toContain('toString');
  expect(summarize(entry).problem).toBeUndefined();
  expect(literalSecrets(entry)).toEqual([]);
  const target = { host: 'cursor', scope: 'user', cwd: '/' } as const;
  expect(convertEntry(entry, target)).toHaveProperty('entry');
});
