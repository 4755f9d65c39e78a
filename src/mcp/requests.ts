import { MAX_TIMER_MS, now } from '../core/clock.js';
import { OstlerError } from '../core/errors.js';
import { isRecord } from '../core/json.js';
import type { Link } from './link.js';
import { requestError } from './request-error.js';
import { runRequest } from './running.js';

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
  try {
    const result = await runRequest(link, {
      what: method,
      signal,
      renewals: 1,
      send: (round, { clock }) =>
        link.ask(
          method,
          { ...params, ...round },
          {
            signal: clock.signal,
            timeout: MAX_TIMER_MS,
            allowInputRequired: true,
          },
        ),
    });
    return isRecord(result) ? result : {};
  } catch (error) {
    throw requestError(error, link, { what: method, acts: false });
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
