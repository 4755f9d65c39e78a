import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  COLUMNS,
  FEATURES,
  type Column,
  type Feature,
  type FeatureResults,
} from '../../test/support/features.js';
import { toTable } from './markdown.js';

const MARKS = { passed: '✓', failed: '✗', unknown: '?' } as const;

/** A row for each feature, a column for each transport of each era. */
export async function featureTable(root: string): Promise<string> {
  const { cells } = await readResults(root);
  const toCell = ({ id, absent }: Feature, column: Column) =>
    absent[column.id] === undefined ? MARKS[cells[column.id]?.[id] ?? 'unknown'] : '–';
  const rows = FEATURES.map((feature) => [
    feature.title,
    ...COLUMNS.map((column) => toCell(feature, column)),
  ]);
  return toTable(['feature', ...COLUMNS.map(({ title }) => title)], rows);
}

/** When and on what it was measured, and why a cell is empty. */
export async function featureNotes(root: string): Promise<string> {
  const { measured, node } = await readResults(root);
  const rows = FEATURES.flatMap(({ title, absent }) => {
    const reasons = new Set(Object.values(absent));
    return Array.from(reasons, (reason) => [
      title,
      COLUMNS.filter(({ id }) => absent[id] === reason)
        .map((column) => column.title)
        .join(', '),
      reason,
    ]);
  });
  const table = toTable(['feature', 'where there is none', 'why'], rows);
  return `Measured on ${measured}, on Node ${node}.\n\n${table}`;
}

async function readResults(root: string): Promise<FeatureResults> {
  const file = path.join(root, 'test/fixtures/features.json');
  return JSON.parse(await readFile(file, 'utf8')) as FeatureResults;
}
