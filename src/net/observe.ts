import type { ClientRequest, IncomingMessage } from 'node:http';
import { now } from '../core/clock.js';
import { isRecord } from '../core/json.js';

type HeaderPair = readonly [name: string, value: string];

/**
 * One exchange while it happens; a redirect that is followed is a further one. Values are as they
 * are on the wire: whoever shows them masks them.
 */
export type ExchangeEvent =
  /** The request has left, all of it. */
  | {
      type: 'sent';
      id: number;
      method: string;
      /** Without userinfo. */
      url: string;
      /** Every line of the request's head, those of Node included, in order. */
      headers: readonly HeaderPair[];
      /** Of text bodies. */
      body?: string;
    }
  /** The headers of the answer are there. Milliseconds since the request was made. */
  | {
      type: 'answered';
      id: number;
      method: string;
      url: string;
      status: number;
      headers: readonly HeaderPair[];
      ms: number;
    };

export type OnExchange = (event: ExchangeEvent) => void;

let count = 0;

/** Tells of a request that was just made. Changes nothing about it. */
export function observeExchange(
  request: ClientRequest,
  { url, body }: { url: URL; body: string | Uint8Array | null | undefined },
  onExchange: OnExchange,
): void {
  count += 1;
  const common = { id: count, method: request.method, url: url.href };
  const startedAt = now();
  let told = false;
  const sent = () => {
    if (told) return;
    told = true;
    const text = typeof body === 'string' ? { body } : {};
    onExchange({ type: 'sent', ...common, headers: headOf(request), ...text });
  };
  request.once('finish', sent);
  request.once('response', (message: IncomingMessage) => {
    sent();
    const headers = pairsOf(message.rawHeaders);
    const status = message.statusCode ?? 0;
    onExchange({ type: 'answered', ...common, status, headers, ms: now() - startedAt });
  });
}

/** The head as Node wrote it. `getHeaders()` lacks what Node adds while writing: `Connection`, framing. */
function headOf(request: ClientRequest): HeaderPair[] {
  const head: unknown = isRecord(request) ? request['_header'] : undefined;
  if (typeof head !== 'string') {
    return request.getRawHeaderNames().map((name) => [name, String(request.getHeader(name))]);
  }
  return head
    .split('\r\n')
    .slice(1)
    .flatMap((line) => {
      const colon = line.indexOf(': ');
      return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 2)] as const];
    });
}

function pairsOf(raw: readonly string[]): HeaderPair[] {
  return raw.flatMap((name, at) => (at % 2 === 0 ? [[name, raw[at + 1] ?? ''] as const] : []));
}
