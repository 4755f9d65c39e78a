import { AUTH_CHECKS } from '../../src/check/checks/auth/index.js';
import type { CheckEra, CheckResult } from '../../src/core/check-events.js';
import { startSampleServer } from '../../src/serve/server.js';
import { startGuardedModern } from '../servers/guarded-modern.js';
import {
  setValue,
  startRewriting,
  valueOf,
  type Reply,
  type Rewritable,
  type RewritingOptions,
} from '../servers/rewriting-proxy.js';
import { audit, type AuditUrl } from './audit.js';

export const TOKEN = 'token-of-alice-0123456789abcdef';
export const GOOD = `Bearer ${TOKEN}`;
export const PASSIVE = AUTH_CHECKS.filter(({ active }) => !active);

interface RightServer {
  origin: string;
  /** Where it is audited. */
  path: string;
  close: () => Promise<void>;
}

async function rightServer(era: CheckEra): Promise<RightServer> {
  if (era === 'stateless') {
    const { origin, close } = await startGuardedModern(TOKEN);
    return { origin, close, path: '/mcp' };
  }
  const sample = await startSampleServer({
    kind: 'math',
    tokens: [{ name: 'alice', token: TOKEN }],
    // A thorough audit tries more wrong tokens than one may try in ten seconds.
    limits: { badTokens: 1000 },
  });
  return { origin: sample.url, close: sample.close, path: era === 'sse' ? '/sse' : '/mcp' };
}

export interface AuditedServer extends Partial<Omit<AuditUrl, 'url' | 'checks'>> {
  era: CheckEra;
  fault?: Omit<RewritingOptions, 'upstream'>;
  checks?: AuditUrl['checks'];
}

/** Audits a right server of this era, with one fault before it. */
export async function audited({ era, fault = {}, checks = PASSIVE, ...rest }: AuditedServer) {
  const right = await rightServer(era);
  const proxy = await startRewriting({ upstream: right.origin, ...fault });
  try {
    const { results, end } = await audit({
      url: `${proxy.origin}${right.path}`,
      headers: [['Authorization', GOOD]],
      maxRequests: 500,
      checks,
      ...rest,
    });
    return { results, end, of: (id: string) => found(results, id) };
  } finally {
    await proxy.close();
    await right.close();
  }
}

export function found(results: ReadonlyMap<string, CheckResult>, id: string): CheckResult {
  const result = results.get(id);
  if (result === undefined) throw new Error(`no result for ${id}`);
  return result;
}

export function idsWith(
  results: ReadonlyMap<string, CheckResult>,
  outcome: CheckResult['outcome'],
) {
  return [...results.values()].filter((result) => result.outcome === outcome).map(({ id }) => id);
}

export const auth = (request: Rewritable) => valueOf(request, 'authorization');
export const letIn = (request: Rewritable) => setValue(request, 'Authorization', GOOD);
export const pathOf = (request: Rewritable) => request.path.split('?')[0] ?? '';
export const isPost = (request: Rewritable) => request.method === 'POST';
export const stranger = (request: Rewritable) => auth(request) === undefined;

/** Lets in what fits. */
export const opens = (fits: (request: Rewritable) => boolean) => ({
  request(request: Rewritable) {
    if (fits(request)) letIn(request);
  },
});

/** Answers what fits. */
export const answers = (fits: (request: Rewritable) => boolean, reply: Reply | 'drop') => ({
  request: (request: Rewritable) => (fits(request) ? reply : undefined),
});
