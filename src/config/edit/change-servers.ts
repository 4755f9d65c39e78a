import { constants, existsSync, lstatSync, realpathSync, statSync } from 'node:fs';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { OstlerError } from '../../core/errors.js';
import { isRecord } from '../../core/json.js';
import { withFileLock, writeFileAtomic } from '../atomic-write.js';
import { errnoOf, reasonOf } from '../file-reason.js';
import { readConfigFile } from '../files.js';
import { ofProject } from '../local-file.js';
import { originOf, formatOrigin } from '../problems.js';
import { parse } from '../read-sources.js';
import type { ConfigSource } from '../source.js';
import { isTrusted, recordTrust } from '../trust.js';
import { editServers, serverKey } from './edit-servers.js';
import { literalSecrets } from './literal-secrets.js';
import type { EditPlace, ScopeFile } from './scopes.js';
import { CannotEdit, type ServerEdit } from './types.js';

export interface ServerChange {
  edits: readonly ServerEdit[];
  /** What has the same name is replaced. */
  force?: boolean;
  signal?: AbortSignal;
}

export interface ChangedFile {
  /** As messages call it. */
  name: string;
  /** Absolute, links resolved. */
  path: string;
  created: boolean;
  /** Names that were there before. */
  replaced: readonly string[];
  /** The file could be read by others, and cannot any more: it holds a credential now. */
  madePrivate: boolean;
  /** Of a project file: true when it is used without a further question. */
  trusted: boolean;
}

const OTHERS = 0o077;
const PROJECT_MODE = 0o644;
const PRIVATE_MODE = 0o600;

/**
 * Changes the servers of one config file, all or nothing, under the file's lock. What the loader
 * would not take is not written. A project file that was trusted, or that is new, stays trusted:
 * whoever changes it here has said yes by that. Throws `config_invalid` for a damaged or unwritable
 * file, `usage` for a name that is taken or not there.
 */
export async function changeServers(
  file: ScopeFile,
  change: ServerChange,
  place: EditPlace,
): Promise<ChangedFile> {
  const target = await writableTarget(file);
  return withFileLock(target, () => changeLocked({ file, target, change, place }), change.signal);
}

interface LockedChange {
  file: ScopeFile;
  target: string;
  change: ServerChange;
  place: EditPlace;
}

async function changeLocked({ file, target, change, place }: LockedChange): Promise<ChangedFile> {
  const { env } = place;
  const text = readConfigFile(target, file.name, { named: false })?.text ?? '';
  const before = await toSource(file, target, text);
  if (before !== undefined && change.edits.some(({ kind }) => kind === 'set')) {
    await checkLoads(before, place);
  }
  const replaced = await checkNames(before, change, file);
  const result = await edited(text, file, change.edits);
  const after = await toSource(file, target, result);
  const adds = change.edits.some(({ kind }) => kind === 'set');
  if (after !== undefined && adds) await checkLoads(after, place);
  const wasTrusted =
    before === undefined || file.scope !== 'project' || (await isTrusted(before, env));
  const { mode, madePrivate } = modeOf(file, target, change.edits);
  await write(target, file.name, { text: result, mode });
  if (after !== undefined && file.scope === 'project' && wasTrusted) await recordTrust(after, env);
  const created = file.text === undefined;
  return { name: file.name, path: target, created, replaced, madePrivate, trusted: wasTrusted };
}

async function edited(
  text: string,
  file: ScopeFile,
  edits: readonly ServerEdit[],
): Promise<string> {
  const { name, head, path: written } = file;
  try {
    let result = text;
    for (const edit of edits) {
      result = await editServers(result, edit, { json: written.endsWith('.json'), head });
    }
    return result;
  } catch (error) {
    if (!(error instanceof CannotEdit)) throw error;
    throw new OstlerError(
      'config_invalid',
      `${name}: cannot be changed safely: ${error.message}.`,
      {
        hint: `Nothing was written; edit the file by hand: ${written}`,
      },
    );
  }
}

