import type { RemoteServer } from '../../config/types.js';
import { createAuthGate } from '../../mcp/auth/gate.js';
import { createServerFetch, type ServerFetch } from '../../mcp/server-fetch.js';
import type { Ear } from './types.js';

/** The server's fetch, with the token that an earlier login left; nobody is asked for one. */
export function fetchWithLogin(server: RemoteServer, { env, emit }: Ear): ServerFetch {
  const onNotice = (message: string) => emit({ type: 'notice', message });
  return createServerFetch(server, { auth: createAuthGate(server, { env, onNotice }) });
}
