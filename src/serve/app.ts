import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import type { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { createAuthenticate } from './http/authenticate.js';
import { createQuota } from './http/quota.js';
import { createSessionStore } from './http/sessions.js';
import { createThrottle } from './http/throttle.js';
import { createMcpEndpoint } from './mcp-endpoint.js';
import { mcpServerFactory } from './mcp-server.js';
import { createRequestHandler } from './request-handler.js';
import { createSseEndpoint } from './sse-endpoint.js';
import type { SampleTool } from './tools/tool.js';
import type { SampleServerOptions, ServeLimits } from './types.js';

/** Everything behind the socket. */
export interface App {
  handle: (req: IncomingMessage, res: ServerResponse) => Promise<void>;
  /** Ends sessions that are no longer used. */
  sweep: () => void;
  /** Ends all sessions. */
  close: () => Promise<void>;
}

export interface AppOptions {
  options: SampleServerOptions;
  limits: ServeLimits;
  tools: readonly SampleTool[];
}

export function createApp({ options, limits, tools }: AppOptions): App {
  const { keepAliveMs = 15_000, log = () => {} } = options;
  const { bodyBytes, queuedBytes } = limits;
  const perSession = { perPrincipal: limits.sessionsPerPrincipal, idleMs: limits.sessionIdleMs };
  const createServer = mcpServerFactory(`ostler-sample-${options.kind}`, tools);
  // Two stores: an id of one transport means nothing to the other.
  const sse = createSessionStore<SSEServerTransport>(perSession);
  const mcp = createSessionStore<StreamableHTTPServerTransport>(perSession);
  return {
    handle: createRequestHandler({
      allowedHosts: new Set(options.allowedHosts?.map((name) => name.toLowerCase())),
      allowedOrigins: new Set(options.allowedOrigins),
      authenticate: createAuthenticate(options.tokens),
      throttle: createThrottle({ limit: limits.badTokens, windowMs: limits.badTokenWindowMs }),
      quota: createQuota(limits.openRequestsPerPrincipal),
      sse: createSseEndpoint({ sessions: sse, createServer, keepAliveMs, bodyBytes, queuedBytes }),
      mcp: createMcpEndpoint({ sessions: mcp, createServer, keepAliveMs, bodyBytes }),
      log,
    }),
    sweep() {
      sse.sweep();
      mcp.sweep();
    },
    async close() {
      await Promise.all([sse.closeAll(), mcp.closeAll()]);
    },
  };
}
