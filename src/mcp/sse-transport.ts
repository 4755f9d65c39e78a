import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { now } from '../core/clock.js';
import type { RemoteServer } from '../config/types.js';
import { OstlerError } from '../core/errors.js';
import { createAbort, deadline, withSignal } from '../core/wait.js';
import type { NetResponse } from '../net/response.js';
import { createDeferred } from '../core/deferred.js';
import { httpError, unexpectedContent } from './http-errors.js';
import { parseMessages } from './messages.js';
import { createPatience } from './patience.js';
import { answerOf, type ServerFetch } from './server-fetch.js';
import { hideSessionIn } from './session-secret.js';
import { resolveEndpoint } from './sse-endpoint.js';
import type { OwnTransport } from './transport.js';

/** Characters of one event; more ends the connection. */
export const MAX_EVENT_CHARS = 8 * 1024 * 1024;
/** A stream that stands but names no endpoint is given up after this; milliseconds. */
export const ENDPOINT_MS = 15_000;

/**
 * The HTTP+SSE transport of 2024-11-05, opened at once: one GET that stays, one POST a message,
 * the configured headers on both. It never reconnects by itself: a new stream is a new session,
 * so a lost stream ends the connection and every call on it.
 */
export function createSseTransport(server: RemoteServer, fetch: ServerFetch): OwnTransport {
  const controller = createAbort();
  const { signal } = controller;
  let failure: OstlerError | undefined;
  let endpoint: URL | undefined;
  let closed = false;
  let heardAt = now();
  const patience = createPatience(server, fetch);
  let version: string | undefined;
  const opened = createDeferred<URL>();

  const end = (error?: OstlerError) => {
    if (closed) return;
    closed = true;
    failure = error;
    controller.abort(error);
    opened.reject(error ?? new OstlerError('interrupted', `${server.id} was closed.`));
    transport.onclose?.();
  };

  const onEvent = ({ event, data }: EventSourceMessage) => {
    if (event === 'endpoint') {
      const url = resolveEndpoint(data, server);
      if (endpoint !== undefined && endpoint.href !== url.href) throw movedEndpoint(server);
      endpoint = url;
      hideSessionIn(url);
      opened.resolve(url);
    } else if (event === undefined || event === 'message') {
      for (const message of parseMessages(data)) transport.onmessage?.(message);
    }
  };

  const transport: OwnTransport = {
    failure: () => failure,
    heardAt: () => heardAt,
    start: async () => void (await opened.promise),
    async send(message) {
      if (endpoint === undefined || closed) throw failure ?? notConnected(server);
      patience.note(message);
      const response = await patience.fetch(endpoint, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(version === undefined ? {} : { 'mcp-protocol-version': version }),
        },
        body: JSON.stringify(message),
        signal,
      });
      const answer = answerOf(response);
      if (!response.ok) throw httpError(server, await answer);
    },
    close() {
      end();
      return Promise.resolve();
    },
    setProtocolVersion(value) {
      version = value;
    },
  };

  const onBytes = () => void (heardAt = now());
  open({ server, fetch: patience.fetch, signal, opened: opened.promise, onEvent, onBytes }).then(
    () => end(endpoint === undefined ? noEndpoint(server) : lostStream(server)),
    (error: unknown) => end(toFailure(error, server, endpoint !== undefined)),
  );
  return transport;
}

interface Opening {
  server: RemoteServer;
  fetch: ServerFetch;
  signal: AbortSignal;
  opened: Promise<URL>;
  onEvent: (event: EventSourceMessage) => void;
  onBytes: () => void;
}

/** Opens the stream and reads it to its end. */
async function open(opening: Opening): Promise<void> {
  const { server, fetch, signal, opened } = opening;
  const response = await fetch(server.url, {
    headers: { accept: 'text/event-stream', 'cache-control': 'no-store' },
    signal,
  });
  if (!response.ok) throw httpError(server, await answerOf(response));
  const type = response.headers.get('content-type');
  if (!/^\s*text\/event-stream\s*(;|$)/i.test(type ?? '')) {
    throw unexpectedContent(server, type, await response.excerpt());
  }
  const limit = deadline(ENDPOINT_MS, `${server.id}: the stream is open, but naming its endpoint`);
  const named = withSignal(opened, limit.signal).finally(limit.clear);
  // Whichever ends first: the stream, or the patience with a stream that names no endpoint.
  await Promise.race([read(response, opening), named.then(() => new Promise<never>(() => {}))]);
}

async function read(response: NetResponse, { server, onEvent, onBytes }: Opening): Promise<void> {
  const decoder = new TextDecoder();
  const parser = createParser({
    maxBufferSize: MAX_EVENT_CHARS,
    onEvent,
    onError({ type }) {
      // `retry:` and unknown fields mean nothing here.
      if (type === 'max-buffer-size-exceeded') throw eventTooLarge(server);
    },
  });
  for await (const chunk of response.body) {
    onBytes();
    parser.feed(decoder.decode(chunk, { stream: true }));
  }
}

function toFailure(error: unknown, server: RemoteServer, wasOpen: boolean): OstlerError {
  if (error instanceof OstlerError) {
    return wasOpen && error.code === 'server_unreachable' ? lostStream(server, error) : error;
  }
  return lostStream(server, error);
}

function lostStream(server: RemoteServer, cause?: unknown): OstlerError {
  return new OstlerError('server_failed', `${server.id}: the event stream ended.`, {
    server: server.id,
    cause,
  });
}

function noEndpoint(server: RemoteServer): OstlerError {
  return new OstlerError(
    'protocol_error',
    `${server.id}: the event stream ended before it named an endpoint for messages.`,
    { server: server.id, hint: 'Is this the path of the MCP endpoint (often /sse)?' },
  );
}

function movedEndpoint(server: RemoteServer): OstlerError {
  return new OstlerError(
    'protocol_error',
    `${server.id} names another endpoint in the middle of the session; the connection was closed.`,
    { server: server.id },
  );
}

function eventTooLarge(server: RemoteServer): OstlerError {
  return new OstlerError(
    'server_failed',
    `${server.id} sent an event larger than ${MAX_EVENT_CHARS} characters; the connection was closed.`,
    { server: server.id },
  );
}

function notConnected(server: RemoteServer): OstlerError {
  return new OstlerError('server_failed', `${server.id} is not connected.`, { server: server.id });
}
