import { lookup as systemLookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { now } from '../core/clock.js';
import { OstlerError } from '../core/errors.js';
import { withSignal } from '../core/wait.js';
import { errnoOf } from './probe-errno.js';

export interface FoundAddress {
  address: string;
  family: 4 | 6;
}

export interface DnsProbe {
  /** In the order connections are tried. Empty only for a failure. */
  addresses: readonly FoundAddress[];
  /** The host is an address itself, and nothing was asked. */
  literal: boolean;
  ms: number;
}

export type Lookup = (
  host: string,
  options: { all: true; order: 'verbatim' },
) => Promise<{ address: string; family: number }[]>;

const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'there is no such host name',
  EAI_AGAIN: 'the name server does not answer',
  ENODATA: 'the name has no address',
};

/** All addresses of a host by the system's resolver, as a connection would get them. Rejects with `server_unreachable`. */
export async function probeDns(
  hostname: string,
  signal: AbortSignal,
  lookup: Lookup = systemLookup,
): Promise<DnsProbe> {
  const host = hostname.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  if (family !== 0) {
    return { addresses: [{ address: host, family: family === 6 ? 6 : 4 }], literal: true, ms: 0 };
  }
  const startedAt = now();
  try {
    const found = await withSignal(lookup(host, { all: true, order: 'verbatim' }), signal);
    const addresses = found.map(({ address, family: kind }): FoundAddress => ({
      address,
      family: kind === 6 ? 6 : 4,
    }));
    if (addresses.length === 0) throw notFound(host, 'ENODATA');
    return { addresses, literal: false, ms: now() - startedAt };
  } catch (error) {
    throw error instanceof OstlerError ? error : notFound(host, errnoOf(error), error);
  }
}

function notFound(host: string, code: string, cause?: unknown): OstlerError {
  const reason = REASONS[code] ?? 'the host name could not be looked up';
  return new OstlerError('server_unreachable', `${host}: ${reason} (${code || 'unknown'}).`, {
    cause,
    hint:
      code === 'EAI_AGAIN'
        ? 'Is this machine connected, and its name server right?'
        : 'Check the host name in the URL.',
  });
}
