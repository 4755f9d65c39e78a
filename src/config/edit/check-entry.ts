import { OstlerError } from '../../core/errors.js';
import { createProblems } from '../problems.js';
import { toServerDefinition } from '../server-entry.js';
import type { ConfigSource } from '../source.js';
import type { WrittenEntry } from './types.js';

export interface NewEntry {
  id: string;
  entry: WrittenEntry;
  /** What problems are told about; the entry is all of its value. */
  source: ConfigSource;
}

/**
 * Checks a new server entry as the loader would, with no look at any variable, file or command.
 * Resolves to what is worth telling. Throws `config_invalid` with the places of all that is wrong.
 */
export async function checkEntry({ id, entry, source }: NewEntry): Promise<readonly string[]> {
  const problems = createProblems();
  const warnings: string[] = [];
  const origin = { layer: source.layer, where: source.name } as const;
  const definition = await toServerDefinition({
    id,
    value: entry,
    path: [],
    origin,
    report: problems.in(source),
    warn: (message) => warnings.push(message),
    ignore: (path) => problems.ignore(source, path),
    locate: async () => origin,
    expand: { env: {}, dir: source.dir, mode: 'raw' },
    named: true,
  });
  await problems.throwIfAny();
  const [first] = warnings;
  if (definition === undefined && first?.startsWith('left out') === true) {
    throw new OstlerError('config_invalid', `${source.name}: ${first.replace('left out: ', '')}.`);
  }
  return warnings;
}

/** A source for an entry that was put together from flags. */
export function entrySource(name: string, dir: string, value: WrittenEntry): ConfigSource {
  return { layer: 'flag', name, dir, value, locate: async () => undefined };
}
