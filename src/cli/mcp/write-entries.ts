import { changeServers, type ChangedFile } from '../../config/edit/change-servers.js';
import { literalSecrets } from '../../config/edit/literal-secrets.js';
import { unsetVariables } from '../../config/edit/references.js';
import {
  fileForNew,
  scopeFiles,
  SCOPES,
  type Scope,
  type ScopeFile,
} from '../../config/edit/scopes.js';
import type { WrittenEntry } from '../../config/edit/types.js';
import { serversIn, writtenServers } from '../../config/edit/written-servers.js';
import { parse } from '../../config/read-sources.js';
import { OstlerError } from '../../core/errors.js';
import type { Io } from '../io.js';

export interface NamedEntry {
  id: string;
  entry: WrittenEntry;
}

export interface WriteRequest {
  entries: readonly NamedEntry[];
  scope: Scope;
  force: boolean;
}

export interface Written extends ChangedFile {
  scope: Scope;
  /** Worth telling once. */
  warnings: readonly string[];
}

/** Refuses credentials in a file that others get, with the way that works. Throws `usage`. */
export function checkSecrets({ id, entry }: NamedEntry, scope: Scope): void {
  const [first] = literalSecrets(entry);
  if (first === undefined || scope !== 'project') return;
  throw new OstlerError(
    'usage',
    `${id}: ${first.at} holds a credential, and the project's file is for everybody.`,
    {
      hint: 'Write a reference: ${VAR} in single quotes, or --token-env NAME; or take --scope local.',
    },
  );
}

/** Writes entries that a person said yes to into the file of a scope. */
export async function writeEntries(
  { entries, scope, force }: WriteRequest,
  { env, cwd }: Pick<Io, 'env' | 'cwd'>,
): Promise<Written> {
  const place = { env, cwd };
  for (const entry of entries) checkSecrets(entry, scope);
  const files = await scopeFiles(scope, place);
  const file = (await holderOf(files, entries)) ?? fileForNew(files);
  const edits = entries.map(({ id, entry }) => ({ kind: 'set', id, entry }) as const);
  const changed = await changeServers(file, { edits, force }, place);
  const warnings = [
    ...entries.flatMap((entry) => entryWarnings(entry, env)),
    ...(changed.madePrivate ? [`${changed.name} is readable for you alone now (0600)`] : []),
    ...(changed.trusted ? [] : [`${changed.name} is not trusted yet: ostler mcp trust`]),
    ...(await hidingWarnings(entries, scope, place)),
  ];
  return { ...changed, scope, warnings };
}

/** The file of the scope that has one of the names already. */
async function holderOf(
  files: readonly ScopeFile[],
  entries: readonly NamedEntry[],
): Promise<ScopeFile | undefined> {
  for (const file of files) {
    if (file.text === undefined) continue;
    const { scope, name, dir, text } = file;
    const source = await parse({ layer: scope, name, dir, text });
    const names = source === undefined ? [] : serversIn(source).map(([id]) => id);
    if (entries.some(({ id }) => names.includes(id))) return file;
  }
  return undefined;
}

function entryWarnings({ id, entry }: NamedEntry, env: NodeJS.ProcessEnv): string[] {
  const secrets = [...new Set(literalSecrets(entry).map(({ at }) => at))];
  const unset = unsetVariables(entry, env);
  return [
    ...(secrets.length === 0
      ? []
      : [`${id}: the file holds a credential (${secrets.join(', ')}); \${VAR} would keep it out`]),
    ...(unset.length === 0 ? [] : [`${id}: not set in this shell: ${unset.join(', ')}`]),
  ];
}

/** Which of two servers with one name counts. */
async function hidingWarnings(
  entries: readonly NamedEntry[],
  scope: Scope,
  place: Pick<Io, 'env' | 'cwd'>,
): Promise<string[]> {
  const all = await writtenServers(place).catch((error: unknown) => {
    // Another file is damaged; its own commands say so.
    if (error instanceof OstlerError) return [];
    throw error;
  });
  return entries.flatMap(({ id }) => {
    const others = all.filter((server) => server.id === id && server.scope !== scope);
    return others.map((other) =>
      SCOPES.indexOf(other.scope) < SCOPES.indexOf(scope)
        ? `${id}: ${other.file.name} (${other.scope}) has one of this name, and that one counts`
        : `${id}: counts in the place of the one in ${other.file.name} (${other.scope})`,
    );
  });
}
