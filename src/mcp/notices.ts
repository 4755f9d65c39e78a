import { MAX_TIMER_MS } from '../core/clock.js';
import { abortError } from '../core/errors.js';
import { isRecord } from '../core/json.js';
import { createAbort, deadline } from '../core/wait.js';
import { createCoalescer } from './coalesce.js';
import { messageOf, toServerError } from './failures.js';
import { isLate } from './late.js';
import { listenForChanges } from './listen.js';
import type { OpenedLink } from './link.js';
import { setLogLevel } from './log-level.js';
import { createLogLimit } from './log-limit.js';
import { createUpdates } from './resource-updates.js';
import { shown } from './shown.js';
import { listTools } from './tool-list.js';
import type { ServerNotice, ServerTool } from './types.js';

/** A server that changes its list all the time is read once in this time; milliseconds. */
const EVERY_MS = 1000;
const QUIET_MS = 50;

export interface NoticeTarget {
  emit: (notice: ServerNotice) => void;
  /** Puts the new list in the place of the old one, which it returns. */
  replaceTools: (tools: readonly ServerTool[]) => readonly ServerTool[];
}

/**
 * Follows what a server tells by itself: changed lists (server/tools#list-changed-notification) and
 * log messages. In the 2026-07-28 revision it has to be asked to tell.
 */
export function watchNotices(opened: OpenedLink, target: NoticeTarget): { stop: () => void } {
  const { link, onTrouble, onWarning } = opened;
  const { client } = link;
  const end = createAbort();
  const log = createLogLimit((line) => target.emit({ type: 'log', ...line }));
  const rates = { quietMs: QUIET_MS, everyMs: EVERY_MS };
  const emitLater = (type: 'prompts' | 'resources') =>
    createCoalescer(() => Promise.resolve(target.emit({ type })), rates);
  const lists = {
    tools: createCoalescer(() => relist(opened, target, end.signal), rates),
    prompts: emitLater('prompts'),
    resources: emitLater('resources'),
  };
  const updated = createUpdates((uri) => target.emit({ type: 'resource-updated', uri }), rates);

  const onNotification = ({ method, params }: { method: string; params?: unknown }) => {
    switch (method) {
      case 'notifications/tools/list_changed':
        return lists.tools.trigger();
      case 'notifications/prompts/list_changed':
        link.lists.evict('prompts');
        return lists.prompts.trigger();
      case 'notifications/resources/list_changed':
        link.lists.evict('resources');
        return lists.resources.trigger();
      case 'notifications/resources/updated':
        return updated.push(isRecord(params) ? params['uri'] : undefined);
      case 'notifications/message':
        return log.push(toLogLine(params));
      default:
        return undefined;
    }
  };
  client.fallbackNotificationHandler = (notification) => {
    onNotification(notification);
    return Promise.resolve();
  };
  client.onerror = (error) => {
    if (!isLate(error)) onTrouble();
  };
  for (const method of link.changes) onNotification({ method });
  // A server that refuses just logs as it likes.
  setLogLevel(link, link.logging.level ?? link.server.logLevel ?? 'info', end.signal).catch(
    () => {},
  );
  listenForChanges(link, { signal: end.signal, onNotification, onTrouble, onWarning });

  return {
    stop() {
      end.abort();
      for (const list of Object.values(lists)) list.stop();
      updated.stop();
      log.stop();
    },
  };
}

/** Reads the tools anew; when that fails the old list stays. */
async function relist(
  { link, onWarning, onTrouble }: OpenedLink,
  { emit, replaceTools }: NoticeTarget,
  signal: AbortSignal,
): Promise<void> {
  const { server } = link;
  const time = Math.min(MAX_TIMER_MS, server.connectTimeoutMs);
  const limit = deadline(time, `${server.id}: tools/list`, signal);
  try {
    const tools = await listTools(link, limit.signal, onWarning);
    if (!signal.aborted) emit({ type: 'tools', before: replaceTools(tools) });
  } catch (error) {
    if (signal.aborted) return;
    const cause = limit.signal.aborted ? abortError(limit.signal) : toServerError(error, server);
    onWarning(`${server.id}: its changed tools could not be read: ${shown(messageOf(cause))}`);
    onTrouble();
  } finally {
    limit.clear();
  }
}

function toLogLine(params: unknown): { level: string; text: string } {
  if (!isRecord(params)) return { level: 'info', text: '' };
  const { level, logger, data } = params;
  const text = typeof data === 'string' ? data : (JSON.stringify(data) ?? '');
  return {
    level: typeof level === 'string' ? level : 'info',
    text: typeof logger === 'string' && logger !== '' ? `${logger.slice(0, 100)}: ${text}` : text,
  };
}
