import { spawn } from 'node:child_process';
import { OstlerError } from '../../core/errors.js';
import type { Machine } from '../../render/ink/types.js';

export interface ShellPlace {
  cwd: string;
  env: NodeJS.ProcessEnv;
}

/** How long a command may take to end by itself once it is told to. Milliseconds. */
const GRACE_MS = 500;

/** `!line` in the user's own shell, without a terminal of its own; the signal ends all its processes. */
export function createShell({ cwd, env }: ShellPlace): Machine['shell'] {
  return (line, onOutput, signal) =>
    new Promise((resolve, reject) => {
      const shell = env['SHELL'] ?? '/bin/sh';
      // A group of its own, so that what the line starts ends with it.
      const child = spawn(shell, ['-c', line], {
        cwd,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
        detached: true,
      });
      let killer: NodeJS.Timeout | undefined;
      const stop = () => {
        kill(child.pid, 'SIGTERM');
        killer = setTimeout(() => kill(child.pid, 'SIGKILL'), GRACE_MS);
      };
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding('utf8');
        stream.on('data', onOutput);
      }
      // Nothing of it outlives the chat, however that ends.
      const onExit = () => kill(child.pid, 'SIGKILL');
      process.once('exit', onExit);
      signal.addEventListener('abort', stop, { once: true });
      const settle = (done: () => void) => {
        clearTimeout(killer);
        signal.removeEventListener('abort', stop);
        process.off('exit', onExit);
        done();
      };
      child.once('error', (error) =>
        settle(() =>
          reject(
            new OstlerError('usage', `The shell ${shell} could not be started.`, { cause: error }),
          ),
        ),
      );
      child.once('close', (code, name) =>
        settle(() => resolve({ code: code ?? undefined, signal: name ?? undefined })),
      );
      if (signal.aborted) stop();
    });
}

function kill(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended by itself.
  }
}
