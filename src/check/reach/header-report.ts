import { formatHeaderOrigin } from '../../config/header-origins.js';
import type { HeaderOrigin, RemoteServer } from '../../config/types.js';
import type { EffectiveHeader, HeadersReport } from '../../core/rungs.js';
import { headerWarnings } from './header-warnings.js';
import { maskHeader } from './mask.js';
import type { WireExchange } from './wire.js';

type HeaderPair = readonly [name: string, value: string];

export interface ReportInput {
  server: RemoteServer;
  exchanges: readonly WireExchange[];
  /** Headers of requests for OAuth metadata; undefined when none was made. */
  discovery?: readonly HeaderPair[] | undefined;
  /** Milliseconds since 1970. */
  now: number;
}

/** Written by Node itself for every request. */
const OF_NODE = new Set(['connection', 'content-length', 'host', 'transfer-encoding']);
/** Written by this program for every request. */
const OF_OSTLER = new Set(['accept-encoding', 'user-agent']);

/** What was really sent on each channel, masked, with the place each header came from. */
export function reportHeaders(input: ReportInput): HeadersReport {
  const { server, exchanges, discovery } = input;
  const channels = new Map<string, WireExchange[]>();
  for (const exchange of exchanges) {
    const channel = `${exchange.transport.toUpperCase()} ${exchange.method}`;
    channels.set(channel, [...(channels.get(channel) ?? []), exchange]);
  }
  return {
    type: 'headers',
    server: server.id,
    channels: [
      ...[...channels].map(([channel, sent]) => ({
        channel,
        headers: channelHeaders(sent, input),
      })),
      {
        channel: 'OAuth discovery',
        headers: (discovery ?? []).map((pair) => effective(pair, input)),
        note: 'none of the configured headers',
      },
    ],
    warnings: allWarnings(input),
  };
}

/** Every name that went out on a channel, with its last value. */
function channelHeaders(sent: readonly WireExchange[], input: ReportInput): EffectiveHeader[] {
  const last = new Map<string, { pair: HeaderPair; count: number }>();
  for (const { headers } of sent) {
    for (const pair of headers) {
      const key = pair[0].toLowerCase();
      last.set(key, { pair, count: (last.get(key)?.count ?? 0) + 1 });
    }
  }
  return [...last.values()].map(({ pair, count }) => ({
    ...effective(pair, input),
    ...(count < sent.length ? { note: `on ${count} of ${sent.length} requests` } : {}),
  }));
}

function effective([name, value]: HeaderPair, input: ReportInput): EffectiveHeader {
  const { server, now } = input;
  const configured = server.headers.find((pair) => pair[0].toLowerCase() === name.toLowerCase());
  const own = configured !== undefined && configured[1] === value;
  const origin = own || refreshed(server, name) ? originOf(server, name) : undefined;
  const from = sourceOf(name, { server, own: own || refreshed(server, name), origin });
  const url = new URL(server.url);
  const isOurs = from !== 'node' && from !== 'transport' && from !== 'ostler';
  const [warning] = isOurs ? headerWarnings({ name, value, origin }, { url, now }) : [];
  const replaced =
    configured !== undefined && !own && !refreshed(server, name)
      ? "the transport's own value is sent, not the configured one"
      : undefined;
  const told = replaced ?? warning;
  return {
    name,
    value: maskHeader(name, value),
    from,
    ...(told === undefined ? {} : { warning: told }),
  };
}

function sourceOf(
  name: string,
  { server, own, origin }: { server: RemoteServer; own: boolean; origin: HeaderOrigin | undefined },
): string {
  if (origin !== undefined) return formatHeaderOrigin(origin);
  if (own) return 'configuration';
  const key = name.toLowerCase();
  if (OF_NODE.has(key)) return 'node';
  if (OF_OSTLER.has(key)) return 'ostler';
  if (key === 'authorization' && new URL(server.url).username !== '') return 'user name in the URL';
  return 'transport';
}

/** A value that a secret command gave anew is configured all the same. */
function refreshed({ headers, refreshHeaders }: RemoteServer, name: string): boolean {
  const taken = new Set(['accept', 'content-type', 'mcp-protocol-version', 'mcp-session-id']);
  const key = name.toLowerCase();
  return (
    refreshHeaders !== undefined &&
    !taken.has(key) &&
    headers.some(([each]) => each.toLowerCase() === key)
  );
}

function originOf({ headerOrigins }: RemoteServer, name: string): HeaderOrigin | undefined {
  return headerOrigins?.find((origin) => origin.name.toLowerCase() === name.toLowerCase());
}

/** What is wrong with any configured header, sent or not, each told once. */
function allWarnings({ server, exchanges, now }: ReportInput): string[] {
  const url = new URL(server.url);
  const found = server.headers.flatMap(([name, value]) => {
    const origin = originOf(server, name);
    const place = origin === undefined ? '' : ` (${formatHeaderOrigin(origin)})`;
    return headerWarnings({ name, value, origin }, { url, now }).map(
      (warning) => `${name}${place} ${warning}`,
    );
  });
  const hasAuthorization = server.headers.some(([name]) => name.toLowerCase() === 'authorization');
  if (url.username !== '' && hasAuthorization) {
    found.push('The user name in the URL is not sent: there is an Authorization header');
  } else if (url.username !== '') {
    const plain = headerWarnings({ name: 'Authorization', value: 'x' }, { url, now });
    found.push(...plain.filter((text) => text.includes('unencrypted')).map((w) => `URL: ${w}`));
  }
  const silent = server.headers.filter(
    ([name, value]) =>
      server.refreshHeaders === undefined &&
      exchanges.length > 0 &&
      !exchanges.some(({ headers }) =>
        headers.some(([each, sent]) => each.toLowerCase() === name.toLowerCase() && sent === value),
      ),
  );
  found.push(
    ...silent.map(([name]) => `${name} is configured and not sent: the transport's own value wins`),
  );
  return found;
}
