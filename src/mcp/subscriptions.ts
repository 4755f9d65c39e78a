import { createDeferred } from '../core/deferred.js';
import { OstlerError } from '../core/errors.js';
import { createAbort, deadline, withSignal } from '../core/wait.js';
import type { OpenedLink } from './link.js';
import { keepListening } from './listen.js';
import { requestError } from './request-error.js';
import { request } from './requests.js';
import { shown } from './shown.js';

/** Resources one connection is subscribed to. */
const MAX_SUBSCRIPTIONS = 1000;

export interface Subscriptions {
  add: (uri: string, signal: AbortSignal) => Promise<void>;
  remove: (uri: string, signal: AbortSignal) => Promise<void>;
  stop: () => void;
}

/**
 * Which resources the server tells of: by `resources/subscribe` (server/resources#subscriptions), in
 * the 2026-07-28 revision by a `subscriptions/listen` that names all of them.
 */
export function createSubscriptions(opened: OpenedLink): Subscriptions {
  const { link } = opened;
  const { id: server } = link.server;
  const modern = link.client.getProtocolEra() === 'modern';
  const uris = new Set<string>();
  let listening = createAbort();

  const legacy = (method: string, uri: string, signal: AbortSignal) =>
    request(link, `resources/${method}`, { uri }, signal);

  /** Listens for all of them anew; resolves when the server has acknowledged. */
  const listen = async (signal: AbortSignal, wanted?: string) => {
    listening.abort(new Error('listening for other resources'));
    listening = createAbort();
    if (uris.size === 0) return;
    const honored = createDeferred<readonly string[]>();
    const { client } = link;
    keepListening(
      link,
      { resourceSubscriptions: [...uris] },
      {
        signal: listening.signal,
        onTrouble: opened.onTrouble,
        onNotification: (notification) => void client.fallbackNotificationHandler?.(notification),
        onHonored: ({ resourceSubscriptions = [] }) => honored.resolve(resourceSubscriptions),
      },
    ).catch((error: unknown) => {
      honored.reject(requestError(error, link, { what: 'subscriptions/listen', acts: false }));
    });
    const limit = deadline(link.server.callTimeoutMs, `${server}: subscriptions/listen`, signal);
    try {
      const known = await withSignal(honored.promise, limit.signal);
      if (wanted !== undefined && !known.includes(wanted)) throw refused(server, wanted);
    } finally {
      limit.clear();
    }
  };

  return {
    async add(uri, signal) {
      if (!opened.info.offers.subscriptions || uris.has(uri)) return;
      if (uris.size >= MAX_SUBSCRIPTIONS) throw refused(server, uri);
      uris.add(uri);
      try {
        await (modern ? listen(signal, uri) : legacy('subscribe', uri, signal));
      } catch (error) {
        uris.delete(uri);
        throw error;
      }
    },
    async remove(uri, signal) {
      if (!uris.delete(uri)) return;
      await (modern ? listen(signal) : legacy('unsubscribe', uri, signal));
    },
    stop: () => listening.abort(new Error('the connection is closed')),
  };
}

function refused(server: string, uri: string): OstlerError {
  const message = `${server} does not tell of changes of ${shown(uri)}.`;
  return new OstlerError('server_failed', message, { server });
}
