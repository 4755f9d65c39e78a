import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { JSONRPCMessage } from '@modelcontextprotocol/client';
import type { StdioServer } from '../config/types.js';
import { OstlerError } from '../core/errors.js';
import { tracer } from '../core/trace.js';
import { delay } from '../core/wait.js';
import { createByteTail } from './byte-tail.js';
import { createDeferred } from '../core/deferred.js';
import { createLineReader } from './line-reader.js';
import { parseMessages } from './messages.js';
import { adoptGroup, endGroup, killGroup } from './process-group.js';
import { shown } from './shown.js';
import type { OwnTransport } from './transport.js';

/** Bytes of one message; more ends the server. */
export const MAX_LINE_BYTES = 10 * 1024 * 1024;
const STDERR_BYTES = 64 * 1024;
/** Lines of a dead server's stderr that go into the error. */
const STDERR_LINES = 12;
/** Between a child's exit and the end of what it wrote; milliseconds. */
const DRAIN_MS = 50;

/** Variables every child gets; the rest of the environment may hold secrets of other servers. */
const INHERITED = ['HOME', 'LOGNAME', 'PATH', 'SHELL', 'TERM', 'USER'];

export interface StdioOptions {
  /** The environment of which the child inherits six harmless variables. */
  env: NodeJS.ProcessEnv;
  /** Told once, when the server writes something else than messages to its stdout. */
  onWarning?: ((message: string) => void) | undefined;
  onStderr?: ((chunk: Buffer) => unknown) | undefined;
  /** The child wrote something to its stdout for the first time. */
  onFirstByte?: (() => void) | undefined;
  /** Gets every line of its stdout, messages or not. */
  onLine?: ((line: string) => void) | undefined;
  /** Nothing more is read of what it writes until this resolves. */
  room?: (() => Promise<void>) | undefined;
}

/**
 * MCP over the stdio of a child process (basic/transports#stdio), started at once. The child leads
 * its own process group, so that wrappers like npx and sh leave nothing behind.
 */
export function createStdioTransport(server: StdioServer, options: StdioOptions): OwnTransport {
  const child = start(server, options.env);
  const { id, command, args } = server;
  const trace = tracer()?.stdio({ server: id, command, args, pid: child.pid });
  const stderr = createByteTail(STDERR_BYTES);
  let failure: OstlerError | undefined;
  let state: 'new' | 'open' | 'closing' | 'closed' = 'new';
  let noted = false;
  let drain: NodeJS.Timeout | undefined;
  const gone = createDeferred<void>();

  const lost = (what: string) => {
    clearTimeout(drain);
    if (state === 'closed') return;
    const closing = state === 'closing';
    state = 'closed';
    trace?.exit(what || (child.pid === undefined ? 'did not start' : endOf(child)));
    if (!closing) {
      failure ??= serverFailed(server, what, stderr.lines(STDERR_LINES));
      killGroup(child);
    }
    gone.resolve();
    transport.onclose?.();
  };
  const ended = () => {
    drain ??= setTimeout(() => lost(endOf(child)), DRAIN_MS);
  };
  const reader = createLineReader({
    maxBytes: MAX_LINE_BYTES,
    onLine(line) {
      trace?.stdout(line);
      options.onLine?.(line);
      const messages = parseMessages(line);
      for (const message of messages) transport.onmessage?.(message);
      if (messages.length > 0 || noted || line.trim() === '') return;
      noted = true;
      options.onWarning?.(
        `${server.id} writes other things than messages to its stdout: ${shown(line)}`,
      );
    },
    onTooLong: () => lost(`sent a message longer than ${MAX_LINE_BYTES} bytes`),
  });

  child.once('error', (error) => {
    failure ??= startFailed(server, error);
    lost('');
  });
  child.once('exit', ended);
  child.once('close', () => lost(endOf(child)));
  child.stdin?.on('error', () => {});
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr.push(chunk);
    trace?.stderr(chunk);
    options.onStderr?.(chunk);
    if (options.room) wait(child.stderr, options.room);
  });
  child.stdout?.once('end', ended);

  const transport: OwnTransport = {
    // The SDK tells a child process from a network peer by these two.
    pid: child.pid ?? null,
    stderr: null,
    failure: () => failure,
    start() {
      if (failure !== undefined) return Promise.reject(failure);
      state = state === 'new' ? 'open' : state;
      child.stdout?.once('data', () => options.onFirstByte?.());
      child.stdout?.on('data', (chunk: Buffer) => {
        reader.push(chunk);
        if (options.room) wait(child.stdout, options.room);
      });
      return started(child, () => failure);
    },
    async send(message) {
      try {
        const line = toLine(message);
        trace?.stdin(line.trimEnd());
        await write(child, line);
      } catch {
        // The pipe breaks before the exit is known; its reason is worth the wait.
        await Promise.race([gone.promise, delay(2 * DRAIN_MS)]);
        throw failure ?? notRunning(server);
      }
    },
    async close() {
      if (state === 'closed' || state === 'closing') return;
      state = 'closing';
      await endGroup(child);
      lost('');
    },
  };
  return transport;
}

