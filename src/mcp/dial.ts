import { now } from '../core/clock.js';
import type { ServerDefinition, TransportName } from '../config/types.js';
import type { ExchangeEvent } from '../net/observe.js';
import type { EraCache, RememberedEra } from './era-cache.js';
import { createAuthGate, type AuthGate } from './auth/gate.js';
import type { HostPorts } from './ports.js';
import { createServerFetch, type ServerFetch } from './server-fetch.js';
import { createSseTransport } from './sse-transport.js';
import { createStdioTransport } from './stdio-transport.js';
import type { TaskBook } from './tasks/task-book.js';
import type { OwnTransport } from './transport.js';

export interface DialOptions {
  /** The environment of which child processes inherit six harmless variables. */
  env: NodeJS.ProcessEnv;
  /** What the server may ask of us. */
  ports?: HostPorts | undefined;
  /** Given by whoever makes a lost connection again: tasks go on there. */
  tasks?: TaskBook | undefined;
  /** Eras of servers that were connected before; left out, every server is asked. */
  eras?: EraCache | undefined;
  /** Oddities worth telling once, sanitised. */
  onWarning?: ((message: string) => void) | undefined;
  /** Gets what a child process writes to its stderr, from the first byte. */
  onStderr?: ((chunk: Buffer) => unknown) | undefined;
  /** Hears what a remote server is sent, and what it answers, by the transport that does it. */
  onExchange?: ((event: ExchangeEvent, transport: 'sse' | 'http') => void) | undefined;
  /** Hears of a child process that runs. */
  onProcess?: ((process: { pid: number }) => void) | undefined;
  /** It wrote something to its stdout for the first time. */
  onFirstByte?: (() => void) | undefined;
}

/** A server on its way: its process runs or its stream is being opened, before the SDK is loaded. */
export interface Dialed {
  readonly server: ServerDefinition;
  /** Of `now()`, when dialling began. */
  readonly startedAt: number;
  /** Set for remote servers: the fetch that holds their headers. */
  readonly fetch?: ServerFetch;
  /** Set for remote servers that may want a token of our own. */
  readonly auth?: AuthGate | undefined;
  /** Undefined for Streamable HTTP, where nothing is open between requests. */
  readonly transport: OwnTransport | undefined;
  readonly options: DialOptions;
  /** What is known of its era; looked up while the server starts. */
  readonly remembered: Promise<RememberedEra | undefined>;
  /** The same server once more, from the start, or by another transport. */
  again: (transport?: Exclude<TransportName, 'stdio'>) => Dialed;
}

/**
 * Starts towards one server and returns at once: a stdio server is spawned, an SSE stream is
 * opened. Throws only when a process cannot even be tried. Loads no SDK: that happens meanwhile.
 */
export function dial(server: ServerDefinition, options: DialOptions): Dialed {
  const { env, ports, onWarning: onNotice } = options;
  const auth =
    server.transport === 'stdio'
      ? undefined
      : createAuthGate(server, { env, login: ports?.login, onNotice });
  return dialOnce(server, { ...options, auth }, now());
}

type Options = DialOptions & { auth: AuthGate | undefined };

function dialOnce(server: ServerDefinition, options: Options, startedAt: number): Dialed {
  if (server.transport === 'stdio') {
    const transport = createStdioTransport(server, options);
    if (typeof transport.pid === 'number') options.onProcess?.({ pid: transport.pid });
    return {
      server,
      remembered: recall(server, options),
      startedAt,
      options,
      transport,
      again: () => dialOnce(server, options, startedAt),
    };
  }
  const { onExchange, auth } = options;
  const fetch = createServerFetch(server, {
    onExchange: onExchange && ((event) => onExchange(event, server.transport)),
    auth,
  });
  return {
    server,
    remembered: recall(server, options),
    startedAt,
    options,
    auth,
    fetch,
    transport: server.transport === 'sse' ? createSseTransport(server, fetch) : undefined,
    again: (transport = server.transport) => dialOnce({ ...server, transport }, options, startedAt),
  };
}

function recall(
  server: ServerDefinition,
  { eras }: DialOptions,
): Promise<RememberedEra | undefined> {
  const isOpen = server.protocol === 'auto' && server.transport !== 'sse';
  return isOpen && eras !== undefined ? eras.recall(server) : Promise.resolve(undefined);
}
