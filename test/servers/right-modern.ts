import { startModern } from './modern.js';
import {
  type Reply,
  type Rewritable,
  setValue,
  startRewriting,
  valueOf,
} from './rewriting-proxy.js';

export interface RightModern {
  origin: string;
  mcpUrl: string;
  close: () => Promise<void>;
}

/** A server of the 2026-07-28 revision behind the door it ought to have: host, origin, token, type, size. */
export async function startRightModern(tokens: readonly string[]): Promise<RightModern> {
  const modern = await startModern();
  let host = '';
  const proxy = await startRewriting({
    upstream: modern.url,
    request: (request) => refusalOf(request, { host, tokens }),
    response(response) {
      setValue(response, 'Cache-Control', 'no-store');
      setValue(response, 'X-Content-Type-Options', 'nosniff');
      setValue(response, 'X-Accel-Buffering', 'no');
    },
  });
  host = new URL(proxy.origin).host;
  return {
    origin: proxy.origin,
    mcpUrl: `${proxy.origin}/mcp`,
    async close() {
      await proxy.close();
      await modern.close();
    },
  };
}

function refusalOf(
  request: Rewritable,
  { host, tokens }: { host: string; tokens: readonly string[] },
): Reply | undefined {
  const sent = valueOf(request, 'authorization');
  if (valueOf(request, 'host') !== host) return refuse(403, 'Forbidden');
  if (valueOf(request, 'origin') !== undefined) return refuse(403, 'Forbidden');
  if (request.method === 'OPTIONS') return refuse(405, 'Method Not Allowed');
  if (!tokens.some((token) => sent === `Bearer ${token}`)) {
    return refuse(401, 'Unauthorized', [['WWW-Authenticate', 'Bearer realm="mcp"']]);
  }
  if (request.path !== '/mcp') return refuse(404, 'Not Found');
  if (request.method !== 'POST') return refuse(405, 'Method Not Allowed');
  if (request.body.length > 1_000_000) return refuse(413, 'Content Too Large');
  if (valueOf(request, 'content-type') !== 'application/json') return refuse(415, 'Not JSON');
  try {
    JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(request.body));
    return undefined;
  } catch {
    return refuse(400, 'Parse error', [], -32_700);
  }
}

function refuse(
  status: number,
  message: string,
  headers: [string, string][] = [],
  code = -32_000,
): Reply {
  return {
    status,
    headers: [
      ['Content-Type', 'application/json'],
      ['Cache-Control', 'no-store'],
      ['X-Content-Type-Options', 'nosniff'],
      ...headers,
    ],
    body: JSON.stringify({ jsonrpc: '2.0', id: null, error: { code, message } }),
  };
}
