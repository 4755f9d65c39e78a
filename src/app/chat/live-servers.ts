import type { ServerDefinition } from '../../config/types.js';
import type { AgentEventBody, LogEvent, ServerStatus } from '../../core/events.js';
import { redact } from '../../core/redact.js';
import { deadline, withSignal } from '../../core/wait.js';
import { createEraCache } from '../../mcp/era-cache.js';
import { createServerPool } from '../../mcp/pool.js';
import type { HostPorts } from '../../mcp/ports.js';
import type { PoolEvent, ServerPool } from '../../mcp/pool-types.js';

/** The servers of the chat, and what happens to them. */
export interface LiveServers {
  pool: ServerPool;
  /** Also those that were not dialled yet. */
  list: () => readonly ServerStatus[];
  /** Dials them all. */
  start: (signal: AbortSignal) => void;
  /** Waits a while for those that connect now, once for each; resolves to the names of those that still do. */
  settled: (signal: AbortSignal) => Promise<readonly string[]>;
}

export interface LiveServersOptions {
  env: NodeJS.ProcessEnv;
  ports: HostPorts;
  onEvent: (event: PoolEvent) => void;
}

/** How long a prompt waits for servers that are still connecting, milliseconds. */
const WAIT_MS = 2000;

export function createLiveServers(
  definitions: readonly ServerDefinition[],
  { env, ports, onEvent }: LiveServersOptions,
): LiveServers {
  const waiting = new Set<() => void>();
  let started = false;
  const pool = createServerPool({
    env,
    ports,
    eras: createEraCache(env),
    onEvent(event) {
      onEvent(event);
      if (event.type === 'status') for (const check of waiting) check();
    },
  });
  const list = () => (started ? pool.statuses() : definitions.map(toComing));
  /** Servers that held up a prompt already. */
  const late = new Set<string>();
  const connecting = () =>
    list().flatMap(({ name, status }) =>
      status === 'connecting' && !late.has(name) ? [name] : [],
    );

  return {
    pool,
    list,
    start(signal) {
      started = true;
      // What becomes of each is told by events.
      for (const definition of definitions) void pool.add(definition, signal);
    },
    async settled(signal) {
      if (connecting().length === 0) return [];
      const limit = deadline(WAIT_MS, 'Connecting', signal);
      let check = () => {};
      try {
        const all = new Promise<void>((resolve) => {
          check = () => {
            if (connecting().length === 0) resolve();
          };
        });
        waiting.add(check);
        await withSignal(all, limit.signal);
      } catch (error) {
        if (signal.aborted) throw error;
      } finally {
        waiting.delete(check);
        limit.clear();
      }
      const names = connecting();
      for (const name of names) late.add(name);
      return names;
    },
  };
}

function toComing({ id, transport, disabled }: ServerDefinition): ServerStatus {
  return { name: id, status: disabled ? 'disabled' : 'connecting', tools: 0, transport };
}

/** What the person gets to see of it, where there is something to see. */
export function toAgentEvent(event: PoolEvent): AgentEventBody | undefined {
  switch (event.type) {
    case 'status':
      return { type: 'server', server: event.status };
    case 'tools': {
      const { server, added, removed, changed } = event;
      return {
        type: 'tools_changed',
        server,
        added: [...added],
        removed: [...removed],
        changed: [...changed],
      };
    }
    case 'log': {
      const { server, level, text } = event;
      return { type: 'log', level: toLevel(level), message: redact(text), server };
    }
    case 'warning':
      // The message names the server.
      return { type: 'log', level: 'warning', message: redact(event.message) };
    case 'resource-updated':
      return { type: 'resource_updated', server: event.server, uri: redact(event.uri) };
    case 'prompts':
    case 'resources':
      return undefined;
  }
}

/** Of RFC 5424's eight levels, and a child's stderr, which says anything. */
function toLevel(level: string): LogEvent['level'] {
  switch (level) {
    case 'info':
    case 'notice':
      return 'info';
    case 'warning':
      return 'warning';
    case 'error':
    case 'critical':
    case 'alert':
    case 'emergency':
      return 'error';
    default:
      return 'debug';
  }
}
