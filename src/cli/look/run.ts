import { withServer } from '../../app/workbench/open.js';
import type { ServerDefinition } from '../../config/types.js';
import { OstlerError } from '../../core/errors.js';
import { deadline } from '../../core/wait.js';
import type { ChatAsks } from '../../core/chat.js';
import type { Connection } from '../../mcp/types.js';
import { createSink, type Sink } from '../../render/sink.js';
import type { Flags } from '../commands/command.js';
import type { Io } from '../io.js';
import { createLifetime } from '../lifetime.js';
import { commandTimeoutMs, findServer, type TargetWords } from '../server-target.js';
import { commandAsks } from './asks.js';
import { personAtTerminal } from '../terminal-person.js';
import { createNotes, type Notes } from './notes.js';

export interface CommandInput {
  flags: Flags;
  io: Io;
}

/** One command while it runs. */
export interface Run extends CommandInput {
  /** Ctrl+C, `--timeout`, or the reader of stdout gone. */
  signal: AbortSignal;
  stdout: Sink;
  notes: Notes;
  json: boolean;
  /** Answers what the server asks; left out where nobody is there, or nothing is worth a question. */
  person?: ChatAsks | undefined;
}

/** Runs a command's body under Ctrl+C and `--timeout`. Returns the exit code; failures are thrown. */
export async function runCommand(
  { flags, io }: CommandInput,
  body: (run: Run) => Promise<number>,
): Promise<number> {
  const lifetime = createLifetime();
  const stdout = createSink(io.stdout, {
    onClose: (failure) =>
      lifetime.end(failure ?? new OstlerError('interrupted', 'The reader of stdout is gone.')),
  });
  const ms = commandTimeoutMs(flags, io.env) ?? Infinity;
  const { signal, clear } = deadline(ms, 'The command', lifetime.signal);
  const run: Run = {
    flags,
    io,
    signal,
    stdout,
    notes: createNotes(flags, io),
    json: flags['json'] === true,
  };
  try {
    const code = await body(run);
    await stdout.flush();
    return code;
  } catch (error) {
    // Whoever read it has seen enough (`| head`).
    const enough = error instanceof OstlerError && error.code === 'interrupted' && stdout.closed;
    if (!enough) throw error;
    return 0;
  } finally {
    clear();
    lifetime.release();
  }
}

/** The same for a command in which the server may ask who sits at the terminal. */
export function runAsking(
  input: CommandInput,
  body: (run: Run) => Promise<number>,
): Promise<number> {
  return runCommand(input, (run) => body({ ...run, person: personAtTerminal(input.io) }));
}

export interface Opened {
  connection: Connection;
  server: ServerDefinition;
  /** A question of the server stands on the terminal. */
  asking: () => boolean;
}

/** Finds and opens the server, tells what a person should know about it, and closes it on every path. */
export async function onServer<T>(
  target: TargetWords,
  run: Run,
  use: (opened: Opened) => Promise<T>,
): Promise<T> {
  const { flags, io, signal, notes } = run;
  const { env, cwd } = io;
  const found = await findServer(target, flags, { env, cwd, signal });
  const { server, warnings } = found;
  const asks = await commandAsks(run, found.settings);
  for (const warning of warnings) notes.warn(warning);
  const log = notes.level === 'verbose' ? await createLog(notes) : undefined;
  try {
    const { ports, asking } = asks;
    const options = { env, signal, ports, onWarning: notes.warn, onStderr: log?.stderr };
    const result = await withServer(server, options, (connection) => {
      tellConnected(connection, notes);
      if (log !== undefined) connection.onNotice(log.onNotice);
      return use({ connection, server, asking });
    });
    const ending = asks.ending();
    if (ending !== undefined) notes.warn(ending);
    return result;
  } finally {
    log?.flush();
  }
}

/** What the server says beside its answers: its stderr and its log messages. */
async function createLog(notes: Notes) {
  const { createServerLog } = await import('../../mcp/server-log.js');
  const log = createServerLog(({ level, text }) => notes.detail(`  ${level}: ${text}`));
  const onNotice: Parameters<Connection['onNotice']>[0] = (notice) => {
    if (notice.type === 'log') log.push(notice);
  };
  return { ...log, onNotice };
}

export function tellConnected({ id, info, tools }: Connection, notes: Notes): void {
  if (info.notice !== undefined) notes.say(`  ${id}: ${info.notice}`);
  const { transport, protocolVersion, connectMs } = info;
  const how = `${transport}, ${protocolVersion}, ${tools.length} tools, ${connectMs} ms`;
  notes.detail(`✓ ${id}: connected (${how})`);
}
