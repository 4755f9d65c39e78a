import { runAudit } from '../../src/check/audit/run.js';
import type { AuditOptions, AuditTokens } from '../../src/check/audit/options.js';
import type { Check } from '../../src/check/audit/types.js';
import type { RemoteServer } from '../../src/config/types.js';
import { transportOf } from '../../src/config/remote-url.js';
import type { CheckEvent, CheckResult } from '../../src/core/check-events.js';
import { createAbort } from '../../src/core/wait.js';

export interface AuditUrl
  extends
    AuditTokens,
    Partial<
      Pick<AuditOptions, 'maxRequests' | 'rate' | 'thorough' | 'active' | 'tool' | 'watchMs'>
    > {
  url: string;
  /** The good credential: `[['Authorization', 'Bearer …']]`. */
  headers?: readonly (readonly [name: string, value: string])[];
  /** Default: the catalogue. */
  checks?: readonly Check[];
  /** Ids; default all of `checks`, those for `active` only with it. */
  only?: readonly string[];
  /** What a definition says besides: `transport`, `fallback`, `protocol`, `ca`, `insecure`. */
  server?: Partial<RemoteServer>;
  signal?: AbortSignal;
  onEvent?: (event: CheckEvent) => void;
}

export interface Audited {
  results: Map<string, CheckResult>;
  events: CheckEvent[];
  end: Extract<CheckEvent, { type: 'check_end' }>;
}

/** Audits a URL in this process, as fast as it can and with a short watch; the transport is guessed as for a bare URL. */
export async function audit(options: AuditUrl): Promise<Audited> {
  const { url, headers = [], only, server, onEvent, checks: own, ...rest } = options;
  const checks = own ?? (await import('../../src/check/catalogue.js')).CATALOGUE;
  const { second, expired, wrongAudience, limited, ...others } = rest;
  const events: CheckEvent[] = [];
  const stream = runAudit({
    rate: 'unlimited',
    watchMs: 400,
    signal: createAbort().signal,
    ...others,
    server: remote(url, headers, server),
    checks: checks.filter(({ id, active }) =>
      only === undefined ? rest.active === true || !active : only.includes(id),
    ),
    tokens: { second, expired, wrongAudience, limited },
  });
  for await (const event of stream) {
    events.push(event);
    onEvent?.(event);
  }
  const end = events.at(-1);
  if (end?.type !== 'check_end') throw new Error('the audit did not end with check_end');
  const results = events.filter((event) => event.type === 'check').map(({ result }) => result);
  return { results: new Map(results.map((result) => [result.id, result])), events, end };
}

/** A server definition of a bare URL. */
export function remote(
  url: string,
  headers: RemoteServer['headers'] = [],
  more: Partial<RemoteServer> = {},
): RemoteServer {
  return {
    id: new URL(url).hostname,
    origin: { layer: 'flag', where: '--server' },
    protocol: 'auto',
    connectTimeoutMs: 10_000,
    callTimeoutMs: 30_000,
    filter: {},
    required: false,
    disabled: false,
    autoApprove: [],
    transport: transportOf(new URL(url)),
    fallback: true,
    url,
    headers,
    insecure: false,
    ...more,
  };
}
