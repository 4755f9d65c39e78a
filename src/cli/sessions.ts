import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import { exportConversation } from '../app/sessions/export.js';
import type { SessionStore, StoredSession } from '../app/sessions/types.js';
import { writeFileAtomic } from '../config/atomic-write.js';
import { errnoOf, reasonOf } from '../config/file-reason.js';
import { displayPath } from '../config/paths.js';
import type { ExportFormat, SessionSummary } from '../core/chat.js';
import { OstlerError, toErrorInfo } from '../core/errors.js';
import { toJsonLine } from '../core/output-json.js';
import { redact } from '../core/redact.js';
import { toTerminalLine } from '../core/terminal-text.js';
import { truncateRow } from '../render/columns.js';
import type { Output } from '../render/sink.js';
import { formatTable } from '../render/table.js';
import { textFlag, type Flags } from './commands/command.js';
import { formatAge, parseAge } from './age.js';

export interface SessionsRun {
  store: SessionStore;
  cwd: string;
  json: boolean;
  stdout: Output;
  stderr: Output;
  /** Milliseconds since 1970. */
  now?: () => number;
}

/** `ostler sessions list`. Returns the exit code, as all of them do. */
export async function runSessionsList(run: SessionsRun & { all: boolean }): Promise<number> {
  const { stdout, stderr, all } = run;
  const found = await sessionsOf(run, all);
  if (run.json) stdout.write(`${toJsonLine(found.map(toListJson))}\n`);
  else if (found.length === 0) {
    stderr.write(
      all
        ? 'There is no session yet: every chat makes one.\n'
        : 'There is no session of this directory. With --all: those of others.\n',
    );
  } else stdout.write(listTable(found, run));
  return 0;
}

async function sessionsOf({ store, cwd }: SessionsRun, all: boolean): Promise<SessionSummary[]> {
  const here = redact(cwd);
  return (await store.list()).filter((session) => all || session.cwd === here);
}

const MAX_TITLE = 60;

function listTable(
  sessions: readonly SessionSummary[],
  run: SessionsRun & { all: boolean },
): string {
  const now = (run.now ?? Date.now)();
  const header = ['ID', 'AGE', 'PROMPTS', 'MODEL', 'TITLE', ...(run.all ? ['DIRECTORY'] : [])];
  const rows = sessions.map(({ id, updated, prompts, model, name, title, cwd }) => [
    toTerminalLine(id),
    formatAge(now - Date.parse(updated)),
    String(prompts),
    toTerminalLine(model),
    truncateRow(toTerminalLine(name ?? title), MAX_TITLE),
    ...(run.all ? [toTerminalLine(cwd)] : []),
  ]);
  const width = run.stdout.isTTY === true ? run.stdout.columns || 80 : undefined;
  return formatTable(header, rows, { width });
}

function toListJson({ id, name, updated, model, prompts, title, cwd }: SessionSummary) {
  return { id, name: name ?? null, updated, model, prompts, title, cwd };
}

/** `ostler sessions show ID`: what it is, then what was said. */
export async function runSessionsShow(run: SessionsRun & { id: string }): Promise<number> {
  const { store, id, json, stdout, cwd } = run;
  const session = await store.read(id);
  if (json) {
    stdout.write(exportAs(session, 'json'));
    return 0;
  }
  const { summary, created } = session;
  const facts: [string, string][] = [
    ['Id', summary.id],
    ['Name', summary.name ?? ''],
    ['Model', summary.model],
    ['Directory', summary.cwd],
    ['Created', created],
    ['Last used', summary.updated],
    ['Prompts', String(summary.prompts)],
    ['File', displayPath(session.path, cwd)],
  ];
  for (const [label, value] of facts) {
    if (value !== '') stdout.write(`${label.padEnd(12)}${toTerminalLine(value)}\n`);
  }
  stdout.write(`\n${exportAs(session, 'md')}`);
  return 0;
}

function exportAs({ summary, created, messages }: StoredSession, format: ExportFormat): string {
  const { id, model, name, title } = summary;
  return exportConversation(messages, format, { id, model, created, title: name ?? title });
}

const FORMATS: readonly ExportFormat[] = ['md', 'json', 'html'];

/** `ostler sessions export ID`. */
export async function runSessionsExport(
  run: SessionsRun & { id: string; flags: Flags },
): Promise<number> {
  const { store, id, flags, json, stdout, stderr, cwd } = run;
  const output = textFlag(flags['output']);
  const format = formatOf(textFlag(flags['format']), output);
  const text = exportAs(await store.read(id), format);
  if (output === undefined) {
    stdout.write(text);
    return 0;
  }
  const file = path.resolve(cwd, output);
  await writeDocument(file, text, { force: flags['force'] === true, cwd });
  if (json) stdout.write(`${toJsonLine({ file, format, bytes: Buffer.byteLength(text) })}\n`);
  else stderr.write(`Written: ${displayPath(file, cwd)}\n`);
  return 0;
}

function formatOf(given: string | undefined, output: string | undefined): ExportFormat {
  const wanted = given ?? (output === undefined ? 'md' : path.extname(output).slice(1));
  const format = FORMATS.find((name) => name === wanted.toLowerCase());
  if (format !== undefined) return format;
  if (given === undefined) return 'md';
  throw new OstlerError('usage', `--format is md, json or html (got "${toTerminalLine(given)}").`);
}

async function writeDocument(
  file: string,
  text: string,
  { force, cwd }: { force: boolean; cwd: string },
): Promise<void> {
  try {
    if (force) return await writeFileAtomic(file, text);
    const handle = await open(file, 'wx', 0o600);
    try {
      await handle.writeFile(text);
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    } finally {
      await handle.close();
    }
  } catch (error) {
    const shown = displayPath(file, cwd);
    if (errnoOf(error) === 'EEXIST') {
      throw new OstlerError('usage', `${shown} exists already.`, {
        hint: 'Choose another name, or write over it with --force.',
      });
    }
    throw new OstlerError('output_failed', `${shown} cannot be written: ${reasonOf(error)}.`, {
      cause: error,
    });
  }
}

/** `ostler sessions rm`: by ids, or by age. Of several the others go on when one cannot be removed. */
export async function runSessionsRemove(
  run: SessionsRun & { ids: readonly string[]; flags: Flags },
): Promise<number> {
  const { store, ids, flags, json, stdout, stderr } = run;
  const age = textFlag(flags['olderThan']);
  if ((age === undefined) === (ids.length === 0)) {
    throw new OstlerError('usage', 'Which sessions? Give ids, or an age with --older-than.', {
      hint: 'ostler sessions rm --older-than 30d',
    });
  }
  const wanted = age === undefined ? ids : await olderThan(run, age);
  const removed: string[] = [];
  const failures: unknown[] = [];
  for (const id of wanted) {
    try {
      await store.remove(id);
      removed.push(id);
    } catch (error) {
      failures.push(error);
    }
  }
  if (json) {
    const kept = failures.map((error) => toErrorInfo(error));
    stdout.write(`${toJsonLine({ removed, failed: kept })}\n`);
  } else {
    const word = removed.length === 1 ? 'session' : 'sessions';
    stderr.write(`Removed: ${removed.length} ${word}.\n`);
  }
  if (failures.length > 0) throw failures[0];
  return 0;
}

async function olderThan(run: SessionsRun & { flags: Flags }, age: string): Promise<string[]> {
  const limit = (run.now ?? Date.now)() - parseAge(age, '--older-than');
  const found = await sessionsOf(run, run.flags['all'] === true);
  return found.filter(({ updated }) => !(Date.parse(updated) >= limit)).map(({ id }) => id);
}
