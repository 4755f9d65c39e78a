import type { RemoteServer } from '../../config/types.js';
import { VERSION } from '../../core/version.js';
import { deadline } from '../../core/wait.js';
import { createFetch } from '../../net/fetch.js';
import type { NetResponse } from '../../net/response.js';
import type { NetRequest } from '../../net/types.js';
import type { Challenge } from './context.js';

const TIME_MS = 10_000;
const GET: NetRequest = { headers: { accept: 'text/event-stream' } };
const POST: NetRequest = {
  method: 'POST',
  headers: {
    accept: 'application/json, text/event-stream',
    'content-type': 'application/json',
  },
  body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' }),
};

/**
 * What a server says to somebody without a token: the challenge of its 401, or an empty one when it
 * refuses nothing yet. Rejects with an `OstlerError` when it cannot be reached.
 */
export async function probeChallenge(
  server: RemoteServer,
  signal: AbortSignal,
): Promise<Challenge> {
  const { extractWWWAuthenticateParams } = await import('./sdk-auth.js');
  const { ca, insecure, headers } = server;
  const run = createFetch({
    ca,
    insecure,
    headers: [['user-agent', `ostler/${VERSION}`], ...headers],
    label: { kind: 'mcp', server: server.id },
  });
  const limit = deadline(TIME_MS, `${server.id}: its answer`, signal);
  try {
    // An SSE server refuses the GET; one of Streamable HTTP may not know it, and refuses the POST.
    for (const request of server.transport === 'sse' ? [GET, POST] : [POST, GET]) {
      const response: NetResponse = await run(server.url, { ...request, signal: limit.signal });
      await response.body.cancel();
      if (response.status === 401) {
        return extractWWWAuthenticateParams(response as unknown as Response);
      }
    }
    return {};
  } finally {
    limit.clear();
  }
}
