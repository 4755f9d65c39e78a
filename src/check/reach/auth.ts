import type { RemoteServer } from '../../config/types.js';
import { toErrorInfo, type OstlerError } from '../../core/errors.js';
import type { JsonObject } from '../../core/json.js';
import { redact } from '../../core/redact.js';
import { parseChallenges, type Challenge } from '../checks/challenge/parse.js';
import { credentialNames } from './config-step.js';
import type { Ladder } from './ladder.js';
import { readMetadata } from './metadata.js';
import { nameOf, type Wire, type WireExchange } from './wire.js';

const MAX_HEADER = 8192;

/** What a refusal says about how to be let in. */
export interface ReadChallenge {
  exchange: WireExchange | undefined;
  challenges: readonly Challenge[];
  details: readonly string[];
  data: JsonObject;
  /** What was sent to fetch metadata, when it was. */
  discovery: WireExchange['headers'] | undefined;
}

/** The last refusal on the wire, its challenge read and the metadata it names fetched. */
export async function challengeOf(
  server: RemoteServer,
  { exchanges }: Wire,
  signal: AbortSignal,
): Promise<ReadChallenge> {
  const exchange = exchanges.findLast(({ status }) => status === 401 || status === 403);
  const lines = (exchange?.answer ?? [])
    .filter(([name]) => name.toLowerCase() === 'www-authenticate')
    .map(([, value]) => value.slice(0, MAX_HEADER));
  const { challenges, problems } = parseChallenges(lines);
  const named = challenges.map(({ params }) => params.get('resource_metadata'));
  const url = named.find((value) => value !== undefined);
  const metadata =
    url === undefined
      ? undefined
      : await readMetadata(
          { named: url, url: new URL(server.url), ca: server.ca, insecure: server.insecure },
          signal,
        );
  const said =
    lines.length === 0
      ? exchange?.status === 401
        ? ['no WWW-Authenticate header: it does not say what it wants (RFC 9110 §15.5.2)']
        : []
      : [
          ...challenges.slice(0, 5).map(describeChallenge),
          ...problems.map((problem) => `WWW-Authenticate cannot be read: ${problem}`),
        ];
  return {
    exchange,
    challenges,
    details: [...said, ...(metadata?.details ?? [])],
    data: {
      schemes: challenges.map(({ scheme }) => scheme),
      ...(metadata === undefined ? {} : { resource_metadata: metadata.data }),
    },
    discovery: metadata?.headers,
  };
}

function describeChallenge({ scheme, params, token68 }: Challenge): string {
  const parts = [...params]
    .filter(([name]) => name !== 'resource_metadata')
    .slice(0, 10)
    .map(([name, value]) => `${name}="${value.slice(0, 300)}"`);
  const all = [scheme, ...(token68 === undefined ? [] : ['(token)']), parts.join(', ')];
  return `WWW-Authenticate: ${all.filter((part) => part !== '').join(' ')}`;
}

/** The door is open: with our credentials, or to everybody. */
export function tellAccepted(ladder: Ladder, server: RemoteServer, { exchanges }: Wire): void {
  const names = sentNames(server, exchanges);
  const refusal = exchanges.find(({ status }) => status === 401);
  const details =
    refusal === undefined ? [] : [`${nameOf(refusal)} → 401 at first; ${renewal(server)}`];
  if (names.length === 0) {
    ladder.ok('auth', { text: 'none sent, none asked for', data: { credentials: [] } });
    return;
  }
  ladder.ok('auth', {
    text: `${names.join(', ')} accepted`,
    details: [...details, 'that others are refused is told by: ostler check'],
    data: { credentials: names, accepted: true },
  });
}

/** What was sent to be let in: what is configured, or what a login gave. */
function sentNames(server: RemoteServer, exchanges: readonly WireExchange[]): string[] {
  const names = credentialNames(server);
  const hasToken = exchanges.some(({ headers }) =>
    headers.some(([name]) => name.toLowerCase() === 'authorization'),
  );
  return names.length === 0 && hasToken ? ['the token of the login'] : names;
}

function renewal(server: RemoteServer): string {
  return credentialNames(server).length === 0
    ? 'the token of the login was renewed'
    : 'the secret command was run again';
}

/** The door is shut, and what it wants. */
export function tellRefused(
  ladder: Ladder,
  {
    server,
    error,
    challenge,
  }: { server: RemoteServer; error: OstlerError; challenge: ReadChallenge },
): never {
  const { exchange, details, data } = challenge;
  const names = sentNames(server, exchange === undefined ? [] : [exchange]);
  const status = exchange?.status ?? error.status ?? 0;
  const what = exchange === undefined ? '' : ` to ${nameOf(exchange)}`;
  const text =
    names.length === 0
      ? `${status}${what}: it wants credentials, and none were sent`
      : `${status}${what}: ${names.join(', ')} refused`;
  return ladder.fail('auth', error, {
    text,
    details: [redact(toErrorInfo(error).message), ...details],
    data: { credentials: names, accepted: false, status, ...data },
  });
}
