import type { EventSource } from 'eventsource';
import type { RemoteServer } from '../../config/types.js';
import { MAX_TIMER_MS } from '../../core/clock.js';
import { abortError, OstlerError } from '../../core/errors.js';
import { linkAbort } from '../../core/linked-abort.js';
import { httpError, unexpectedContent } from '../../mcp/http-errors.js';
import { answerOf } from '../../mcp/server-fetch.js';
import type { NetResponse } from '../../net/response.js';
import { sseLines } from './sse-lines.js';

/** A frame as the standard dispatches it. */
export interface Frame {
  /** `message` where the server names none. */
  event: string;
  data: string;
  id?: string;
}

export interface StreamOptions {
  server: RemoteServer;
  signal: AbortSignal;
  /** Sends the request of the stream, anew for every connection. */
  open: (headers: Readonly<Record<string, string>>, signal: AbortSignal) => Promise<NetResponse>;
  /** The stream stands (again). */
  onOpen: () => void;
  onFrame: (frame: Frame) => void;
  onComment: (text: string) => void;
  onRetry: (given: number, used: number) => void;
  onRaw?: ((bytes: Uint8Array) => void) | undefined;
  onLost: (lost: Lost) => void;
  /** Nothing more is read until it resolves. */
  room: () => Promise<void>;
}

export interface Lost {
  reason: string;
  delayMs: number;
  attempt: number;
  lastEventId?: string;
}

/** The wait between two connections, milliseconds: what `eventsource` takes, and within what bounds a server may change it. */
const DEFAULT_RETRY_MS = 3000;
const SHORTEST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 60_000;

/** Failures after which the next try may well work. */
const PASSING: ReadonlySet<string> = new Set(['server_unreachable', 'timeout']);

/**
 * An event stream that is opened again when it ends, by the rules of the standard
 * (https://html.spec.whatwg.org/#server-sent-events): after the server's `retry:`, with
 * `Last-Event-ID`, until a 204 or any status but 200. Resolves on 204; rejects with an `OstlerError`
 * when the first connection fails, and later for what another try cannot mend.
 */
export async function readStream(options: StreamOptions): Promise<void> {
  const { EventSource } = await import('eventsource');
  const { signal, server } = options;
  if (signal.aborted) throw abortError(signal);
  let source: EventSource | undefined;
  let retryMs = DEFAULT_RETRY_MS;
  let attempt = 0;
  let stood = false;
  let lastEventId: string | undefined;
  let reason = '';

  return new Promise<void>((resolve, reject) => {
    const settle = (finish: () => void) => {
      signal.removeEventListener('abort', onAbort);
      source?.close();
      finish();
    };
    const fail = (error: unknown) => settle(() => reject(error));
    const onAbort = () => fail(abortError(signal));
    signal.addEventListener('abort', onAbort, { once: true });

    const onRetry = (given: number) => {
      retryMs = Math.min(LONGEST_RETRY_MS, Math.max(SHORTEST_RETRY_MS, given));
      options.onRetry(given, retryMs);
      return retryMs;
    };
    /** What ends the stream for good is told here; anything else is for `eventsource` to try again. */
    const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
      try {
        return await work();
      } catch (error) {
        const passes = error instanceof OstlerError && PASSING.has(error.code);
        if (!stood || !passes) fail(error);
        reason = error instanceof Error ? error.message : '';
        throw error;
      }
    };
    const fetch = async (
      _: unknown,
      init: { headers: Record<string, string>; signal: AbortSignal },
    ) => {
      const response = await guarded(() => openOnce(options, init));
      if (response.status === 204) settle(resolve);
      const chunks = sseLines(response.body, { ...options, server: server.id, onRetry });
      const read = async () => {
        await options.room();
        const next = await guarded(() => chunks.next());
        return { done: next.done === true, value: next.value ?? undefined };
      };
      return {
        status: response.status,
        // Looked at already, and more kindly.
        headers: { get: () => 'text/event-stream' },
        url: response.url,
        redirected: false,
        body: { getReader: () => ({ read }) },
      };
    };
    source = new EventSource(server.url, { fetch: fetch as never });
    // Every frame, whatever its event is called; listeners would have to know the names.
    source.dispatchEvent = (event: Event) => {
      if (signal.aborted) return true;
      if ('data' in event) {
        const { type, data, lastEventId: id } = event as MessageEvent<string>;
        if (id !== '') lastEventId = id;
        options.onFrame({ event: type, data, ...(id === '' ? {} : { id }) });
      } else if (event.type === 'open') {
        stood = true;
        attempt = 0;
        options.onOpen();
      } else if (source?.readyState === source?.CONNECTING) {
        attempt += 1;
        options.onLost({
          reason: reason === '' ? 'the server ended it' : reason,
          delayMs: retryMs,
          attempt,
          ...(lastEventId === undefined ? {} : { lastEventId }),
        });
        reason = '';
      }
      return true;
    };
  });
}

/** One connection: a stream, a 204, or an error. */
async function openOnce(
  { server, open }: StreamOptions,
  { headers, signal }: { headers: Record<string, string>; signal: AbortSignal },
): Promise<NetResponse> {
  // Linked for as long as the stream lives; only the clock is for its beginning.
  const linked = linkAbort(signal);
  const ms = Math.min(MAX_TIMER_MS, server.connectTimeoutMs);
  const timer = setTimeout(() => linked.abort(tooSlow(server.id, ms)), ms);
  try {
    const response = await open(headers, linked.signal);
    const { status } = response;
    if (status === 204) return response;
    if (status !== 200) throw httpError(server, await answerOf(response));
    const type = response.headers.get('content-type');
    if (!/^\s*text\/event-stream\s*(;|$)/i.test(type ?? '')) {
      throw unexpectedContent(server, type, await response.excerpt());
    }
    return response;
  } finally {
    clearTimeout(timer);
  }
}

function tooSlow(server: string, ms: number): OstlerError {
  return new OstlerError(
    'server_unreachable',
    `${server}: opening the event stream took longer than ${ms / 1000} s.`,
    { server, hint: 'Give it more time with --server-timeout.' },
  );
}
