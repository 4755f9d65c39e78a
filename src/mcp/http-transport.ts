import type { FetchLike } from '@modelcontextprotocol/client';
import { now } from '../core/clock.js';
import type { RemoteServer } from '../config/types.js';
import type { OstlerError } from '../core/errors.js';
import { deadline, withSignal } from '../core/wait.js';
import type { NetRequest } from '../net/types.js';
import { capResponse } from './body-caps.js';
import { lostAnswer } from './lost-answer.js';
import { createPatience } from './patience.js';
import { createRetryClock } from './retry-clock.js';
import { StreamableHTTPClientTransport } from './sdk.js';
import type { ServerFetch } from './server-fetch.js';
import { hideSessionId } from './session-secret.js';
import type { OwnTransport } from './transport.js';

/** For the DELETE that ends a session; milliseconds. */
const DELETE_MS = 100;

/**
 * The SDK's Streamable HTTP transport on our fetch, with what it lacks: caps, waits that no server
 * can shorten, and an answer to a call at once when its stream breaks off.
 */
export function createHttpTransport(server: RemoteServer, fetch: ServerFetch): OwnTransport {
  let broken: OstlerError | undefined;
  let heardAt = now();
  const hear = () => void (heardAt = now());
  const clock = createRetryClock();
  const patience = createPatience(server, fetch);
  const capped = async (url: string | URL, init?: RequestInit) => {
    const response = await patience.fetch(url, init as NetRequest);
    hear();
    hideSessionId(response.headers.get('mcp-session-id'));
    const onFailure = (error: OstlerError) => (broken = error);
    return capResponse(response, { server: server.id, onFailure, onBytes: hear });
  };
  const inner = new StreamableHTTPClientTransport(new URL(server.url), {
    fetch: capped as unknown as FetchLike,
    // Ours follows redirects within the origin only, and says where others point.
    redirectPolicy: 'follow',
    reconnectionScheduler: (reconnect, ms) => clock.schedule(reconnect, ms),
  });

  const post = inner.send.bind(inner);
  inner.send = (message, options) => {
    const lost = () => {
      if ('method' in message && 'id' in message) {
        inner.onmessage?.(lostAnswer(message.id, broken?.message));
      }
    };
    for (const one of [message].flat()) patience.note(one);
    return post(message, { ...options, onRequestStreamEnd: lost });
  };
  inner.onmessage = () => clock.reset();

  const end = inner.close.bind(inner);
  inner.close = async () => {
    const limit = deadline(DELETE_MS, 'Ending the session');
    try {
      await withSignal(inner.terminateSession(), limit.signal);
    } catch {
      // A server that does not answer, or knows no DELETE (405), ends the session by itself.
    } finally {
      limit.clear();
    }
    await end();
  };
  // Requests stand alone here: one that fails does not end the connection.
  return Object.assign(inner, { failure: () => undefined, heardAt: () => heardAt });
}
