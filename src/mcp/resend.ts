import { OstlerError } from '../core/errors.js';
import { withSignal } from '../core/wait.js';
import { isSameTool } from './tool-changes.js';
import type { Connection } from './types.js';
import { isUnprocessed } from './verdict.js';
import type { Request } from './watched.js';

/**
 * True when a request may be sent on the next connection: the server has not looked at it, or its
 * connection was lost and it only asked. A tool call that may have acted is never repeated.
 */
export function mayResend(failure: OstlerError, { signal, tool }: Request): boolean {
  if (signal.aborted) return false;
  return isUnprocessed(failure) || (tool === undefined && failure.code === 'server_unreachable');
}

/** Throws when the tool that was offered is another one now, or gone. */
export function assertSameTool(
  { tools: before }: Pick<Connection, 'tools'>,
  { id, tools }: Connection,
  name: string,
): void {
  const offered = before.find((tool) => tool.name === name);
  const now = tools.find((tool) => tool.name === name);
  if (offered === undefined || (now !== undefined && isSameTool(offered, now))) return;
  const what = now === undefined ? 'is gone' : 'is another one';
  throw new OstlerError(
    'server_failed',
    `${id}: the tool ${name} ${what} since the server was connected anew; it was not called.`,
    { server: id, hint: 'Start again to see what it is now.' },
  );
}

/** What runs on a connection, which may have to go while answers are still coming. */
export interface Drain {
  run: <T>(work: () => Promise<T>) => Promise<T>;
  /** Resolves when nothing runs, or when the signal fires. */
  empty: (signal: AbortSignal) => Promise<void>;
}

export function createDrain(): Drain {
  const running = new Set<Promise<unknown>>();
  return {
    async run(work) {
      const one = work();
      running.add(one);
      try {
        return await one;
      } finally {
        running.delete(one);
      }
    },
    async empty(signal) {
      try {
        while (running.size > 0) await withSignal(Promise.allSettled(running), signal);
      } catch {
        // What runs still ends with the connection.
      }
    },
  };
}
