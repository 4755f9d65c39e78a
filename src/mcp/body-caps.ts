import { OstlerError } from '../core/errors.js';
import { readableFrom } from '../net/readable.js';
import type { NetResponse } from '../net/response.js';
import { answerOf } from './server-fetch.js';

/** Bytes of a JSON answer. */
export const MAX_BODY_BYTES = 16 * 1024 * 1024;
/** Bytes of an event stream between two blank lines, that is of one event. */
export const MAX_EVENT_BYTES = 8 * 1024 * 1024;

const LF = 0x0a;
const CR = 0x0d;

/** A response as the SDK reads it: `text`, `json` or `body.pipeThrough`, with caps on all of them. */
export interface CappedResponse {
  status: number;
  statusText: string;
  ok: boolean;
  headers: NetResponse['headers'];
  url: string;
  type: 'basic';
  text: () => Promise<string>;
  json: () => Promise<unknown>;
  body: {
    pipeThrough: NetResponse['body']['pipeThrough'];
    cancel: () => Promise<void>;
  };
}

export interface CapOptions {
  server: string;
  /** Hears why a body broke, because the SDK keeps that to itself. */
  onFailure: (error: OstlerError) => void;
  /** Hears of every piece, comments included. */
  onBytes: () => void;
}

/** Caps a response: an error page to its beginning, an answer to 16 MiB, an event to 8 MiB. */
export function capResponse(response: NetResponse, options: CapOptions): CappedResponse {
  const { status, statusText, ok, headers, url, body } = response;
  const text = async () => {
    if (!ok) return (await answerOf(response)).excerpt;
    return readText(response, options);
  };
  return {
    status,
    statusText,
    ok,
    headers,
    url,
    type: 'basic',
    text,
    json: async () => JSON.parse(await text()) as unknown,
    body: {
      pipeThrough: (transform) => readableFrom(capEvents(body, options)).pipeThrough(transform),
      cancel: () => body.cancel(),
    },
  };
}

async function readText(response: NetResponse, { server, onBytes }: CapOptions): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    onBytes();
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw tooLarge(server, 'an answer', MAX_BODY_BYTES);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function* capEvents(
  body: AsyncIterable<Uint8Array>,
  { server, onFailure, onBytes }: CapOptions,
): AsyncGenerator<Uint8Array, void> {
  const count = createEventCounter();
  try {
    for await (const chunk of body) {
      onBytes();
      if (count(chunk) > MAX_EVENT_BYTES) throw tooLarge(server, 'an event', MAX_EVENT_BYTES);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof OstlerError) onFailure(error);
    throw error;
  }
}

/** Counts the bytes since the last blank line, over chunk edges. */
export function createEventCounter(): (chunk: Uint8Array) => number {
  let size = 0;
  let lineSize = 0;
  return (chunk) => {
    let from = 0;
    while (from < chunk.length) {
      const end = chunk.indexOf(LF, from);
      const until = end === -1 ? chunk.length : end;
      lineSize += until - from - (end > from && chunk[end - 1] === CR ? 1 : 0);
      size += until - from;
      if (end === -1) return size;
      if (lineSize === 0) size = 0;
      lineSize = 0;
      from = end + 1;
    }
    return size;
  };
}

function tooLarge(server: string, what: string, bytes: number): OstlerError {
  return new OstlerError('server_failed', `${server} sent ${what} larger than ${bytes} bytes.`, {
    server,
  });
}
