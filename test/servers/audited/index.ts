import { startSampleServer } from '../../../src/serve/server.js';
import { startModern } from '../modern.js';
import { startFastMcp, startMcpProxy } from '../peers.js';
import { startRewriting, valuesOf } from '../rewriting-proxy.js';
import { startAudited, type AuditedServer, type Tokens } from './spawn.js';

type Start = (tokens: Tokens) => Promise<AuditedServer>;

const sample =
  (kind: 'math' | 'shell'): Start =>
  async ({ good, second }) =>
    startSampleServer({
      kind,
      tokens: [
        { name: 'alice', token: good },
        { name: 'bob', token: second },
      ],
    });

/** A right server of 2026-07-28 that leaves authentication to what stands before it. */
async function startGuardedModern({ good, second }: Tokens): Promise<AuditedServer> {
  const modern = await startModern();
  const guard = await startRewriting({
    upstream: modern.url,
    request(request) {
      const [header = '', ...more] = valuesOf(request, 'authorization');
      const [, token] = /^Bearer (\S+)$/i.exec(header) ?? [];
      if (more.length === 0 && (token === good || token === second)) return undefined;
      return { status: 401, headers: [['WWW-Authenticate', 'Bearer']], body: 'Unauthorized' };
    },
  });
  return {
    url: guard.origin,
    async close() {
      await guard.close();
      await modern.close();
    },
  };
}

const naive =
  (FAULT: string): Start =>
  (tokens) =>
    startAudited('naive.mjs', tokens, { FAULT });

/** The real parts by the ids of verdicts.json. */
export const AUDITED: Readonly<Record<string, Start>> = {
  math: sample('math'),
  shell: sample('shell'),
  sdk: (tokens) => startAudited('sdk.mjs', tokens, {}),
  'sdk-app': (tokens) => startAudited('sdk.mjs', tokens, { APP: 'mcp' }),
  fastmcp: ({ good }) => startFastMcp(good),
  'mcp-proxy': ({ good }) => startMcpProxy(good),
  modern: startGuardedModern,
  'post-unguarded': naive('get'),
  'tool-only': naive('tool'),
  'never-rejects': naive('never'),
  'token-in-query': naive('query'),
};
