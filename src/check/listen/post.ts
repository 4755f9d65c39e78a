import { createParser } from 'eventsource-parser';
import type { RemoteServer } from '../../config/types.js';
import { OstlerError } from '../../core/errors.js';
import { isRecord, type JsonObject } from '../../core/json.js';
import { MAX_BODY_BYTES } from '../../mcp/body-caps.js';
import { httpError } from '../../mcp/http-errors.js';
import { parseMessages } from '../../mcp/messages.js';
import { answerOf, type ServerFetch } from '../../mcp/server-fetch.js';
import type { NetResponse } from '../../net/response.js';

export interface Post {
  server: RemoteServer;
  fetch: ServerFetch;
  url: string | URL;
  headers?: Readonly<Record<string, string>>;
  message: JsonObject;
  signal: AbortSignal;
  onMessage: (message: JsonObject, frameId?: string) => void;
  /** Before anything of the answer is handed on. */
  onHeaders?: (headers: NetResponse['headers']) => void;
}

/** Sends one message and hands on every message of the answer, JSON or a stream. */
export async function post(parts: Post): Promise<void> {
  const { server, fetch, url, headers, message, signal } = parts;
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      ...headers,
    },
    body: JSON.stringify(message),
    signal,
  });
  if (!response.ok) throw httpError(server, await answerOf(response));
  parts.onHeaders?.(response.headers);
  await readAnswer(response, parts);
}

async function readAnswer(response: NetResponse, { server, onMessage }: Post): Promise<void> {
  const type = response.headers.get('content-type') ?? '';
  if (!/event-stream/i.test(type)) {
    const text = await readText(response, server);
    for (const message of messagesIn(text)) onMessage(message);
    return;
  }
  const decoder = new TextDecoder();
  const parser = createParser({
    maxBufferSize: MAX_BODY_BYTES,
    onEvent: ({ data, id }) => {
      for (const message of messagesIn(data)) onMessage(message, id);
    },
    onError(error) {
      if (error.type === 'max-buffer-size-exceeded') throw tooLarge(server);
    },
  });
  for await (const chunk of response.body) parser.feed(decoder.decode(chunk, { stream: true }));
}

async function readText(response: NetResponse, server: RemoteServer): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw tooLarge(server);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The messages in a text, as plain JSON. */
export function messagesIn(text: string): JsonObject[] {
  return parseMessages(text).filter((message) => isRecord(message)) as unknown as JsonObject[];
}

function tooLarge(server: RemoteServer): OstlerError {
  return new OstlerError(
    'server_failed',
    `${server.id} sent an answer larger than ${MAX_BODY_BYTES} bytes.`,
    { server: server.id },
  );
}
