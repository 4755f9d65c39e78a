import type { RawAnswer } from '../../net/raw.js';
import { isRecord, type JsonObject } from '../../core/json.js';
import { createEventReader } from './event-reader.js';

/** The first header of this name, whatever its case. */
export function headerOf(
  { headers }: Pick<RawAnswer, 'headers'>,
  name: string,
): string | undefined {
  return headersOf({ headers }, name)[0];
}

/** All headers of this name, as they came. */
export function headersOf({ headers }: Pick<RawAnswer, 'headers'>, name: string): string[] {
  const wanted = name.toLowerCase();
  return headers.filter(([key]) => key.toLowerCase() === wanted).map(([, value]) => value);
}

/** The body as text; bytes that are no UTF-8 become U+FFFD. Hostile. */
export function textOf({ body }: Pick<RawAnswer, 'body'>): string {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
}

/** JSON-RPC messages of a body: JSON, a batch of it, or the data of an event stream. */
export function messagesOf(answer: Pick<RawAnswer, 'headers' | 'body'>): JsonObject[] {
  const text = textOf(answer);
  if (!/^\s*text\/event-stream/i.test(headerOf(answer, 'content-type') ?? '')) return parse(text);
  const messages: JsonObject[] = [];
  const reader = createEventReader(({ data }) => messages.push(...parse(data)));
  reader.feed(answer.body);
  return messages;
}

/** The JSON-RPC messages in one text; none when it is no JSON. */
export function parse(text: string): JsonObject[] {
  try {
    const value: unknown = JSON.parse(text);
    return (Array.isArray(value) ? value : [value]).filter(isRecord) as JsonObject[];
  } catch {
    return [];
  }
}

/** True for the response to the request of this id. */
export function isResponseTo(message: JsonObject, id: unknown): boolean {
  return message['id'] === id && ('result' in message || 'error' in message);
}
