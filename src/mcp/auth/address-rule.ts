import { isIP, type LookupFunction } from 'node:net';
import { OstlerError } from '../../core/errors.js';
import { isLoopback, originOf } from '../../net/address.js';
import { probeDns } from '../../net/probe-dns.js';
import { proxyFor } from '../../net/proxy.js';

/** Where an address is, as far as it matters for who may name it. `never` is nobody's: metadata services, multicast … */
export type Zone = 'public' | 'private' | 'shared' | 'loopback' | 'never';

/** What a server at this place may send the program to. */
const REACHES: Readonly<Record<Exclude<Zone, 'never'>, readonly Zone[]>> = {
  public: ['public'],
  private: ['public', 'private'],
  shared: ['public', 'shared'],
  loopback: ['public', 'private', 'shared', 'loopback'],
};

/**
 * Which URLs a server may name for its login: https at an address no closer than its own, or
 * anything on this machine when the server is there (basic/security_best_practices, SSRF).
 */
export interface AddressRule {
  /** Throws `forbidden` for what can be told from the URL alone. */
  check: (url: URL) => Promise<void>;
  /** Resolves names for a connection, and fails it when one of the addresses is out of bounds. */
  lookup: LookupFunction;
}

export function createAddressRule(
  base: URL,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): AddressRule {
  let place: Promise<keyof typeof REACHES> | undefined;
  const zone = () => (place ??= zoneOf(base, env, signal));
  const judge = async (host: string, addresses: readonly string[]) => {
    const allowed = REACHES[await zone()];
    for (const address of addresses) {
      if (!allowed.includes(await zoneOfAddress(address))) throw outOfBounds(host, base);
    }
  };
  return {
    async check(url) {
      checkForm(url, base);
      const host = hostOf(url);
      if (isIP(host) !== 0) await judge(url.host, [host]);
    },
    lookup(hostname, { all }, callback) {
      const find = async () => {
        const { addresses } = await probeDns(hostname, signal);
        await judge(
          hostname,
          addresses.map(({ address }) => address),
        );
        return addresses;
      };
      const done = async () => {
        try {
          const [first, ...others] = await find();
          if (first === undefined) throw refused(`${hostname} has no address`);
          if (all === true) return () => callback(null, [first, ...others]);
          return () => callback(null, first.address, first.family);
        } catch (error) {
          return () => callback(error as NodeJS.ErrnoException, []);
        }
      };
      // Called back outside of the promise, whose rejection is no place for what a socket throws.
      void done().then((call) => setImmediate(call));
    },
  };
}

function checkForm(url: URL, base: URL): void {
  if (url.username !== '' || url.password !== '') {
    throw refused(`${originOf(url)} is named with a user name or password`);
  }
  if (url.protocol === 'https:') return;
  const local = isLoopback(url.hostname) && isLoopback(base.hostname);
  if (url.protocol !== 'http:' || !local) {
    throw refused(`${originOf(url)} is not https, and what is sent there is secret`);
  }
}

/**
 * Only the written name makes a server one of this machine: what it resolves to is its owner's choice.
 * Whatever is not known counts as the public internet, which reaches least.
 */
async function zoneOf(
  base: URL,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<keyof typeof REACHES> {
  if (isLoopback(base.hostname)) return 'loopback';
  if (isIP(hostOf(base)) === 0 && proxyFor(base, env) !== undefined) return 'public';
  const found = await probeDns(base.hostname, signal).catch(() => ({ addresses: [] }));
  const zones = new Set(
    await Promise.all(found.addresses.map(({ address }) => zoneOfAddress(address))),
  );
  const [only = 'public'] = zones;
  return zones.size === 1 && (only === 'private' || only === 'shared') ? only : 'public';
}

const ZONES: Readonly<Record<string, Zone>> = {
  unicast: 'public',
  private: 'private',
  uniqueLocal: 'private',
  carrierGradeNat: 'shared',
  loopback: 'loopback',
};

/** Of an IPv4 or IPv6 address; an IPv4 address inside an IPv6 one (mapped, or NAT64) counts as itself. */
export async function zoneOfAddress(text: string): Promise<Zone> {
  const { default: ipaddr } = await import('ipaddr.js');
  if (!ipaddr.isValid(text)) return 'never';
  const address = ipaddr.process(text);
  const range = address.range();
  if (range !== 'rfc6052') return ZONES[range] ?? 'never';
  const embedded = ipaddr.fromByteArray(address.toByteArray().slice(-4));
  return ZONES[embedded.range()] ?? 'never';
}

function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

function outOfBounds(host: string, base: URL): OstlerError {
  return refused(
    `${host} is an address of a private or special network, out of bounds for ${base.host}`,
  );
}

function refused(what: string): OstlerError {
  return new OstlerError('forbidden', `Not asked: ${what}.`);
}
