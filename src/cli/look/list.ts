import { EXIT_CODES, OstlerError, toErrorInfo, type ErrorInfo } from '../../core/errors.js';
import type { Connection } from '../../mcp/types.js';
import { createPaint, wantsColor, type ColorChoice } from '../../render/style.js';
import type { TableOptions } from '../../render/table.js';
import { reportFailure } from '../failure.js';
import { findServers } from '../server-target.js';
import { commandAsks } from './asks.js';
import type { Kind } from './kinds.js';
import { safe, widthOf, writeJson } from './output.js';
import { tellConnected, type Run } from './run.js';

/** All of one server. */
export async function writeList<T extends object>(
  kind: Kind<T>,
  connection: Connection,
  run: Run,
): Promise<void> {
  const items = await kind.fetch(connection, run.signal);
  if (run.json) return writeJson(run, kind.json(items));
  if (items.length === 0) return run.notes.say(`${connection.id} has no ${kind.name}.`);
  await run.stdout.write(kind.table(items, tableOptions(run)));
}

/** How tables and headings look on this stdout. */
export function paintOf({ flags, io: { stdout, env } }: Run) {
  const color = (flags['color'] as ColorChoice | undefined) ?? 'auto';
  return createPaint(wantsColor(color, stdout.isTTY === true, env));
}

function tableOptions(run: Run): TableOptions {
  const paint = paintOf(run);
  return { width: widthOf(run.io.stdout), paintHead: (line) => paint('dim', line) };
}

type Answer<T> = { id: string; items: readonly T[] } | { id: string; error: ErrorInfo };

/**
 * All of all configured servers, connected side by side. One that fails is told and does not stop
 * the others; the exit code is 0 when one of them answered, else the lowest of their codes.
 */
export async function listAll<T extends object>(kind: Kind<T>, run: Run): Promise<number> {
  const answers = await askAll(kind, run);
  const errors = answers.flatMap((answer) => ('error' in answer ? [named(answer)] : []));
  if (run.json) {
    const shown = answers.map((answer) =>
      'error' in answer
        ? { server: answer.id, error: answer.error }
        : { server: answer.id, ...kind.json(answer.items) },
    );
    await writeJson(run, shown);
  } else {
    const groups = answers.flatMap((answer) =>
      'error' in answer ? [] : [group(answer, kind, run)],
    );
    await run.stdout.write(groups.join('\n'));
    for (const error of errors) run.notes.failure(toError(error));
  }
  if (errors.length < answers.length) return 0;
  const [worst] = errors.toSorted((a, b) => EXIT_CODES[a.code] - EXIT_CODES[b.code]);
  if (worst === undefined) return 0;
  if (run.json) reportFailure(toError(worst), run.io, { json: true, debug: false });
  return EXIT_CODES[worst.code];
}

/** Several servers fail beside each other: each failure names its own. */
function named({ id, error }: { id: string; error: ErrorInfo }): ErrorInfo {
  const { message } = error;
  return message.startsWith(id) ? error : { ...error, message: `${id}: ${message}` };
}

function toError({ code, message, ...details }: ErrorInfo): OstlerError {
  return new OstlerError(code, message, details);
}

function group<T extends object>(
  { id, items }: { id: string; items: readonly T[] },
  kind: Kind<T>,
  run: Run,
): string {
  const title = `${paintOf(run)('bold', safe(id))}\n`;
  return items.length === 0
    ? `${title}(no ${kind.name})\n`
    : `${title}${kind.table(items, tableOptions(run))}`;
}

async function askAll<T extends object>(kind: Kind<T>, run: Run): Promise<Answer<T>[]> {
  const { flags, io, signal, notes } = run;
  const { env, cwd } = io;
  const settings = await findServers(flags, { env, cwd, signal });
  for (const warning of settings.warnings) notes.warn(warning);
  const [{ openServers }, { createEraCache }] = await Promise.all([
    import('../../mcp/manager.js'),
    import('../../mcp/era-cache.js'),
  ]);
  const { ports } = await commandAsks(run, settings);
  const enabled = settings.servers.filter(({ disabled }) => !disabled);
  const eras = createEraCache(env);
  const results = await openServers(enabled, {
    signal,
    env,
    ports,
    eras,
    onWarning: notes.warn,
  });
  try {
    return await Promise.all(
      results.map(async ({ id, connection, error }): Promise<Answer<T>> => {
        if (connection === undefined) return { id, error: toErrorInfo(error) };
        tellConnected(connection, notes);
        try {
          return { id, items: await kind.fetch(connection, signal) };
        } catch (failure) {
          if (signal.aborted) throw failure;
          return { id, error: toErrorInfo(failure) };
        }
      }),
    );
  } finally {
    await Promise.all(results.map(async ({ connection }) => connection?.close()));
    // The process ends with the command.
    await eras.settled();
  }
}
