import type { JsonValue } from './json.js';

/** What `listen` hears, as plain data; additive only. `ostler listen --json` prints one a line. */
export type ListenEvent = { timestamp: string } &
  /** The stream stands. With `handshake: false` nothing is known of the server. */
  (
    | {
        type: 'listening';
        server: string;
        transport: 'stdio' | 'sse' | 'http';
        handshake: boolean;
        /** Set by the handshake. */
        protocol_version?: string;
        server_name?: string;
        server_version?: string;
        /** What was asked for and granted, in words: `resource updates of mem://a`. */
        asked: readonly string[];
      }
    /** A frame of an event stream that carries no MCP message; `endpoint` is one. */
    | { type: 'frame'; event: string; data: string; id?: string }
    | { type: 'comment'; text: string }
    /** The server's `retry:` field, and what is made of it. */
    | { type: 'retry'; given_ms: number; used_ms: number }
    | { type: 'notification'; method: string; params?: JsonValue; id?: string }
    /** The server asks; anything but `ping` is refused. */
    | { type: 'request'; method: string; request_id: JsonValue; params?: JsonValue; id?: string }
    /** The answer to a request of the handshake, or one that nobody asked for (`method: ""`). */
    | {
        type: 'answer';
        method: string;
        request_id: JsonValue;
        ok: boolean;
        content: JsonValue;
        id?: string;
      }
    /** What a child process wrote to its stderr, line by line. */
    | { type: 'stderr'; text: string }
    /** With `--raw`: the bytes as they came, as text. Nothing is decoded then. */
    | { type: 'raw'; text: string }
    | {
        type: 'reconnecting';
        reason: string;
        delay_ms: number;
        /** Counts from 1, from the last stream that stood. */
        attempt: number;
        last_event_id?: string;
      }
    | { type: 'notice'; message: string }
    /** The stream has ended for good and nothing is wrong. */
    | { type: 'end'; reason: string }
  );

type WithoutTime<E> = E extends ListenEvent ? Omit<E, 'timestamp'> : never;

/** A `ListenEvent` that has no time yet. */
export type ListenBody = WithoutTime<ListenEvent>;

/** True for what a server sends by itself: what `--count` counts. The handshake's own frames are no news. */
export function isNews(event: ListenEvent, handshake: boolean): boolean {
  switch (event.type) {
    case 'notification':
      return event.method !== 'notifications/subscriptions/acknowledged';
    case 'frame':
      return !(handshake && event.event === 'endpoint');
    case 'request':
      return true;
    default:
      return false;
  }
}

/** True for what is decoded of the bytes that `--raw` shows as they are. */
export function isDecoded({ type }: ListenEvent): boolean {
  return ['notification', 'frame', 'request', 'answer', 'comment', 'retry'].includes(type);
}
