import type { Socket } from 'node:net';
import {
  checkServerIdentity,
  connect,
  rootCertificates,
  type ConnectionOptions,
  type DetailedPeerCertificate,
  type PeerCertificate,
  type SecureVersion,
  type TLSSocket,
} from 'node:tls';
import { now } from '../core/clock.js';
import { abortError } from '../core/errors.js';
import { toNetError } from './failure.js';
import { errnoOf } from './probe-errno.js';

export interface ShownCertificate {
  /** Common name, or what else names it; the server's own text. */
  subject: string;
  issuer: string;
  validFrom: Date;
  validTo: Date;
}

export interface TlsProbe {
  /** `TLSv1.3`. */
  protocol: string;
  cipher: string;
  /** The leaf first. */
  chain: readonly ShownCertificate[];
  /** `DNS:example.com`, at most 50. */
  altNames: readonly string[];
  /** All that is wrong with the certificate, by Node's and OpenSSL's codes: `CERT_HAS_EXPIRED`. Empty when it is trusted. */
  faults: readonly string[];
  ms: number;
}

export interface TlsTarget {
  url: URL;
  /** Default: the URL's host and port. */
  address?: string | undefined;
  port?: number | undefined;
  ca?: string | undefined;
  /** The highest version that is offered; then old ones are offered too. */
  maxVersion?: SecureVersion | undefined;
  /** A connection that stands already, through a proxy. */
  socket?: Socket | undefined;
}

const MAX_CHAIN = 10;
const MAX_NAMES = 50;

/**
 * Shakes hands and looks at the certificate, whatever is wrong with it. Nothing is sent. Rejects
 * with `tls_error` when there is no handshake, with the signal's reason when it fires.
 */
export function probeTls(target: TlsTarget, signal: AbortSignal): Promise<TlsProbe> {
  const { url, ca, socket } = target;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const { address = host, port = Number(url.port === '' ? 443 : url.port) } = target;
  const isName = /[a-z]/i.test(host) && !host.includes(':');
  const startedAt = now();
  return new Promise((resolve, reject) => {
    const tls = connect({
      ...(socket === undefined ? { host: address, port } : { socket, host }),
      ...(isName ? { servername: host } : {}),
      ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }),
      ...oldVersions(target.maxVersion),
      // Looked at here and judged below: a connection that is refused tells nothing of the certificate.
      rejectUnauthorized: false,
      ALPNProtocols: ['http/1.1'],
    });
    const end = () => {
      signal.removeEventListener('abort', onAbort);
      tls.destroy();
    };
    const onAbort = () => {
      end();
      reject(abortError(signal));
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    tls.once('secureConnect', () => {
      const found = describe(tls, { host, ca, ms: now() - startedAt });
      end();
      resolve(found);
    });
    tls.once('error', (error) => {
      end();
      reject(toNetError(error, url));
    });
    tls.once('close', () => {
      end();
      reject(toNetError(Object.assign(new Error('closed'), { code: 'ECONNRESET' }), url));
    });
  });
}

/** OpenSSL offers the old versions at the lowest security level only. */
function oldVersions(maxVersion: SecureVersion | undefined): ConnectionOptions {
  if (maxVersion === undefined) return {};
  return { minVersion: 'TLSv1', maxVersion, ciphers: 'DEFAULT@SECLEVEL=0' };
}

function describe(
  tls: TLSSocket,
  { host, ca, ms }: { host: string; ca: string | undefined; ms: number },
): TlsProbe {
  const leaf = tls.getPeerCertificate(true);
  return {
    protocol: tls.getProtocol() ?? 'unknown',
    cipher: tls.getCipher().standardName,
    chain: chainOf(leaf),
    altNames: (leaf.subjectaltname ?? '')
      .split(', ')
      .filter((name) => name !== '')
      .slice(0, MAX_NAMES),
    faults: faultsOf(tls, leaf, { host, ca }),
    ms,
  };
}

/** Node tells the first thing that is wrong only, and compares the name of a trusted chain only. */
function faultsOf(
  tls: TLSSocket,
  leaf: DetailedPeerCertificate,
  { host, ca }: { host: string; ca: string | undefined },
): string[] {
  if (tls.authorized) return [];
  const error: unknown = tls.authorizationError;
  const code = typeof error === 'string' ? error : errnoOf(error);
  const faults = new Set([code === '' ? 'CERT_UNTRUSTED' : code]);
  const selfSigned = leaf.fingerprint256 === leaf.issuerCertificate?.fingerprint256;
  const known = ca?.replaceAll(/\s/g, '').includes(leaf.raw.toString('base64')) === true;
  if (selfSigned && !known) faults.add('DEPTH_ZERO_SELF_SIGNED_CERT');
  if (new Date(leaf.valid_to).getTime() < Date.now()) faults.add('CERT_HAS_EXPIRED');
  if (checkServerIdentity(host, leaf) !== undefined) faults.add('ERR_TLS_CERT_ALTNAME_INVALID');
  return [...faults];
}

function chainOf(leaf: PeerCertificate): ShownCertificate[] {
  const chain: ShownCertificate[] = [];
  const seen = new Set<string>();
  let at: unknown = leaf;
  while (isCertificate(at) && chain.length < MAX_CHAIN && !seen.has(at.fingerprint256)) {
    seen.add(at.fingerprint256);
    chain.push({
      subject: nameOf(at.subject),
      issuer: nameOf(at.issuer),
      validFrom: new Date(at.valid_from),
      validTo: new Date(at.valid_to),
    });
    at = 'issuerCertificate' in at ? at.issuerCertificate : undefined;
  }
  return chain;
}

function isCertificate(value: unknown): value is PeerCertificate {
  return typeof value === 'object' && value !== null && 'fingerprint256' in value;
}

function nameOf(name: PeerCertificate['subject'] | undefined): string {
  const { CN, O, OU } = { CN: undefined, O: undefined, OU: undefined, ...name };
  const found: unknown = CN ?? O ?? OU;
  return [found].flat().map(String).join(', ') || 'no name';
}
