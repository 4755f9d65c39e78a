import { OstlerError } from '../../core/errors.js';
import { isRecord } from '../../core/json.js';
import { didYouMean } from '../../core/nearest.js';
import { toCanonicalKey } from '../fields.js';
import { readConfigFile } from '../files.js';
import { ofProject } from '../local-file.js';
import { parse } from '../read-sources.js';
import { SERVER_MAPS } from '../servers.js';
import type { ConfigSource } from '../source.js';
import { isTrusted } from '../trust.js';
import { SCOPES, scopeFiles, type EditPlace, type Scope, type ScopeFile } from './scopes.js';

/** A server as one file has it. */
export interface ScopedServer {
  id: string;
  entry: unknown;
  scope: Scope;
  file: ScopeFile;
  /** False for a project file that nobody said yes to. */
  trusted: boolean;
  /** The higher scope that has a server of the same name. */
  hiddenBy?: Scope;
}

/** Every server of every scope, highest scope first, in the order of the files. Nothing is expanded. */
export async function writtenServers(place: EditPlace): Promise<ScopedServer[]> {
  const all: ScopedServer[] = [];
  for (const scope of SCOPES) {
    for (const file of await scopeFiles(scope, place)) {
      const source = await readScopeFile(file, place);
      if (source === undefined) continue;
      const trusted = scope !== 'project' || (await isTrusted(source, place.env));
      for (const [id, entry] of serversIn(source)) {
        const above = all.find((other) => other.id === id);
        const hidden = above === undefined ? {} : { hiddenBy: above.scope };
        all.push({ id, entry, scope, file, trusted, ...hidden });
      }
    }
  }
  return all;
}

async function readScopeFile(
  { scope, path, name, text, dir }: ScopeFile,
  { cwd }: EditPlace,
): Promise<ConfigSource | undefined> {
  if (text === undefined) return undefined;
  const file = readConfigFile(path, name, { named: false })?.file ?? path;
  const source = await parse({ layer: scope, name, file, dir, text });
  return scope === 'local' ? source && ofProject(source, cwd) : source;
}

/** The servers of a parsed file, under whichever key. */
export function serversIn(source: ConfigSource): [id: string, entry: unknown][] {
  return Object.entries(source.value).flatMap(([key, map]) =>
    SERVER_MAPS.includes(toCanonicalKey(key)) && isRecord(map) ? Object.entries(map) : [],
  );
}

/** The servers of this name. Throws `usage` when there is none, with the nearest name. */
export function named(servers: readonly ScopedServer[], id: string): ScopedServer[] {
  const found = servers.filter((server) => server.id === id);
  if (found.length > 0) return found;
  const known = [...new Set(servers.map((server) => server.id))];
  const list = known.length === 0 ? 'no server is configured' : `configured: ${known.join(', ')}`;
  throw new OstlerError('usage', `No server "${id}"${didYouMean(id, known)} (${list}).`, {
    hint: 'See them all: ostler mcp list',
  });
}
