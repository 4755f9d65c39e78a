import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { probeTcp } from '../../../net/probe-tcp.js';
import { sendRaw, type RawAnswer } from '../../../net/raw.js';
import type { Answer, Audit, Check } from '../../audit/types.js';
import { conclude, type Judged } from '../judged.js';
import { cwe, mcp } from '../references.js';
import { headersOf } from '../../audit/answers.js';
import { placeOf } from './place.js';

const TIME_MS = 1_500;
const MAX_ADDRESSES = 4;

/** Addresses of this machine that others reach. Link-local ones of IPv6 are left out: they need a zone. */
export function otherAddresses(): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .flatMap(({ internal, address }) => (internal || /^fe80/i.test(address) ? [] : address));
}

/** NET-08; `addresses` are those of this machine beside loopback. */
export function createBoundToLoopback(addresses: () => readonly string[]): Check {
  return {
    id: 'NET-08',
    title: 'A local server listens on loopback only.',
    severity: 'medium',
    keyword: 'SHOULD',
    eras: ['sse', 'sessions', 'stateless'],
    references: [mcp('2025-11-25', 'basic/transports', 'security-warning'), cwe(1327)],
    expected: 'No answer at the other addresses of this machine.',
    remedy: 'Listen on 127.0.0.1 (and ::1) instead of 0.0.0.0 or ::.',
    active: false,
    // One more where something answers at another address.
    requests: 0,
    run: (audit) => run(audit, addresses().slice(0, MAX_ADDRESSES)),
  };
}

async function run(audit: Audit, addresses: readonly string[]) {
  if ((await placeOf(audit)) !== 'loopback') {
    const reason = 'The server is not on this machine’s loopback.';
    return { outcome: 'not_applicable' as const, reason };
  }
  if (addresses.length === 0) {
    const reason = 'This machine has no other address to try.';
    return { outcome: 'inconclusive' as const, reason };
  }
  const { url, signal } = audit;
  const port = Number(url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : url.port);
  const tried = await probeTcp(
    addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 })),
    { port, limitMs: TIME_MS, signal },
  );
  const open = tried.filter(({ errno }) => errno === undefined).map(({ address }) => address);
  if (open.length === 0) {
    return conclude([], `Nothing listens on port ${port} of ${addresses.join(', ')}.`);
  }
  const own = await audit.send({
    what: 'GET without credentials',
    method: 'GET',
    as: audit.none,
    timeoutMs: TIME_MS,
    maxBytes: 1,
  });
  return conclude(
    await Promise.all(open.map((address) => judge(audit, { address, port, own }))),
    '',
  );
}

/** Another program may have the same port at another address. */
async function judge(
  { url, server, signal }: Audit,
  { address, port, own }: { address: string; port: number; own: Answer },
): Promise<Judged> {
  const host = address.includes(':') ? `[${address}]` : address;
  const there = await sendRaw(
    {
      origin: new URL(`${url.protocol}//${host}:${port}`),
      method: 'GET',
      path: `${url.pathname}${url.search}`,
      headers: [['Host', url.host]],
      ca: server.ca,
      insecure: true,
    },
    { signal, timeoutMs: TIME_MS, maxBytes: 1 },
  );
  // A server that looks at Host and address refuses, but is reached all the same.
  const same = isAlike(there, own) || there.status === 403;
  if (same) return { verdict: 'wrong', note: `it answers at ${host}:${port} too`, answer: own };
  const note = `something else, or the same server, listens at ${host}:${port}`;
  return { verdict: 'doubtful', note, answer: own };
}

function isAlike(one: RawAnswer, other: RawAnswer): boolean {
  const look = (answer: RawAnswer) =>
    ['content-type', 'www-authenticate', 'server', 'x-powered-by']
      .map((name) => headersOf(answer, name)[0] ?? '')
      .join('\n');
  return one.status !== 0 && one.status === other.status && look(one) === look(other);
}

export const boundToLoopback = createBoundToLoopback(otherAddresses);
