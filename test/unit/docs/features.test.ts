import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { SETS } from '../../../scripts/conformance/sets.js';
import type { Results } from '../../../scripts/conformance/types.js';
import { COLUMNS, FEATURES, type FeatureResults } from '../../support/features.js';

const ROOT = path.resolve(import.meta.dirname, '../../..');

async function read<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(path.join(ROOT, file), 'utf8')) as T;
}

describe('the recorded features', () => {
  for (const { id, title } of COLUMNS) {
    it(`are those of the list, and all of them work: ${title}`, async () => {
      const { cells } = await read<FeatureResults>('test/fixtures/features.json');
      const listed = FEATURES.filter(({ absent }) => absent[id] === undefined);
      expect(cells[id]).toEqual(
        Object.fromEntries(listed.map((feature) => [feature.id, 'passed'])),
      );
    });
  }
});

it('the recorded conformance is of all sets', async () => {
  const { sets } = await read<Results>('test/conformance/results.json');
  expect(sets.map(({ set }) => set)).toEqual(SETS.map(({ name }) => name));
  for (const { scenarios } of sets) expect(scenarios.length).toBeGreaterThan(0);
});