function start(server: StdioServer, env: NodeJS.ProcessEnv): ChildProcess {
  const inherited = INHERITED.flatMap((name) => {
    const value = env[name];
    // A value that begins with () is an exported shell function.
    return value === undefined || value.startsWith('()') ? [] : [[name, value] as const];
  });
  try {
    const child = spawn(server.command, [...server.args], {
      env: { ...Object.fromEntries(inherited), ...server.env },
      ...(server.cwd === undefined ? {} : { cwd: server.cwd }),
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
      windowsHide: true,
    });
    adoptGroup(child);
    return child;
  } catch (error) {
    // Thrown for a NUL in an argument, and by some systems for what they cannot execute.
    throw startFailed(server, error);
  }
}

/** Resolves when the process runs, so that a wrong command is told as such. */
function started(child: ChildProcess, failure: () => OstlerError | undefined): Promise<void> {
  if (child.pid !== undefined) return Promise.resolve();
  return new Promise((_, reject) => {
    child.once('error', (error) => reject(failure() ?? error));
  });
}

function write({ stdin }: ChildProcess, line: string): Promise<void> {
  return new Promise((resolve, reject) => {
    if (stdin === null || !stdin.writable) return reject(new Error('stdin is closed'));
    stdin.write(line, (error) => {
      if (error === undefined || error === null) resolve();
      else reject(error);
    });
  });
}

function wait(stream: Readable | null, room: () => Promise<void>): void {
  stream?.pause();
  void room().then(() => stream?.resume());
}

function endOf(child: ChildProcess): string {
  if (child.signalCode !== null) return `was ended by ${child.signalCode}`;
  if (child.exitCode !== null) return `exited with code ${child.exitCode}`;
  return 'closed its stdout';
}

function notRunning(server: StdioServer): OstlerError {
  return new OstlerError('server_failed', `${server.id} is not running any more.`, {
    server: server.id,
  });
}

function serverFailed(server: StdioServer, what: string, stderr: string[]): OstlerError {
  const tail = stderr.map((line) => `\n  ${shown(line)}`).join('');
  const words = tail === '' ? ', and wrote nothing to its stderr.' : '. Its stderr:';
  return new OstlerError(
    'server_failed',
    `${server.id} (${commandLine(server)}) ${what}${words}${tail}`,
    {
      server: server.id,
      hint: 'Run the command by itself to see what it needs.',
    },
  );
}

function startFailed(server: StdioServer, error: unknown): OstlerError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  const noFolder = server.cwd !== undefined && !existsSync(server.cwd);
  const why = noFolder
    ? `there is no folder ${shown(server.cwd ?? '')}`
    : code === 'ENOENT'
      ? 'there is no such command'
      : code === 'EACCES'
        ? 'it may not be executed'
        : 'the system refused';
  return new OstlerError(
    'server_failed',
    `${server.id} did not start: ${why} (${code}): ${commandLine(server)}`,
    {
      server: server.id,
      cause: error,
      hint: noFolder
        ? 'Correct cwd in the configuration.'
        : 'Check the command, or give its full path.',
    },
  );
}

/** The command as it may be shown. */
function commandLine({ command, args }: StdioServer): string {
  return shown([command, ...args].join(' '), 200);
}

/**
 * One message in one line. Newer versions of Node's readline, which servers read with, and others
 * take more characters for the end of a line than the protocol does; JSON can write them otherwise.
 */
function toLine(message: JSONRPCMessage): string {
  const json = JSON.stringify(message);
  return `${json.replaceAll(/[\u0085\u2028\u2029]/g, escaped)}\n`;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
