import { OstlerError } from '../../core/errors.js';
import { deadline } from '../../core/wait.js';
import { isLoopback, originOf } from '../../net/address.js';
import { probeDns, type FoundAddress, type Lookup } from '../../net/probe-dns.js';
import { connectThrough, probeTcp, type TcpProbe } from '../../net/probe-tcp.js';
import { chooseProxy } from '../../net/proxy.js';
import type { Ladder } from './ladder.js';
import { climbTls } from './tls.js';

export interface NetworkTarget {
  url: URL;
  ca?: string | undefined;
  insecure: boolean;
  /** For all of a step, milliseconds. */
  limitMs: number;
}

export interface NetworkDeps {
  env: NodeJS.ProcessEnv;
  lookup?: Lookup | undefined;
}

/** From the URL to a connection that stands: proxy, DNS, TCP, TLS. */
export async function climbNetwork(
  ladder: Ladder,
  target: NetworkTarget,
  deps: NetworkDeps,
): Promise<void> {
  const proxy = tellProxy(ladder, target.url, deps.env);
  const first = proxy ?? target.url;
  const port = portOf(first);
  const addresses = await limited(ladder, target, (signal) =>
    climbDns(ladder, first, signal, deps),
  );
  const connected = await limited(ladder, target, (signal) =>
    climbTcp(ladder, first, { addresses, port, signal, limitMs: target.limitMs }),
  );
  if (target.url.protocol === 'http:') {
    ladder.skip('tls', 'http: nothing is encrypted');
    return;
  }
  ladder.start('tls');
  await limited(ladder, target, async (signal) => {
    const { hostname } = target.url;
    const host = hostname.replace(/^\[|\]$/g, '');
    const through =
      proxy === undefined
        ? undefined
        : await connectThrough(proxy, { host, port: portOf(target.url) }, signal);
    try {
      await climbTls(ladder, { ...target, address: connected, port, socket: through }, signal);
    } finally {
      through?.destroy();
    }
  });
}

/** A step of its own that hangs ends by itself, with the server's limit. */
async function limited<T>(
  { signal }: Ladder,
  { limitMs, url }: NetworkTarget,
  step: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = deadline(limitMs, `Reaching ${originOf(url)}`, signal);
  try {
    return await step(limit.signal);
  } catch (error) {
    if (signal.aborted || !(error instanceof OstlerError) || error.code !== 'timeout') throw error;
    throw new OstlerError('server_unreachable', error.message, {
      cause: error,
      hint: 'Give it more time with --server-timeout, or connectTimeout: in the configuration.',
    });
  } finally {
    limit.clear();
  }
}

function portOf({ port, protocol }: URL): number {
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}

/** The proxy that is on the way, told; undefined when there is none. */
function tellProxy(ladder: Ladder, url: URL, env: NodeJS.ProcessEnv): URL | undefined {
  ladder.start('proxy');
  const { proxy, why, variable = '' } = chooseProxy(url, env);
  if (proxy !== undefined) {
    const at = URL.canParse(proxy) ? new URL(proxy) : undefined;
    if (at === undefined || !/^https?:$/.test(at.protocol)) {
      ladder.fail(
        'proxy',
        new OstlerError('config_invalid', `${variable} holds no http or https URL.`, {
          hint: `Set ${variable} to http://host:port, or list the host in NO_PROXY.`,
        }),
      );
    }
    const text = `${originOf(at)}, by ${variable}`;
    const plain = url.protocol === 'http:';
    const found = { text, data: { proxy: originOf(at), variable } };
    if (plain) {
      ladder.warn('proxy', {
        ...found,
        details: ['over http the proxy reads every header and body'],
      });
    } else ladder.ok('proxy', found);
    return at;
  }
  const text = {
    loopback: 'none: loopback is never proxied',
    exempt: `none: ${variable} lists the host`,
    none: 'none',
    variable: 'none',
  }[why];
  ladder.ok('proxy', { text, data: { proxy: null, ...(variable === '' ? {} : { variable }) } });
  return undefined;
}

async function climbDns(
  ladder: Ladder,
  url: URL,
  signal: AbortSignal,
  { lookup }: NetworkDeps,
): Promise<readonly FoundAddress[]> {
  ladder.start('dns');
  const { addresses, literal, ms } = await probeDns(url.hostname, signal, lookup);
  const list = addresses.map(({ address }) => address);
  if (literal)
    ladder.ok('dns', { text: `${list.join()} is an address`, data: { addresses: list } });
  else ladder.ok('dns', { text: list.join(', '), ms, data: { addresses: list } });
  return addresses;
}

interface TcpTarget {
  addresses: readonly FoundAddress[];
  port: number;
  limitMs: number;
  signal: AbortSignal;
}

/** The fastest address that answers. */
async function climbTcp(ladder: Ladder, url: URL, target: TcpTarget): Promise<string> {
  const { addresses, port, limitMs, signal } = target;
  ladder.start('tcp');
  const probes = await probeTcp(addresses, { port, limitMs, signal });
  const best = probes
    .filter(({ errno }) => errno === undefined)
    .toSorted((a, b) => a.ms - b.ms)
    .at(0);
  const failed = probes.filter(({ errno }) => errno !== undefined);
  const details = failed.map((probe) => `${endpoint(probe, port)}: ${wordsOf(probe)}`);
  const data = {
    addresses: probes.map(({ address, errno = null, ms }) => ({
      address,
      errno,
      ms: Math.round(ms * 10) / 10,
    })),
  };
  if (best === undefined) {
    const [first] = failed;
    const text =
      failed.length === 1 && first !== undefined
        ? `${endpoint(first, port)}: ${wordsOf(first)}`
        : `none of ${failed.length} addresses answers on port ${port}`;
    const hint = hintOf(url, failed);
    return ladder.fail('tcp', new OstlerError('server_unreachable', `${text}.`, { hint }), {
      text,
      details: failed.length === 1 ? [] : details,
      data,
    });
  }
  // `localhost` is two addresses, and a server on one of them is nothing odd.
  const onlyLocal = failed.every(({ address }) => isLoopback(address));
  const found = { text: `${endpoint(best, port)} answers`, details, ms: best.ms, data };
  if (failed.length === 0 || onlyLocal) ladder.ok('tcp', found);
  else ladder.warn('tcp', found);
  return best.address;
}

const ERRNO_WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ETIMEDOUT: 'no answer',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'the network is unreachable',
  ECONNRESET: 'the connection was reset',
  EADDRNOTAVAIL: 'the address cannot be used from here',
  EACCES: 'this machine does not allow it',
  EPERM: 'this machine does not allow it',
};

function wordsOf({ errno = '', ms }: TcpProbe): string {
  const words = ERRNO_WORDS[errno] ?? 'failed';
  return `${words} (${errno}${errno === 'ETIMEDOUT' ? `, ${Math.round(ms)} ms` : ''})`;
}

function endpoint({ address, family }: FoundAddress, port: number): string {
  return family === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}

function hintOf({ hostname, port, protocol }: URL, failed: readonly TcpProbe[]): string {
  if (failed.every(({ errno }) => errno === 'ETIMEDOUT')) {
    return 'A firewall may drop it, or the host is down; give it more time with --server-timeout.';
  }
  if (isLoopback(hostname)) return 'Is the server running, and on this port?';
  const standard = port === '' ? ` (${protocol === 'https:' ? 443 : 80}, as none is given)` : '';
  return `Is the server running, and is the port right${standard}?`;
}
