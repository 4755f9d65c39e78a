import { type ChildProcess, spawn } from 'node:child_process';
import { now } from '../../core/clock.js';
import { errnoOf } from '../errno.js';
import { type CappedOutput, createCappedOutput } from './capped-output.js';

export interface CommandSpec {
  /** For `sh -c`. */
  command: string;
  /** Absolute. */
  cwd: string;
  /** The whole environment; nothing is inherited. */
  env: Record<string, string>;
  timeoutMs: number;
  /** Milliseconds between SIGTERM and SIGKILL. */
  graceMs: number;
  stdoutBytes: number;
  stderrBytes: number;
  signal: AbortSignal;
}

export interface CommandOutcome {
  ended: 'exit' | 'timeout' | 'cancelled' | 'not-started';
  exitCode: number | null;
  /** What killed it, or why it did not start. */
  reason: string | null;
  stdout: string;
  stderr: string;
  ms: number;
}

/** After the shell is gone, how long to wait for pipes that a process outside the group still holds. */
const PIPE_GRACE_MS = 250;

/**
 * Runs a command in a process group of its own, without input. The command is over when its shell
 * is: what it left running in the group is killed, so is all of it on timeout and on the signal.
 * A process that leaves the group (`setsid`) gets away; only a container or a user of its own holds it.
 * Never rejects.
 */
export function runCommand(spec: CommandSpec): Promise<CommandOutcome> {
  const started = now();
  const stdout = createCappedOutput(spec.stdoutBytes);
  const stderr = createCappedOutput(spec.stderrBytes);
  const outcome = (part: Pick<CommandOutcome, 'ended' | 'exitCode' | 'reason'>) => ({
    ...part,
    stdout: stdout.text(),
    stderr: stderr.text(),
    ms: Math.round(now() - started),
  });
  if (spec.signal.aborted) {
    return Promise.resolve(outcome({ ended: 'cancelled', exitCode: null, reason: null }));
  }
  return new Promise((resolve) => {
    const child = start(spec, stdout, stderr);
    if (typeof child === 'string') {
      return resolve(outcome({ ended: 'not-started', exitCode: null, reason: child }));
    }
    const killer = createKiller(child, spec);
    let exit: { exitCode: number | null; reason: string | null } | undefined;
    let pipes: NodeJS.Timeout | undefined;
    const finish = (part: Pick<CommandOutcome, 'ended' | 'exitCode' | 'reason'>) => {
      clearTimeout(pipes);
      killer.dispose();
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve(outcome(part));
    };
    const done = () => exit && finish({ ended: killer.cause() ?? 'exit', ...exit });
    child.once('error', (error) =>
      finish({
        ended: 'not-started',
        exitCode: null,
        reason: errnoOf(error) ?? 'unknown error',
      }),
    );
    child.once('exit', (exitCode, reason) => {
      exit = { exitCode, reason };
      killer.killRest();
      pipes = setTimeout(done, PIPE_GRACE_MS);
    });
    child.once('close', done);
  });
}

/** The child, or why there is none: Node throws some failures and emits the others. */
function start(
  spec: CommandSpec,
  stdout: CappedOutput,
  stderr: CappedOutput,
): ChildProcess | string {
  try {
    const child = spawn('/bin/sh', ['-c', spec.command], {
      cwd: spec.cwd,
      env: spec.env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.on('data', stdout.push);
    child.stderr.on('data', stderr.push);
    return child;
  } catch (error) {
    return errnoOf(error) ?? 'unknown error';
  }
}

interface Killer {
  cause: () => 'timeout' | 'cancelled' | undefined;
  /** What is left of the group, at once. */
  killRest: () => void;
  dispose: () => void;
}

function createKiller(child: ChildProcess, { timeoutMs, graceMs, signal }: CommandSpec): Killer {
  let cause: 'timeout' | 'cancelled' | undefined;
  let force: NodeJS.Timeout | undefined;
  const stop = (why: 'timeout' | 'cancelled') => {
    if (cause !== undefined) return;
    cause = why;
    killGroup(child, 'SIGTERM');
    force = setTimeout(() => killGroup(child, 'SIGKILL'), graceMs);
  };
  const onAbort = () => stop('cancelled');
  const timer = setTimeout(() => stop('timeout'), timeoutMs);
  signal.addEventListener('abort', onAbort, { once: true });
  return {
    cause: () => cause,
    killRest: () => killGroup(child, 'SIGKILL'),
    dispose() {
      clearTimeout(timer);
      clearTimeout(force);
      signal.removeEventListener('abort', onAbort);
    },
  };
}

/** A negative id means the group; its number stays taken as long as one of its processes lives. */
function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // ESRCH: nobody left.
  }
}
