import { gather, type Candidate } from '../../config/import/candidates.js';
import { HOST_NAMES } from '../../config/import/hosts.js';
import type { Scope } from '../../config/edit/scopes.js';
import { writtenServers } from '../../config/edit/written-servers.js';
import { expandHome } from '../../config/home.js';
import { OstlerError } from '../../core/errors.js';
import { toJsonLine } from '../../core/output-json.js';
import type { Flags } from '../commands/command.js';
import type { Io } from '../io.js';
import { DEFAULT_SCOPE, reportWritten } from './add.js';
import { approve, showEntries } from './approve.js';
import { candidateTable, candidatesJson } from './import-list.js';
import { selectAll, selectNamed, type Selection } from './import-select.js';
import { scopeFlag } from './scope.js';
import { count, tell, warn } from './tell.js';
import { writeEntries } from './write-entries.js';

export interface ImportRun {
  names: readonly string[];
  flags: Flags;
  io: Io;
}

/** `ostler mcp import`: servers of other hosts; lists them, or writes those that are named after a yes. Starts nothing. */
export async function runImport({ names, flags, io }: ImportRun): Promise<number> {
  const scope = scopeFlag(flags) ?? DEFAULT_SCOPE;
  const json = flags['json'] === true;
  const { candidates, warnings } = await find(flags, scope, io);
  for (const warning of warnings) warn(io.stderr, warning);
  const all = flags['all'] === true;
  if (all && names.length > 0) {
    throw new OstlerError('usage', 'Give names or --all, not both.');
  }
  if (!all && names.length === 0) {
    list(candidates, io, json);
    return 0;
  }
  const force = flags['force'] === true;
  const selection = all
    ? selectAll(candidates, { scope, force })
    : selectNamed(names, candidates, { scope, force });
  return take(selection, { scope, force, flags, io });
}

/** `--from`: a host, or a file. */
async function find(flags: Flags, scope: Scope, io: Io) {
  const { env, cwd } = io;
  const from = flags['from'];
  const host = HOST_NAMES.find((name) => name === from);
  const file = typeof from === 'string' && host === undefined ? toFile(from, io) : undefined;
  return gather({
    hosts: host === undefined ? HOST_NAMES : [host],
    ...(file === undefined ? {} : { file }),
    scope,
    place: { env, cwd, platform: process.platform },
    existing: await writtenServers(io),
  });
}

function toFile(from: string, { cwd, env }: Io): string {
  if (/[./\\]/.test(from)) return expandHome(from, { dir: cwd, env });
  throw new OstlerError('usage', `--from: "${from}" is no program that is known.`, {
    hint: `It is ${HOST_NAMES.join(', ')} or a file (./name).`,
  });
}

function list(candidates: readonly Candidate[], io: Io, json: boolean): void {
  if (json) {
    io.stdout.write(`${toJsonLine({ servers: candidatesJson(candidates) })}\n`);
    return;
  }
  if (candidates.length === 0) {
    tell(io.stderr, `No servers were found in the files of ${hostList()}.`);
    return;
  }
  const width = io.stdout.isTTY === true ? io.stdout.columns : undefined;
  io.stdout.write(candidateTable(candidates, width));
  tell(io.stderr, 'Take some: ostler mcp import NAME…, or --all');
}

function hostList(): string {
  return HOST_NAMES.join(', ');
}

interface Taking {
  scope: Scope;
  force: boolean;
  flags: Flags;
  io: Io;
}

async function take(
  { chosen, skipped }: Selection,
  { scope, force, flags, io }: Taking,
): Promise<number> {
  const json = flags['json'] === true;
  for (const reason of skipped) warn(io.stderr, reason);
  const entries = chosen.map(({ newId, converted, name, notes }) => ({
    id: newId,
    entry: converted,
    from: name,
    notes,
  }));
  if (entries.length === 0) {
    if (json) io.stdout.write(`${toJsonLine({ servers: [], scope, warnings: skipped })}\n`);
    else tell(io.stdout, 'Nothing to import.');
    return 0;
  }
  showEntries(entries, io);
  if (flags['dryRun'] === true) {
    if (json)
      io.stdout.write(`${toJsonLine({ servers: candidatesJson(chosen), scope, dryRun: true })}\n`);
    else tell(io.stdout, `Nothing was written (--dry-run): ${count(entries.length, 'server')}.`);
    return 0;
  }
  const question = `Add ${count(entries.length, 'server')} (${scope})?`;
  if (!(await approve(question, flags['yes'] === true, io))) {
    throw new OstlerError('project_untrusted', 'Nothing was written: the answer was no.');
  }
  const written = await writeEntries({ entries, scope, force }, io);
  const warnings = [...(json ? skipped : []), ...written.warnings];
  reportWritten({ entries, written: { ...written, warnings } }, io, json);
  return 0;
}