async function toSource(
  { scope, name, dir }: ScopeFile,
  file: string,
  text: string,
): Promise<ConfigSource | undefined> {
  return parse({ layer: scope, name, file, dir, text });
}

/** Throws what the loader would say, without a look at any variable, file or command. */
async function checkLoads(source: ConfigSource, { cwd }: EditPlace): Promise<void> {
  const own = source.layer === 'local' ? ofProject(source, cwd) : source;
  if (own === undefined) {
    throw new OstlerError('config_invalid', `${source.name}: is for another directory.`, {
      hint: `Its line "project:" has to be: ${cwd}`,
    });
  }
  const { resolveSources } = await import('../load.js');
  const sources = [{ ...own, untrusted: true }];
  await resolveSources({ flags: {}, env: {}, cwd }, { sources, files: [], warnings: [] });
}

/** The names that are replaced; throws when one is taken. */
async function checkNames(
  source: ConfigSource | undefined,
  { edits, force = false }: ServerChange,
  { name }: ScopeFile,
): Promise<string[]> {
  const replaced: string[] = [];
  for (const { kind, id } of edits) {
    const key = source && serverKey(source.value, id);
    const map = key === undefined ? undefined : source?.value[key];
    const known = isRecord(map) && Object.hasOwn(map, id);
    if (kind === 'remove' && !known) {
      throw new OstlerError('usage', `${name} has no server "${id}".`);
    }
    if (!known || source === undefined || key === undefined) continue;
    if (kind === 'set' && !force) {
      const at = formatOrigin(await originOf(source, [key, id], { key: true }));
      throw new OstlerError('usage', `There is a server "${id}" already: ${at}.`, {
        hint: 'Take another name, or replace it with --force.',
      });
    }
    replaced.push(id);
  }
  return replaced;
}

/** What the file's name leads to. Throws when it cannot be written, or a project's leads elsewhere. */
async function writableTarget({ path: file, name, scope, dir }: ScopeFile): Promise<string> {
  const unwritable = (why: string, cause?: unknown) =>
    new OstlerError('config_invalid', `${name}: cannot be written: ${why}.`, { cause });
  const link = lstatSync(file, { throwIfNoEntry: false });
  if (link === undefined) return file;
  if (!existsSync(file)) throw unwritable('it is a link to nothing');
  const target = realpathSync(file);
  if (scope === 'project' && !isInside(realpathSync(dir), target)) {
    // A cloned project must not choose which file of this person is written.
    throw unwritable(`it is a link out of the project, to ${target}`);
  }
  try {
    await access(target, constants.W_OK);
  } catch (error) {
    throw unwritable(reasonOf(error), error);
  }
  // A superuser may write everything; a file without any write bit is meant to stay.
  if ((statSync(target).mode & 0o222) === 0) throw unwritable('it is read-only');
  return target;
}

function isInside(dir: string, file: string): boolean {
  const way = path.relative(dir, file);
  return way !== '..' && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way);
}

/** A project's file is for everybody; what holds a credential is for its owner alone. */
function modeOf(
  { scope }: ScopeFile,
  target: string,
  edits: readonly ServerEdit[],
): { mode: number; madePrivate: boolean } {
  const found = statSync(target, { throwIfNoEntry: false });
  const shared = scope === 'project';
  if (found === undefined) {
    return { mode: shared ? PROJECT_MODE & ~process.umask() : PRIVATE_MODE, madePrivate: false };
  }
  const mode = found.mode & 0o777;
  const secret = edits.some((edit) => edit.kind === 'set' && literalSecrets(edit.entry).length > 0);
  const exposed = !shared && secret && (mode & OTHERS) !== 0 && process.platform !== 'win32';
  return exposed ? { mode: PRIVATE_MODE, madePrivate: true } : { mode, madePrivate: false };
}

async function write(
  target: string,
  name: string,
  { text, mode }: { text: string; mode: number },
): Promise<void> {
  try {
    await writeFileAtomic(target, text, { mode });
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    throw new OstlerError('config_invalid', `${name}: cannot be written: ${reasonOf(error)}.`, {
      cause: error,
    });
  }
}
