import type { RemoteServer } from '../../config/types.js';
import type { Ladder } from './ladder.js';
import { answerHeader, nameOf, type Wire, type WireExchange } from './wire.js';

const TITLES = { sse: 'SSE', http: 'Streamable HTTP' } as const;

/** The first answer. */
export function tellHttp(ladder: Ladder, exchange: WireExchange, { exchanges }: Wire): void {
  const { status, ms } = exchange;
  const type = answerHeader(exchange, 'content-type');
  const by = answerHeader(exchange, 'server');
  const found = {
    text: [
      `${nameOf(exchange)} → ${status}`,
      ...(type === undefined ? [] : [type]),
      ...(by === undefined ? [] : [`server: ${by}`]),
    ].join(', '),
    details: exchanges
      .filter((each) => each.status >= 300 && each.status < 400)
      .map((each) => `${nameOf(each)} → ${each.status}, to ${placeOf(each)}`),
    ms,
    data: { status, content_type: type ?? null, server: by ?? null },
  };
  if (status >= 500) ladder.warn('http', found);
  else ladder.ok('http', found);
}

/** Where a redirect points, without its query: that may hold a secret. */
function placeOf(exchange: WireExchange): string {
  const location = answerHeader(exchange, 'location') ?? 'nowhere';
  return location.replace(/[?#].*$/s, '').replace(/\/\/[^/@]*@/, '//');
}

/** Which transport it is, and why this one. */
export function tellTransport(ladder: Ladder, server: RemoteServer, { exchanges }: Wire): void {
  const used = exchanges.at(-1)?.transport ?? server.transport;
  const refusal = exchanges.find(({ transport, status }) => transport !== used && status >= 400);
  const data = { transport: used, fallback: refusal !== undefined };
  if (refusal !== undefined) {
    ladder.ok('transport', {
      text: `${TITLES[used]}: ${nameOf(refusal)} answered ${refusal.status}, so it was tried`,
      details: [`type: ${used} in the configuration, or -t ${used}, saves the try`],
      data,
    });
    return;
  }
  const why = server.fallback
    ? used === 'sse'
      ? 'the path ends in /sse'
      : 'a URL alone means this first'
    : 'as configured';
  ladder.ok('transport', { text: `${TITLES[used]} (${why})`, data });
}

/** What was sent and not answered when it came to an end. */
export function waitingFor({ exchanges }: Wire): string[] {
  const last = exchanges.at(-1);
  if (last === undefined) return [];
  const open = exchanges.filter(({ status }) => status === 0);
  if (open.length > 0) return open.slice(-3).map((each) => `sent ${nameOf(each)}: no answer`);
  return [`last: ${nameOf(last)} → ${last.status}`];
}
