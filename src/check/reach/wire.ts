import { isRecord } from '../../core/json.js';
import type { ExchangeEvent } from '../../net/observe.js';

/** One request of the connection, with what came back so far. */
export interface WireExchange {
  id: number;
  transport: 'sse' | 'http';
  method: string;
  /** Path alone: a query may hold a secret. */
  path: string;
  /** Of a JSON-RPC body: `initialize`, `tools/list`; empty for none, `answer` for a response. */
  rpc: string;
  /** As sent. */
  headers: readonly (readonly [name: string, value: string])[];
  /** 0 until it is answered. */
  status: number;
  answer: readonly (readonly [name: string, value: string])[];
  ms: number;
}

/** All that one connection sent, in order. */
export interface Wire {
  readonly exchanges: readonly WireExchange[];
  /** For `DialOptions.onExchange`. */
  onExchange: (event: ExchangeEvent, transport: 'sse' | 'http') => void;
  /** Called when a request has left, and when it is answered. */
  listen: (listener: (exchange: WireExchange) => void) => void;
}

const MAX_KEPT = 1000;

export function createWire(): Wire {
  const exchanges: WireExchange[] = [];
  const byId = new Map<number, WireExchange>();
  let listener: (exchange: WireExchange) => void = () => {};
  return {
    exchanges,
    listen(next) {
      listener = next;
    },
    onExchange(event, transport) {
      const known = byId.get(event.id);
      if (event.type === 'sent' && known === undefined && exchanges.length < MAX_KEPT) {
        const { id, method, url, headers, body } = event;
        const made: WireExchange = {
          id,
          transport,
          method,
          path: new URL(url).pathname,
          rpc: body === undefined ? '' : rpcOf(body),
          headers,
          status: 0,
          answer: [],
          ms: 0,
        };
        byId.set(id, made);
        exchanges.push(made);
        listener(made);
      } else if (event.type === 'answered' && known !== undefined) {
        Object.assign(known, { status: event.status, answer: event.headers, ms: event.ms });
        listener(known);
      }
    },
  };
}

/** `POST /mcp (initialize)`. */
export function nameOf({ method, path, rpc }: WireExchange): string {
  return `${method} ${path}${rpc === '' ? '' : ` (${rpc})`}`;
}

export function answerHeader({ answer }: WireExchange, name: string): string | undefined {
  return answer.find(([each]) => each.toLowerCase() === name)?.[1];
}

function rpcOf(body: string): string {
  try {
    const message: unknown = JSON.parse(body);
    if (!isRecord(message)) return '';
    return typeof message['method'] === 'string' ? message['method'] : 'answer';
  } catch {
    return '';
  }
}
