import { MAX_TIMER_MS, now } from '../core/clock.js';
import { abortError, OstlerError } from '../core/errors.js';
import { deadline } from '../core/wait.js';
import { withServer } from './http-errors.js';
import type { Link } from './link.js';
import { requestError } from './request-error.js';

/**
 * One request that is no tool call, within the server's call limit. Rejects with an `OstlerError`
 * that names the server; `interrupted` when the signal fires.
 */
export async function request(
  link: Link,
  method: string,
  params: Record<string, unknown>,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const { server } = link;
  const timeout = Math.min(MAX_TIMER_MS, server.callTimeoutMs);
  const limit = deadline(timeout, `${server.id}: ${method}`, signal);
  try {
    if (signal.aborted) throw abortError(signal);
    return await link.ask(method, params, { signal: limit.signal, timeout: MAX_TIMER_MS });
  } catch (error) {
    if (limit.signal.aborted) throw withServer(abortError(limit.signal), server.id);
    throw requestError(error, link, { what: method, acts: false });
  } finally {
    limit.clear();
  }
}

/** Throws when the server does not declare what it would be asked for. */
export function assertOffered({ server, client }: Link, what: 'prompts' | 'resources'): void {
  if (client.getServerCapabilities()?.[what] !== undefined) return;
  throw new OstlerError('server_failed', `${server.id} has no ${what}.`, { server: server.id });
}

/** Milliseconds of one `ping`; the 2026-07-28 revision has none, there `server/discover` is the cheapest request. */
export async function ping(link: Link, signal: AbortSignal): Promise<number> {
  const method = link.client.getProtocolEra() === 'modern' ? 'server/discover' : 'ping';
  const startedAt = now();
  await request(link, method, {}, signal);
  return now() - startedAt;
}
