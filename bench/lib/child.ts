import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Milliseconds of the machine's monotonic clock, the same in every process. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

const living = new Set<ChildProcess>();

/** `spawn`, remembered: `endAll` ends what is still alive. */
export function start(
  command: string,
  args: readonly string[],
  options: SpawnOptions,
): ChildProcess {
  const child = spawn(command, args, options);
  living.add(child);
  child.once('exit', () => living.delete(child));
  return child;
}

export function endAll(): void {
  for (const child of living) child.kill('SIGKILL');
}

export interface Command {
  node: string;
  argv: readonly string[];
  env: Readonly<Record<string, string>>;
  /** Working directory; stderr is kept in a file there. */
  cwd: string;
  /** The process is killed after that, and the run failed. Milliseconds. */
  limit: number;
}

export interface Finished {
  stdout: string;
  startedAt: number;
  exitedAt: number;
}

/** Runs one process to its end; throws with its last words unless it ends with 0. Nothing is done with its output meanwhile but keeping it. */
export async function runToEnd(command: Command): Promise<Finished> {
  const log = path.join(command.cwd, 'stderr.log');
  const stderr = openSync(log, 'w');
  const chunks: Buffer[] = [];
  const startedAt = now();
  const { node, argv, env, cwd } = command;
  const child = start(node, argv, { env, cwd, stdio: ['ignore', 'pipe', stderr] });
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  const timer = setTimeout(() => child.kill('SIGKILL'), command.limit);
  try {
    const { exitedAt, outcome } = await ended(child);
    if (outcome !== 0) {
      const words = readFileSync(log, 'utf8').trim().slice(-2000);
      throw new Error(`${argv.join(' ')} ended with ${outcome}\n${words}`);
    }
    return { stdout: Buffer.concat(chunks).toString('utf8'), startedAt, exitedAt };
  } finally {
    clearTimeout(timer);
    closeSync(stderr);
  }
}

/** The moment of the exit; resolves when stdout is read to its end as well. */
function ended(child: ChildProcess): Promise<{ exitedAt: number; outcome: number | string }> {
  return new Promise((resolve, reject) => {
    let exitedAt = 0;
    child.once('error', reject);
    child.once('exit', () => (exitedAt = now()));
    child.once('close', (code: number | null, signal: string | null) =>
      resolve({ exitedAt, outcome: code ?? String(signal) }),
    );
  });
}
