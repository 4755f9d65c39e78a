import { MAX_TIMER_MS } from '../../core/clock.js';
import { linkAbort } from '../../core/linked-abort.js';
import { delay } from '../../core/wait.js';
import { ANY_RESULT } from '../raw-results.js';
import { isLost } from '../request-error.js';
import { ProtocolError } from '../sdk.js';
import type { TaskLink } from './task-book.js';
import { isOver, parseTask, type Task } from './task.js';

export interface Polling {
  signal: AbortSignal;
  /** Heard after every look. */
  onTask: (task: Task) => void;
  /** Longest pause between two looks, milliseconds. */
  longestMs: number;
}

/**
 * Looks at a task until it is over, and resolves to its result (`tasks/get`, `tasks/result`). A task
 * that needs input asks while its result is being waited for.
 */
export async function pollTask(link: TaskLink, first: Task, polling: Polling): Promise<unknown> {
  const { onTask, longestMs } = polling;
  const own = linkAbort(polling.signal);
  const params = { taskId: first.id };
  const ask = (method: string) =>
    link.client.request({ method, params }, ANY_RESULT, {
      signal: own.signal,
      timeout: MAX_TIMER_MS,
    });
  let task = first;
  let result: Promise<{ value: unknown }> | undefined;
  try {
    for (;;) {
      onTask(task);
      if (task.status === 'cancelled') return gone(task);
      if (isOver(task) || task.status === 'input_required') {
        result ??= ask('tasks/result').then((value) => ({ value }));
        result.catch(() => {});
      }
      if (isOver(task)) return (await (result as Promise<{ value: unknown }>)).value;
      const pause = delay(Math.min(task.pollMs, longestMs), own.signal).then(() => undefined);
      pause.catch(() => {});
      const done = await Promise.race(result === undefined ? [pause] : [pause, result]);
      if (done !== undefined) return done.value;
      task = parseTask(await ask('tasks/get')) ?? task;
    }
  } catch (error) {
    const refused = error instanceof ProtocolError && !isLost(error);
    // A task may fail without leaving a result behind.
    if (refused && task.status === 'failed') return gone(task);
    throw error;
  } finally {
    own.abort(new Error('Nobody waits for the task any more.'));
    own.release();
  }
}

function gone({ status, message }: Task): unknown {
  const why = message === undefined ? '' : `: ${message}`;
  return { isError: true, content: [{ type: 'text', text: `The task was ${status}${why}` }] };
}
