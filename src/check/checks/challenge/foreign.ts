import { now } from '../../../core/clock.js';
import type { Evidence } from '../../../core/check-events.js';
import { OstlerError } from '../../../core/errors.js';
import { redact } from '../../../core/redact.js';
import { VERSION } from '../../../core/version.js';
import { probeDns } from '../../../net/probe-dns.js';
import { sendRaw, type RawAnswer } from '../../../net/raw.js';
import type { Answer, Audit } from '../../audit/types.js';
import { placeOf } from '../network/place.js';
import { urlFault } from './document-url.js';

export interface ForeignOptions {
  what: string;
  maxBytes: number;
  timeoutMs: number;
}

/**
 * GETs a URL of another origin that the audited server named: with no header of the server's, over https, never from
 * an address of this machine or a private network unless the audited server is there itself. So no server can make
 * this program look around where the server cannot.
 */
export async function fetchForeign(
  audit: Audit,
  url: URL,
  { what, maxBytes, timeoutMs }: ForeignOptions,
): Promise<Answer | { forbidden: string }> {
  const fault = urlFault(audit, url.href);
  if (fault !== undefined) return { forbidden: `${url.host} was not asked: its URL ${fault}` };
  const started = now();
  const headers = [
    ['User-Agent', `ostler/${VERSION} (check)`],
    ['Accept', 'application/json'],
    ['Accept-Encoding', 'identity'],
  ] as const;
  const path = `${url.pathname}${url.search}`;
  const show = (raw: RawAnswer): Answer => ({
    ...raw,
    messages: [],
    evidence: toEvidence({ what, path: url.href, headers }, raw),
  });
  try {
    const { addresses } = await probeDns(url.hostname, audit.signal);
    const inside = await firstInside(addresses.map(({ address }) => address));
    if (inside !== undefined && (await placeOf(audit)) !== inside.place) {
      return { forbidden: `${url.host} was not asked: its address is ${inside.name}` };
    }
  } catch (error) {
    if (audit.signal.aborted || !(error instanceof OstlerError)) throw error;
    return show(noAnswer(error.message, now() - started));
  }
  const request = { origin: new URL(url.origin), method: 'GET', path, headers };
  return show(await sendRaw(request, { signal: audit.signal, timeoutMs, maxBytes }));
}

/** The first address that is not on the public internet. */
async function firstInside(
  addresses: readonly string[],
): Promise<{ place: string; name: string } | undefined> {
  const { default: ipaddr } = await import('ipaddr.js');
  for (const address of addresses) {
    if (!ipaddr.isValid(address)) return { place: 'unknown', name: 'none' };
    const range = ipaddr.process(address).range();
    if (range === 'unicast') continue;
    if (range === 'loopback') return { place: 'loopback', name: 'on this machine' };
    const isPrivate = range === 'private' || range === 'uniqueLocal';
    // Link-local is where clouds keep their metadata services: never.
    return { place: isPrivate ? 'private' : range, name: 'of a private or special network' };
  }
  return undefined;
}

function noAnswer(problem: string, ms: number): RawAnswer {
  const took = Math.round(ms);
  return {
    status: 0,
    statusText: '',
    headers: [],
    body: new Uint8Array(),
    cut: false,
    problem: redact(problem),
    headersMs: took,
    ms: took,
  };
}

const SHOWN = 2_048;

function toEvidence(sent: Pick<Evidence, 'what' | 'path' | 'headers'>, raw: RawAnswer): Evidence {
  const text = Buffer.from(raw.body).toString('utf8');
  return {
    ...sent,
    path: redact(sent.path),
    method: 'GET',
    status: raw.status,
    responseHeaders: raw.headers.map(([name, value]) => [name, redact(value)] as const),
    ...(text === '' ? {} : { responseBody: redact(text).slice(0, SHOWN) }),
    ...(raw.problem === undefined ? {} : { problem: raw.problem }),
    ms: raw.ms,
  };
}
