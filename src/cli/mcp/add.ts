import { checkEntry, entrySource } from '../../config/edit/check-entry.js';
import type { Scope } from '../../config/edit/scopes.js';
import { checkNewName } from '../../config/edit/server-name.js';
import type { WrittenEntry } from '../../config/edit/types.js';
import { expandHome } from '../../config/home.js';
import { isUrlTarget } from '../../config/target.js';
import { OstlerError } from '../../core/errors.js';
import { toJsonLine } from '../../core/output-json.js';
import type { Flags } from '../commands/command.js';
import type { Io } from '../io.js';
import { toEntry } from './entry-flags.js';
import { scopeFlag } from './scope.js';
import { tell, warn } from './tell.js';
import { checkSecrets, writeEntries, type NamedEntry, type Written } from './write-entries.js';

export interface AddRun {
  name: string;
  /** A URL, or a command with its arguments. */
  words: readonly string[];
  flags: Flags;
  io: Io;
}

/** As in Claude Code: a server that was added just so is for its person and this directory. */
export const DEFAULT_SCOPE: Scope = 'local';

/** `ostler mcp add`: writes one server; its person typed what it runs, so nobody is asked. Starts and connects nothing. */
export async function runAdd({ name, words, flags, io }: AddRun): Promise<number> {
  if (isUrlTarget(name)) {
    throw new OstlerError('usage', 'The server needs a name, which comes before its URL.', {
      hint: `For example: ostler mcp add ${hostWord(name)} URL`,
    });
  }
  checkNewName(name);
  if (words.length === 0) {
    throw new OstlerError('usage', `What is "${name}"? Give a URL, or a command behind --.`, {
      hint: `ostler mcp add ${name} https://…  or  ostler mcp add ${name} -- npx -y some-server`,
    });
  }
  const scope = scopeFlag(flags) ?? DEFAULT_SCOPE;
  const entry = placed(toEntry(words, flags), scope, io);
  const added = { id: name, entry };
  checkSecrets(added, scope);
  const notes = await checkEntry({ ...added, source: entrySource(name, io.cwd, entry) });
  const written = await writeEntries(
    { entries: [added], scope, force: flags['force'] === true },
    io,
  );
  const warnings = [...notes.map((note) => `${name}: ${note}`), ...written.warnings];
  reportWritten(
    { entries: [added], written: { ...written, warnings } },
    io,
    flags['json'] === true,
  );
  return 0;
}

/** A path is typed from here, and the user's file reads it from its own directory. */
function placed(entry: WrittenEntry, scope: Scope, { cwd, env }: Io): WrittenEntry {
  if (scope !== 'user') return entry;
  const paths = ['ca', 'tokenFile'].flatMap((key) => {
    const value = entry[key];
    const isPlainPath = typeof value === 'string' && !/[~$]/.test(value.slice(0, 1));
    return isPlainPath ? [[key, expandHome(value, { dir: cwd, env })] as const] : [];
  });
  return { ...entry, ...Object.fromEntries(paths) };
}

function hostWord(url: string): string {
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  return (
    host.split('.').find((part) => !['www', 'mcp', 'api', 'localhost'].includes(part)) || 'docs'
  );
}

export interface Report {
  entries: readonly NamedEntry[];
  written: Written;
}

/** What was written, and where: one line a server, or one JSON document. */
export function reportWritten({ entries, written }: Report, io: Io, json: boolean): void {
  const { name, path, scope, replaced, warnings } = written;
  if (json) {
    const servers = entries.map(({ id }) => ({ name: id, replaced: replaced.includes(id) }));
    io.stdout.write(`${toJsonLine({ servers, scope, file: path, warnings })}\n`);
    return;
  }
  for (const warning of warnings) warn(io.stderr, warning);
  for (const { id } of entries) {
    const verb = replaced.includes(id) ? 'Replaced' : 'Added';
    tell(io.stdout, `${verb} ${id} in ${name} (${scope}).`);
  }
}
