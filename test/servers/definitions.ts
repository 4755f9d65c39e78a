import type { RemoteServer, StdioServer } from '../../src/config/types.js';

const BASE = {
  origin: { layer: 'flag', where: 'test' },
  protocol: 'auto',
  connectTimeoutMs: 20_000,
  callTimeoutMs: 20_000,
  filter: {},
  required: false,
  disabled: false,
  autoApprove: [],
} as const;

/** A remote server as the configuration would give it: Streamable HTTP unless the path ends in /sse. */
export function remote(url: string, overrides: Partial<RemoteServer> = {}): RemoteServer {
  return {
    ...BASE,
    id: 'docs',
    transport: new URL(url).pathname.endsWith('/sse') ? 'sse' : 'http',
    fallback: false,
    url,
    headers: [],
    insecure: false,
    ...overrides,
  };
}

export function local(
  command: string,
  args: readonly string[],
  overrides: Partial<StdioServer> = {},
): StdioServer {
  return { ...BASE, id: 'local', transport: 'stdio', command, args, env: {}, ...overrides };
}

export function bearer(token: string): RemoteServer['headers'] {
  return [['Authorization', `Bearer ${token}`]];
}
