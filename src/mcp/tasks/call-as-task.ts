import type { RequestOptions } from '@modelcontextprotocol/client';
import { MAX_TIMER_MS } from '../../core/clock.js';
import { OstlerError } from '../../core/errors.js';
import { isRecord, type JsonObject } from '../../core/json.js';
import { deadline, delay, withSignal } from '../../core/wait.js';
import type { Link } from '../link.js';
import { ANY_RESULT } from '../raw-results.js';
import { isLost } from '../request-error.js';
import { runRequest, type Run } from '../running.js';
import { ProtocolError } from '../sdk.js';
import { shown } from '../shown.js';
import type { CallOptions } from '../types.js';
import { pollTask } from './poll-task.js';
import type { TaskLink } from './task-book.js';
import { parseTask, type Task } from './task.js';

/** Signs of life renew a task's time, up to this many times the length of a call. */
const RENEWALS = 60;
/** For a server to take note that nobody wants the task any more; milliseconds. */
const CANCEL_MS = 60;
/** For a lost connection to be there again; milliseconds. */
const LOST_MS = 60_000;
/** Before the same connection is tried again, where requests need no lasting one; milliseconds. */
const AGAIN_MS = 2000;

export interface TaskCall extends CallOptions {
  name: string;
  args: JsonObject;
  /** Something went wrong: the connection may be gone. */
  onTrouble: () => void;
}

/**
 * `tools/call` as a task (2025-11-25/basic/utilities/tasks): the server answers with a task, which is
 * looked at until it is over. On every other way out it is cancelled; when the connection is lost it
 * is asked for on the next one.
 */
export function callAsTask(link: Link, wanted: TaskCall): Promise<unknown> {
  const { name, args, signal } = wanted;
  const ttl = Math.min(MAX_TIMER_MS, link.server.callTimeoutMs * RENEWALS);
  return runRequest(link, {
    what: shown(name),
    signal,
    renewals: RENEWALS,
    async send(_, run) {
      const params = { name, arguments: args, task: { ttl } };
      const created = await link.client.request({ method: 'tools/call', params }, ANY_RESULT, {
        ...progressTo(wanted, run),
        signal: run.clock.signal,
        timeout: MAX_TIMER_MS,
      });
      const task = parseTask(isRecord(created) ? created['task'] : undefined);
      return task === undefined ? created : followTask(link, task, { wanted, run });
    },
  });
}

interface Following {
  wanted: TaskCall;
  run: Run;
}

async function followTask(
  first: TaskLink,
  task: Task,
  { wanted, run }: Following,
): Promise<unknown> {
  const { signal, renew, hold } = run.clock;
  const onTask = reporter(wanted);
  let link: TaskLink = first;
  let lostAt: number | undefined;
  for (;;) {
    const cancel = () => cancelTask(link, task);
    // A link that is given up for another one leaves its tasks to that.
    const leave = async () => (link.tasks?.ended === false ? undefined : cancel());
    link.leaving.add(leave);
    const asking = link === first ? undefined : link.incoming.begin(hold);
    try {
      return await pollTask(link, task, {
        signal,
        longestMs: Math.max(100, link.server.callTimeoutMs / 2),
        onTask(seen) {
          if (seen !== task) lostAt = undefined;
          renew();
          onTask(seen);
        },
      });
    } catch (error) {
      if (signal.aborted) {
        await cancel();
        throw error;
      }
      if (error instanceof ProtocolError && !isLost(error)) {
        throw link === first ? error : unknown(link, wanted.name, task, error);
      }
      lostAt ??= Date.now();
      wanted.onTrouble();
      link = await nextLink(link, { signal, lostAt }).catch((why: unknown) => {
        throw signal.aborted ? why : lost(link, wanted.name, task, error);
      });
    } finally {
      link.leaving.delete(leave);
      asking?.end();
    }
  }
}

/** The link the task is asked for next: another one, or over HTTP after a pause the same. */
async function nextLink(
  link: TaskLink,
  { signal, lostAt }: { signal: AbortSignal; lostAt: number },
): Promise<TaskLink> {
  const { tasks, server } = link;
  const left = lostAt + LOST_MS - Date.now();
  if (tasks === undefined || left <= 0) throw new Error('There is no other connection.');
  const limit = deadline(left, `${server.id}: connecting again`, signal);
  try {
    const next = tasks.next(link, limit.signal);
    if (server.transport !== 'http') return await next;
    return await Promise.race([next, delay(AGAIN_MS, limit.signal).then(() => link)]);
  } finally {
    limit.clear();
  }
}

/** Asks the server to give the task up. Never rejects, and does not wait for long. */
async function cancelTask({ client, server }: TaskLink, { id }: Task): Promise<void> {
  const limit = deadline(CANCEL_MS, `${server.id}: tasks/cancel`);
  const params = { taskId: id };
  const options = { timeout: MAX_TIMER_MS };
  try {
    const sent = client.request({ method: 'tasks/cancel', params }, ANY_RESULT, options);
    await withSignal(sent, limit.signal);
  } catch {
    // It is over, unknown, or nobody is there: then nothing is to be given up.
  } finally {
    limit.clear();
  }
}

function progressTo({ onProgress }: TaskCall, { clock }: Run): Pick<RequestOptions, 'onprogress'> {
  return {
    onprogress({ progress, total, message }) {
      clock.renew();
      onProgress?.({
        progress,
        ...(total === undefined ? {} : { total }),
        ...(message === undefined ? {} : { message }),
      });
    },
  };
}

/** Tells every new status as progress; a task has no total. */
function reporter({ onProgress }: TaskCall): (task: Task) => void {
  let last = '';
  let progress = 0;
  return ({ status, message }) => {
    const text = message ?? status.replaceAll('_', ' ');
    if (text === last) return;
    last = text;
    progress += 1;
    onProgress?.({ progress, message: text });
  };
}

function lost({ server }: TaskLink, name: string, { id }: Task, cause: unknown): OstlerError {
  const message = `${server.id}: connection lost while waiting for ${shown(name)}; its task ${shown(id, 80)} may still run.`;
  return new OstlerError('server_failed', message, { server: server.id, cause });
}

function unknown({ server }: TaskLink, name: string, { id }: Task, cause: unknown): OstlerError {
  const message = `${server.id}: the task ${shown(id, 80)} of ${shown(name)} is unknown there after the connection was lost; it may or may not have run.`;
  return new OstlerError('server_failed', message, { server: server.id, cause });
}
