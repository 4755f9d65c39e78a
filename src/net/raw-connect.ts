import net from 'node:net';
import type { PeerCertificate, SecureVersion, TLSSocket } from 'node:tls';
import { abortError } from '../core/errors.js';
import { redact } from '../core/redact.js';
import { toNetError } from './failure.js';
import { proxyFor } from './proxy.js';
import { placeOf, tlsOptions } from './raw-agent.js';

/** True when something accepts a TCP connection there within `ms` milliseconds. Rejects with the signal's reason only. */
export function canConnect(
  host: string,
  port: number,
  { ms, signal }: { ms: number; signal: AbortSignal },
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(abortError(signal));
    const socket = net.connect({ host: host.replace(/^\[|\]$/g, ''), port });
    const settle = (finish: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      finish();
    };
    const onAbort = () => settle(() => reject(abortError(signal)));
    const timer = setTimeout(() => settle(() => resolve(false)), ms);
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('connect', () => settle(() => resolve(true)));
    socket.on('error', () => settle(() => resolve(false)));
  });
}

/** What a TLS handshake shows of a server. */
export interface TlsFacts {
  /** `TLSv1.3`. */
  protocol: string;
  cipher: string;
  /** Signed by an authority that is known, for this host, in its time. */
  authorized: boolean;
  /** `CERT_HAS_EXPIRED`, `DEPTH_ZERO_SELF_SIGNED_CERT` …; undefined when authorized. */
  error: string | undefined;
  validFrom: Date;
  validTo: Date;
  /** `DNS:example.com`, `IP Address:127.0.0.1`. Hostile text. */
  names: readonly string[];
  subject: string | undefined;
  issuer: string | undefined;
}

export interface TlsOptions {
  signal: AbortSignal;
  /** Milliseconds; default 10,000. */
  timeoutMs?: number;
  ca?: string | undefined;
  /** The highest version that is offered, to learn whether an old one is still accepted. */
  maxVersion?: SecureVersion;
}

/**
 * Shakes hands with an https origin and looks at its certificate, whether it is right or not. No
 * byte of HTTP is sent. Behind a proxy there is nothing to see. Rejects with the signal's reason only.
 */
export async function peerCertificate(
  url: URL,
  options: TlsOptions,
): Promise<TlsFacts | { problem: string }> {
  if (proxyFor(url, process.env) !== undefined) {
    return { problem: 'it is reached through a proxy, which its certificate is not seen through' };
  }
  const { signal, timeoutMs = 10_000 } = options;
  const socket = await connect(url, options);
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      finish();
    };
    const problem = (text: string) => settle(() => resolve({ problem: redact(text) }));
    const onAbort = () => settle(() => reject(abortError(signal)));
    const timer = setTimeout(
      () => problem(`no TLS handshake within ${timeoutMs / 1000} s`),
      timeoutMs,
    );
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    socket.once('secureConnect', () => {
      const facts = factsOf(socket);
      settle(() => resolve(facts));
    });
    socket.on('error', (error) => problem(toNetError(error, url).message));
  });
}

async function connect(url: URL, { ca, maxVersion }: TlsOptions): Promise<TLSSocket> {
  const tls = await import('node:tls');
  const { host = '', port } = placeOf(url);
  const name = String(host);
  return tls.connect({
    host: name,
    port: Number(port),
    ...(net.isIP(name) === 0 ? { servername: name } : {}),
    ...(maxVersion === undefined
      ? await tlsOptions(ca)
      : // OpenSSL offers the old versions at the lowest security level only.
        { minVersion: 'TLSv1', maxVersion, ciphers: 'DEFAULT@SECLEVEL=0' }),
    rejectUnauthorized: false,
  });
}

function factsOf(socket: TLSSocket): TlsFacts {
  const certificate = socket.getPeerCertificate();
  const { authorizationError } = socket;
  const error = authorizationError as (Error & { code?: string }) | string | undefined;
  return {
    protocol: socket.getProtocol() ?? '',
    cipher: socket.getCipher().name,
    authorized: socket.authorized,
    error: socket.authorized ? undefined : codeOf(error),
    validFrom: new Date(certificate.valid_from),
    validTo: new Date(certificate.valid_to),
    names: (certificate.subjectaltname ?? '').split(', ').filter((name) => name !== ''),
    subject: nameOf(certificate, 'subject'),
    issuer: nameOf(certificate, 'issuer'),
  };
}

function codeOf(error: (Error & { code?: string }) | string | undefined): string {
  return typeof error === 'string' ? error : (error?.code ?? error?.message ?? 'unauthorized');
}

function nameOf(certificate: PeerCertificate, part: 'subject' | 'issuer'): string | undefined {
  const { CN: name } = (certificate[part] as PeerCertificate['subject'] | undefined) ?? {};
  return typeof name === 'string' ? name : undefined;
}
