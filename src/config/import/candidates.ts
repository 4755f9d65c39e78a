import { canonicalJson } from '../../core/canonical-json.js';
import { OstlerError } from '../../core/errors.js';
import { redact } from '../../core/redact.js';
import { checkEntry, entrySource } from '../edit/check-entry.js';
import type { Scope } from '../edit/scopes.js';
import { badName, nearestName } from '../edit/server-name.js';
import type { WrittenEntry } from '../edit/types.js';
import type { ScopedServer } from '../edit/written-servers.js';
import { convertEntry } from './convert.js';
import { hostFiles, type HostFile, type HostName, type HostPlace } from './hosts.js';
import { readHostFile, type ForeignServer } from './read-host.js';

/** A server of another host, and what would become of it here. */
export interface Candidate extends ForeignServer {
  /** Its name here; the host's own unless that will not do. */
  newId: string;
  /** In our spelling; undefined when it cannot be used. */
  converted?: WrittenEntry;
  /** Why it cannot be used. */
  problem?: string;
  /** Worth telling before anybody says yes. */
  notes: readonly string[];
  /** The same name in the scope it would go to: with the same content, or another. */
  taken?: 'same' | 'other';
}

export interface Gathered {
  candidates: readonly Candidate[];
  /** Files that could not be read. */
  warnings: readonly string[];
}

export interface GatherInput {
  hosts: readonly HostName[];
  /** Looked into instead of the hosts' own files. */
  file?: string;
  scope: Scope;
  place: HostPlace;
  existing: readonly ScopedServer[];
}

/** Every server of these hosts, converted. A damaged file is a warning, or an error when it was named. */
export async function gather(input: GatherInput): Promise<Gathered> {
  const { hosts, file, place } = input;
  const files: readonly HostFile[] =
    file === undefined
      ? hosts.flatMap((host) => hostFiles(host, place))
      : [{ host: 'file', path: file }];
  const warnings: string[] = [];
  const found: ForeignServer[] = [];
  for (const one of files) {
    try {
      found.push(...(await readHostFile(one, place.cwd)));
    } catch (error) {
      if (!(error instanceof OstlerError) || file !== undefined) throw error;
      warnings.push(error.message);
    }
  }
  const candidates = await Promise.all(found.map((server) => toCandidate(server, input)));
  return { candidates, warnings };
}

async function toCandidate(server: ForeignServer, input: GatherInput): Promise<Candidate> {
  const { scope, place, existing } = input;
  const newId = badName(server.id) === undefined ? server.id : nearestName(server.id);
  if (newId === undefined) {
    return { ...server, newId: server.id, problem: 'its name cannot be used here', notes: [] };
  }
  const converted = convertEntry(server.entry, { host: server.host, scope, cwd: place.cwd });
  if ('problem' in converted) return { ...server, newId, problem: converted.problem, notes: [] };
  const { entry } = converted;
  const checked = await check(newId, entry, place.cwd);
  if ('problem' in checked) return { ...server, newId, problem: checked.problem, notes: [] };
  const taken = existing.find(({ id, scope: own }) => id === newId && own === scope);
  const same = taken !== undefined && canonicalJson(taken.entry) === canonicalJson(entry);
  const renamed = newId === server.id ? [] : [`is called ${newId} here`];
  return {
    ...server,
    newId,
    converted: entry,
    notes: [...renamed, ...converted.notes, ...checked.warnings],
    ...(taken === undefined ? {} : { taken: same ? 'same' : 'other' }),
  };
}

async function check(
  id: string,
  entry: WrittenEntry,
  cwd: string,
): Promise<{ warnings: readonly string[] } | { problem: string }> {
  try {
    return { warnings: await checkEntry({ id, entry, source: entrySource(id, cwd, entry) }) };
  } catch (error) {
    if (!(error instanceof OstlerError)) throw error;
    return { problem: redact(error.message.split('\n', 1)[0] ?? '') };
  }
}
