import { connect, type Socket } from 'node:net';
import { now } from '../core/clock.js';
import { abortError, OstlerError } from '../core/errors.js';
import type { FoundAddress } from './probe-dns.js';
import { errnoOf } from './probe-errno.js';

export interface TcpProbe extends FoundAddress {
  /** Until the connection stood, or until it was known that it will not. */
  ms: number;
  /** Why not: `ECONNREFUSED`, `ETIMEDOUT`; undefined when the address answered. */
  errno?: string;
}

/** More addresses than this are not tried; large sites have dozens. */
const MAX_TRIED = 8;

/**
 * Connects to every address at once and lets go again: which of them answer, and how fast. An
 * address that says nothing within `limitMs` is `ETIMEDOUT`. Rejects only when the signal fires.
 */
export async function probeTcp(
  addresses: readonly FoundAddress[],
  { port, limitMs, signal }: { port: number; limitMs: number; signal: AbortSignal },
): Promise<TcpProbe[]> {
  if (signal.aborted) throw abortError(signal);
  const found = await Promise.all(
    addresses.slice(0, MAX_TRIED).map((each) => probeOne(each, { port, limitMs, signal })),
  );
  if (signal.aborted) throw abortError(signal);
  return found;
}

function probeOne(
  { address, family }: FoundAddress,
  { port, limitMs, signal }: { port: number; limitMs: number; signal: AbortSignal },
): Promise<TcpProbe> {
  const startedAt = now();
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, family });
    const end = (errno?: string) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      resolve({
        address,
        family,
        ms: now() - startedAt,
        ...(errno === undefined ? {} : { errno }),
      });
    };
    const onAbort = () => end('ECANCELED');
    const timer = setTimeout(() => end('ETIMEDOUT'), limitMs);
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('connect', () => end());
    socket.once('error', (error) => end(errnoOf(error) || 'EUNKNOWN'));
  });
}

/** A connection through an http proxy, as `CONNECT` makes it (RFC 9110 §9.3.6). Rejects with `server_unreachable`. */
export async function connectThrough(
  proxy: URL,
  target: { host: string; port: number },
  signal: AbortSignal,
): Promise<Socket> {
  const { request } =
    proxy.protocol === 'https:' ? await import('node:https') : await import('node:http');
  const { username, password } = proxy;
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return new Promise((resolve, reject) => {
    const asked = request({
      host: proxy.hostname.replace(/^\[|\]$/g, ''),
      port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
      method: 'CONNECT',
      path: `${target.host}:${target.port}`,
      headers: {
        host: `${target.host}:${target.port}`,
        ...(username === ''
          ? {}
          : { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` }),
      },
      signal,
    });
    asked.once('connect', ({ statusCode }, socket) => {
      if (statusCode === 200) resolve(socket);
      else {
        socket.destroy();
        reject(refused(`it answers HTTP ${statusCode ?? 0}`, statusCode));
      }
    });
    asked.once('response', ({ statusCode }) => {
      asked.destroy();
      reject(refused(`it answers HTTP ${statusCode ?? 0}`, statusCode));
    });
    asked.once('error', (error) => {
      reject(
        signal.aborted ? abortError(signal) : refused(errnoOf(error) || 'the connection broke'),
      );
    });
    asked.end();
  });
}

function refused(why: string, status?: number): OstlerError {
  return new OstlerError('server_unreachable', `The proxy does not open the way: ${why}.`, {
    hint:
      status === 407
        ? 'Put the user name and password into the proxy variable: http://user:password@host:port'
        : 'Check the proxy variable, or list the host in NO_PROXY.',
  });
}
