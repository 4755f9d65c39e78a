import type { IncomingMessage } from 'node:http';
import { isLoopback } from '../policy.js';
import { rawValues } from './raw-headers.js';
import { Refusal } from './refusal.js';

/** `name`, `1.2.3.4` or `[::1]`, with or without a port (RFC 9112 §3.2). */
const HOST = /^(\[[0-9a-f:.]+\]|[^:[\]/@\s]+)(?::(\d{1,5}))?$/;

/**
 * Against DNS rebinding: the request must have been sent to an address of this very connection, to
 * `localhost`, or to a name from the allow-list. An address cannot be rebound, only a name can.
 * https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#security-warning
 */
export function checkHost(req: IncomingMessage, allowedHosts: ReadonlySet<string>): void {
  const [host, ...more] = rawValues(req, 'host');
  if (host === undefined || more.length > 0 || !isOurHost(host.toLowerCase(), req, allowedHosts)) {
    throw new Refusal(403, 'Forbidden: this Host is not served here.');
  }
}

function isOurHost(host: string, req: IncomingMessage, allowed: ReadonlySet<string>): boolean {
  const match = HOST.exec(host);
  if (match === null) return false;
  const name = match[1] ?? '';
  if (allowed.has(name) || allowed.has(host)) return true;
  if (Number(match[2] ?? 80) !== req.socket.localPort) return false;
  // A socket bound to `::` shows IPv4 peers as `::ffff:1.2.3.4`.
  const local = (req.socket.localAddress ?? '').replace(/^::ffff:/, '');
  if (name === 'localhost') return isLoopback(local);
  return name.replaceAll(/[[\]]/g, '') === local;
}
