import { OstlerError } from '../core/errors.js';
import type { Link, OpenedLink } from './link.js';
import { shown } from './shown.js';
import type { Subscriptions } from './subscriptions.js';
import { createCaller } from './tool-call.js';
import type { Connection, ConnectionInfo, ServerNotice } from './types.js';

/** What is told about a server once it is connected. */
export function describe(
  { server, client }: Link,
  connectMs: number,
  notice?: string,
): ConnectionInfo {
  const identity = client.getServerVersion();
  const instructions = client.getInstructions();
  const { prompts, resources, completions, logging } = client.getServerCapabilities() ?? {};
  return {
    transport: server.transport,
    era: client.getProtocolEra() ?? 'legacy',
    protocolVersion: client.getNegotiatedProtocolVersion() ?? '',
    ...(identity === undefined
      ? {}
      : { serverName: identity.name, serverVersion: identity.version }),
    ...(instructions === undefined ? {} : { instructions }),
    connectMs: Math.round(connectMs),
    offers: {
      prompts: prompts !== undefined,
      resources: resources !== undefined,
      completions: completions !== undefined,
      logging: logging !== undefined,
      subscriptions: resources?.subscribe === true,
    },
    ...(notice === undefined ? {} : { notice }),
  };
}

/** A link as the rest of the program sees it. What a single prompt never needs is loaded when it is asked for. */
export function createConnection(opened: OpenedLink): Connection {
  const { link, info, onWarning } = opened;
  const { server, client, transport } = link;
  const listeners = new Set<(error: Error | undefined) => void>();
  const notices = new Set<(notice: ServerNotice) => void>();
  let current = opened.tools;
  let closing = false;
  let closed = false;
  const reason = () => (closing ? undefined : transport.failure());

  client.onclose = () => {
    closed = true;
    link.incoming.end();
    void subscriptions?.then(({ stop }) => stop());
    for (const listener of listeners) listener(reason());
    listeners.clear();
  };
  const toolNamed = (name: string) => current.find((tool) => tool.name === name);
  const call = createCaller(link, toolNamed, opened.onTrouble);
  let subscriptions: Promise<Subscriptions> | undefined;
  const subscribed = () =>
    (subscriptions ??= import('./subscriptions.js').then((loaded) =>
      loaded.createSubscriptions(opened),
    ));
  const live = async <T>(use: () => Promise<T>): Promise<T> => {
    if (closed || closing) throw notConnected(server.id, reason());
    return use();
  };
  const onClose: Connection['onClose'] = (listener) => {
    if (closed) queueMicrotask(() => listener(reason()));
    else listeners.add(listener);
  };

  const watch = async () => {
    const { watchNotices } = await import('./notices.js');
    if (closed || closing) return;
    const { stop } = watchNotices(opened, {
      emit: (notice) => notices.forEach((listener) => listener(notice)),
      replaceTools(next) {
        const before = current;
        current = next;
        return before;
      },
    });
    onClose(stop);
  };

  return {
    id: server.id,
    info,
    get tools() {
      return current;
    },
    call: (tool, args, options) => live(() => call(tool, args, options)),
    listPrompts: (signal) =>
      live(async () => (await import('./prompts.js')).listPrompts(link, signal, onWarning)),
    getPrompt: (name, args, signal) =>
      live(async () => {
        const { getPrompt } = await import('./prompts.js');
        return getPrompt(link, { name, arguments: args }, signal, onWarning);
      }),
    listResources: (signal) =>
      live(async () => (await import('./resources.js')).listResources(link, signal, onWarning)),
    readResource: (uri, signal) =>
      live(async () => (await import('./resources.js')).readResource(link, uri, signal)),
    subscribe: (uri, signal) => live(async () => (await subscribed()).add(uri, signal)),
    unsubscribe: (uri, signal) => live(async () => (await subscribed()).remove(uri, signal)),
    setLogLevel: (level, signal) =>
      live(async () => (await import('./log-level.js')).setLogLevel(link, level, signal)),
    complete: (query, signal) =>
      live(async () => (await import('./completion.js')).complete(link, query, signal)),
    ping: (signal) => live(async () => (await import('./requests.js')).ping(link, signal)),
    onNotice(listener) {
      if (notices.size === 0) void watch();
      notices.add(listener);
    },
    onClose,
    async close() {
      closing = true;
      link.incoming.end();
      try {
        await Promise.all([...link.leaving].map((leave) => leave()));
        await client.close();
      } catch {
        // A connection that is given up has nothing more to say.
      }
    },
  };
}

function notConnected(server: string, reason: OstlerError | undefined): OstlerError {
  const why = reason === undefined ? '' : ` any more: ${shown(reason.message)}`;
  return new OstlerError('server_failed', `${server} is not connected${why || '.'}`, {
    server,
    cause: reason,
  });
}
