import type { IncomingMessage } from 'node:http';
import { createAuthenticate } from '../../src/serve/http/authenticate.js';
import { startModern } from './modern.js';
import { startRewriting, type Reply, type Rewritable } from './rewriting-proxy.js';

export interface GuardedModern {
  /** `http://127.0.0.1:<port>` */
  origin: string;
  mcpUrl: string;
  close: () => Promise<void>;
}

/** A server of the 2026-07-28 revision behind the sample servers' own bearer guard. */
export async function startGuardedModern(token: string): Promise<GuardedModern> {
  const modern = await startModern();
  const guard = createGuard(token);
  const proxy = await startRewriting({ upstream: modern.url, request: guard });
  return {
    origin: proxy.origin,
    mcpUrl: `${proxy.origin}/mcp`,
    async close() {
      await Promise.all([proxy.close(), modern.close()]);
    },
  };
}

function createGuard(token: string) {
  const authenticate = createAuthenticate([{ name: 'alice', token }]);
  return (request: Rewritable): Reply | void => {
    const verdict = authenticate({ rawHeaders: request.headers.flat() } as IncomingMessage);
    if ('refusal' in verdict) {
      const { status, message, headers } = verdict.refusal;
      return refuse(status, message, headers);
    }
    if (request.path.split('?')[0] !== '/mcp') return refuse(404, 'Not Found.');
  };
}

/** A small JSON-RPC error, as the sample servers answer. */
export function refuse(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  const error = { code: -32_000, message };
  return {
    status,
    headers: [
      ['Content-Type', 'application/json'],
      ['Cache-Control', 'no-store'],
      ...Object.entries(headers),
    ],
    body: JSON.stringify({ jsonrpc: '2.0', id: null, error }),
  };
}
