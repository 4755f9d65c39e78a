import type { JSONRPCMessage } from '@modelcontextprotocol/client';
import type { RemoteServer } from '../config/types.js';
import { OstlerError } from '../core/errors.js';
import { isRecord } from '../core/json.js';
import { linkAbort } from '../core/linked-abort.js';
import { delay } from '../core/wait.js';
import type { NetResponse } from '../net/response.js';
import type { NetRequest } from '../net/types.js';
import { answerOf, type ServerFetch } from './server-fetch.js';
import { shown } from './shown.js';

/** Requests in all, the first included. */
const MAX_TRIES = 3;
/** Longest wait, whatever the server asks for; milliseconds. */
const LONGEST_MS = 60_000;
/** For a value that is neither a number nor a date; milliseconds. */
const UNCLEAR_MS = 1000;

/** A fetch that comes again when a busy server says so. */
export interface Patience {
  fetch: ServerFetch;
  /** Looks at what is sent: a request that is cancelled is not sent again. */
  note: (message: JSONRPCMessage) => void;
}

/**
 * Waits on 429 and 503 as `Retry-After` asks (RFC 9110 section 10.2.3), for a request that was
 * refused before it was processed: a minute at most, three tries at most, and only where the wait
 * fits into the time the request has. Otherwise it is `server_failed` at once.
 */
export function createPatience(
  server: RemoteServer,
  fetch: ServerFetch,
  wait: (ms: number, signal: AbortSignal) => Promise<void> = delay,
): Patience {
  const waiting = new Map<unknown, (reason: Error) => void>();

  const pause = async (ms: number, { id }: Sent, signal: AbortSignal | null | undefined) => {
    const link = linkAbort(signal ?? new AbortController().signal);
    if (id !== undefined) waiting.set(id, link.abort);
    try {
      await wait(ms, link.signal);
    } finally {
      if (waiting.get(id) === link.abort) waiting.delete(id);
      link.release();
    }
  };

  return {
    async fetch(url, init = {}) {
      for (let tries = 1; ; tries += 1) {
        const response = await fetch(url, init);
        if (response.status !== 429 && response.status !== 503) return response;
        const ms = retryAfterMs(response.headers.get('retry-after'), Date.now());
        if (ms === undefined && response.status === 503) return response;
        const sent = sentIn(init);
        const time = sent.method === 'tools/call' ? server.callTimeoutMs : server.connectTimeoutMs;
        const rest = Math.min(LONGEST_MS, ms ?? Infinity);
        if (ms === undefined || tries >= MAX_TRIES || rest >= time) {
          throw await busy(server, response, ms);
        }
        await response.body.cancel();
        await pause(rest, sent, init.signal);
      }
    },
    note(message) {
      if (!('method' in message) || message.method !== 'notifications/cancelled') return;
      const gone = new OstlerError('interrupted', 'It was cancelled.', { server: server.id });
      waiting.get(message.params?.['requestId'])?.(gone);
    },
  };
}

/** Milliseconds that a `Retry-After` asks for; undefined without one. */
export function retryAfterMs(value: string | null, now: number): number | undefined {
  const text = value?.trim() ?? '';
  if (text === '') return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const time = /[a-z]/i.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? UNCLEAR_MS : Math.max(0, time - now);
}

interface Sent {
  id?: unknown;
  method?: unknown;
}

function sentIn({ body }: NetRequest): Sent {
  if (typeof body !== 'string') return {};
  const message: unknown = JSON.parse(body);
  return isRecord(message) ? { id: message['id'], method: message['method'] } : {};
}

async function busy(
  { id }: RemoteServer,
  response: NetResponse,
  ms: number | undefined,
): Promise<OstlerError> {
  const { status, excerpt } = await answerOf(response);
  const asks = ms === undefined ? '' : ` and asks to come again in ${spell(ms)}`;
  const said = excerpt.trim() === '' ? '' : `: ${shown(excerpt)}`;
  return new OstlerError(
    'server_failed',
    `${id} is busy (HTTP ${status})${asks}; the request was not processed${said}.`,
    { server: id, status, hint: 'Try again later.' },
  );
}

function spell(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} minutes`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} hours`;
  return `${Math.min(99_999, Math.round(seconds / 86_400))} days`;
}
