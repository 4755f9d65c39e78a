import { afterAll, beforeAll, expect } from 'vitest';
import type { Check } from '../../src/check/audit/types.js';
import { startSampleServer } from '../../src/serve/server.js';
import type { CheckEra, CheckResult } from '../../src/core/check-events.js';
import type { SampleServer } from '../../src/serve/types.js';
import {
  bodyOf,
  type Rewritable,
  type RewritingOptions,
  setValue,
  startRewriting,
  valueOf,
} from '../servers/rewriting-proxy.js';
import { type RightModern, startRightModern } from '../servers/right-modern.js';
import { audit, type AuditUrl } from './audit.js';

export const TOKEN = 'token-of-alice-0123456789abcdef0123';
export const SECOND = 'token-of-bob---0123456789abcdef0123';

export type Fault = Omit<RewritingOptions, 'upstream'>;

export interface RightServers {
  /** The endpoint of the right server of an era. */
  url: (era: CheckEra) => string;
  /** Runs `use` with the endpoint of that server with one thing broken. */
  broken: <T>(era: CheckEra, fault: Fault, use: (url: string) => Promise<T>) => Promise<T>;
}

/** One right server of each era for a test file: the sample server, and one of 2026-07-28. */
export function rightServers(): RightServers {
  let sample: SampleServer;
  let modern: RightModern;
  beforeAll(async () => {
    const tokens = [
      { name: 'alice', token: TOKEN },
      { name: 'bob', token: SECOND },
    ];
    // Each audit has sessions and wrong tokens of its own.
    const limits = { badTokens: 10_000, sessionsPerPrincipal: 1_000 };
    sample = await startSampleServer({ kind: 'math', tokens, limits });
    modern = await startRightModern([TOKEN, SECOND]);
  });
  afterAll(async () => {
    await sample.close();
    await modern.close();
  });
  const url = (era: CheckEra) =>
    ({ sse: sample.sseUrl, sessions: sample.mcpUrl, stateless: modern.mcpUrl })[era];
  return {
    url,
    async broken(era, fault, use) {
      const { origin, pathname } = new URL(url(era));
      const proxy = await startRewriting({ ...fault, upstream: origin });
      try {
        return await use(`${proxy.origin}${pathname}`);
      } finally {
        await proxy.close();
      }
    },
  };
}

type More = Partial<AuditUrl>;

export interface Checking extends RightServers {
  /** The result of one check against a URL, with the good credential. */
  run: (url: string, id: string, more?: More) => Promise<CheckResult>;
  /** It passes on the right server of the era; the result is that of the same one with a fault. */
  both: (era: CheckEra, id: string, options: More & { fault: Fault }) => Promise<CheckResult>;
}

/** The checks of one group, against right servers and broken ones. */
export function checking(checks: readonly Check[]): Checking {
  const servers = rightServers();
  const headers = [['Authorization', `Bearer ${TOKEN}`]] as const;
  const run: Checking['run'] = async (url, id, more = {}) => {
    const { results } = await audit({ url, headers, checks, only: [id], ...more });
    const result = results.get(id);
    if (result === undefined) throw new Error(`${id} did not run`);
    return result;
  };
  return {
    ...servers,
    run,
    async both(era, id, { fault, ...more }) {
      const right = await run(servers.url(era), id, more);
      expect(right, right.reason).toMatchObject({ outcome: 'pass' });
      return servers.broken(era, fault, (url) => run(url, id, more));
    },
  };
}

/** Puts another JSON body in the place of one that fits, and the headers that go with it. */
export function rewriteBody(
  change: (body: Record<string, unknown>) => object | undefined,
): (request: Rewritable) => void {
  return (request) => {
    const body = bodyOf(request);
    const other = body === undefined ? undefined : change(body);
    if (other === undefined) return;
    request.body = Buffer.from(JSON.stringify(other));
    setRightHeaders(request, other);
  };
}

/** The 2026-07-28 headers that go with a body. */
export function setRightHeaders(request: Rewritable, body: object): void {
  if (valueOf(request, 'mcp-protocol-version') !== '2026-07-28') return;
  const { method, params } = body as { method?: string; params?: { name?: string } };
  setValue(request, 'Mcp-Method', method);
  setValue(request, 'Mcp-Name', params?.name);
}
