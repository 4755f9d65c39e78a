import { OstlerError } from '../core/errors.js';
import { isRecord } from '../core/json.js';
import { checkServerShape } from './check-shape.js';
import type { ExpandContext } from './expand.js';
import { readFields } from './fields.js';
import type { KeyPath } from './key-path.js';
import { didYouMean } from '../core/nearest.js';
import { originOf, type Problems } from './problems.js';
import { toServerDefinition } from './server-entry.js';
import type { ConfigSource } from './source.js';
import type { Origin, ServerDefinition } from './types.js';

/** Top-level keys that hold servers, in camelCase. */
export const SERVER_MAPS: readonly string[] = ['mcpServers', 'servers', 'toolsServers', 'mcp'];

/** A server as it is written in a file. */
export interface WrittenServer {
  id: string;
  value: unknown;
  path: KeyPath;
  source: ConfigSource;
}

/** All configured servers by id; of the same id the highest source wins. */
export function collectServers(
  sources: readonly ConfigSource[],
  problems: Problems,
): ReadonlyMap<string, WrittenServer> {
  const all = new Map<string, WrittenServer>();
  for (const source of sources) {
    const report = problems.in(source);
    const fields = readFields(source.value, [], report);
    const here = new Set<string>();
    for (const key of SERVER_MAPS) {
      const field = fields.get(key);
      if (field === undefined || !isRecord(field.value)) continue;
      for (const [id, value] of Object.entries(field.value)) {
        const path = [...field.path, id];
        const wrong = badId(id) ?? (here.has(id) ? 'is given twice in this file' : undefined);
        if (wrong !== undefined) report(path, wrong, { key: true });
        here.add(id);
        if (!all.has(id)) all.set(id, { id, value, path, source });
      }
    }
  }
  return all;
}

function badId(id: string): string | undefined {
  if (id.trim() === '') return 'a server needs a name';
  if (id === '__proto__') return 'cannot be the name of a server';
  return /\p{Cc}/u.test(id) ? 'a name may not hold control characters' : undefined;
}

/** Which servers a run is about. */
export interface Wanted {
  /** Only these, in this order; `undefined` = all. */
  names: readonly string[] | undefined;
  origin: Origin;
}

export interface ResolveOptions {
  problems: Problems;
  warnings: string[];
  expand: (source: ConfigSource) => ExpandContext;
  positions: boolean;
}

/** The wanted servers as definitions. What is not wanted is checked for its shape and left alone. */
export async function resolveServers(
  written: ReadonlyMap<string, WrittenServer>,
  wanted: Wanted,
  options: ResolveOptions,
): Promise<ServerDefinition[]> {
  checkNames(wanted, [...written.keys()]);
  const servers = [...written.values()];
  // Servers resolve side by side; what they tell keeps the order of the file.
  const warnings = servers.map((): string[] => []);
  const definitions = await Promise.all(
    servers.map(async (server, index) => {
      if (wanted.names === undefined || wanted.names.includes(server.id)) {
        const own = { ...options, warnings: warnings[index] ?? [] };
        return resolveOne(server, wanted.names !== undefined, own);
      }
      checkServerShape(server.value, server.path, options.problems.in(server.source));
      return undefined;
    }),
  );
  options.warnings.push(...warnings.flat());
  return definitions.filter((definition) => definition !== undefined);
}

async function resolveOne(
  { id, value, path, source }: WrittenServer,
  named: boolean,
  { problems, warnings, expand, positions }: ResolveOptions,
): Promise<ServerDefinition | undefined> {
  return toServerDefinition({
    id,
    value,
    path,
    origin: positions
      ? await originOf(source, path, { key: true })
      : { layer: source.layer, where: source.name },
    report: problems.in(source),
    warn: (message) => warnings.push(`${id}: ${message}.`),
    ignore: (at) => problems.ignore(source, at),
    locate: async (at) =>
      positions ? originOf(source, at) : { layer: source.layer, where: source.name },
    expand: expand(source),
    named,
  });
}

/** A name that nothing is configured under is a usage error. */
export function checkNames({ names, origin }: Wanted, known: readonly string[]): void {
  for (const name of names ?? []) {
    if (known.includes(name)) continue;
    const list = known.length === 0 ? 'no server is configured' : `configured: ${known.join(', ')}`;
    throw new OstlerError(
      'usage',
      `${origin.where}: no server "${name}"${didYouMean(name, known)} (${list}).`,
      { hint: 'Give a configured name or a URL: --server https://…' },
    );
  }
}
