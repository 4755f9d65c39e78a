import type { SecureVersion } from 'node:tls';
import { toErrorInfo } from '../core/errors.js';
import { deadline } from '../core/wait.js';
import { probeTls, type TlsProbe } from './probe-tls.js';
import { proxyFor } from './proxy.js';

export interface PeerOptions {
  signal: AbortSignal;
  /** Milliseconds; default 10,000. */
  timeoutMs?: number;
  ca?: string | undefined;
  /** The highest version that is offered, to learn whether an old one is still accepted. */
  maxVersion?: SecureVersion | undefined;
}

/**
 * The handshake and certificate of an https origin, whether it is right or not; or why there is
 * none. Behind a proxy there is nothing to see. Rejects with the signal's reason only.
 */
export async function peerCertificate(
  url: URL,
  { signal, timeoutMs = 10_000, ca, maxVersion }: PeerOptions,
): Promise<TlsProbe | { problem: string }> {
  if (proxyFor(url, process.env) !== undefined) {
    return { problem: 'it is reached through a proxy, which its certificate is not seen through' };
  }
  const limit = deadline(timeoutMs, 'The TLS handshake', signal);
  try {
    return await probeTls({ url, ca, maxVersion }, limit.signal);
  } catch (error) {
    if (signal.aborted) throw error;
    return { problem: toErrorInfo(error).message };
  } finally {
    limit.clear();
  }
}
