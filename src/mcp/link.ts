import type { ClientOptions, ConnectOptions, DiscoverResult } from '@modelcontextprotocol/client';
import type { ServerDefinition } from '../config/types.js';
import { MAX_TIMER_MS } from '../core/clock.js';
import { abortError } from '../core/errors.js';
import type { LogLevel } from '../core/log-level.js';
import { VERSION } from '../core/version.js';
import { withSignal } from '../core/wait.js';
import { askAgain } from './ask-again.js';
import type { Era } from './attempts.js';
import type { Dialed } from './dial.js';
import { createHttpTransport } from './http-transport.js';
import { createIncoming } from './incoming/incoming.js';
import { createListCache, type ListCache } from './list-cache.js';
import { tapResults, type Ask } from './raw-results.js';
import { Client } from './sdk.js';
import { DefaultJsonSchemaValidator } from './sdk-shims.js';
import type { TaskLink } from './tasks/task-book.js';
import type { OwnTransport } from './transport.js';
import type { ConnectionInfo, ServerTool } from './types.js';

/** The SDK's client on a transport that stands. */
export interface Link extends TaskLink {
  transport: OwnTransport;
  ask: Ask;
  /** From which level on the server is asked to log; undefined while nobody listens. */
  logging: { level?: LogLevel };
  /** Lists that need not be asked for again yet. */
  lists: ListCache;
  /** `list_changed` notifications that came while nobody listened. */
  changes: ReadonlySet<string>;
}

/** A link whose server has told what it is and has. */
export interface OpenedLink {
  link: Link;
  info: ConnectionInfo;
  tools: readonly ServerTool[];
  onWarning: (message: string) => void;
  /** Something went wrong beside the requests: the connection may be gone without having been closed. */
  onTrouble: () => void;
}

/** A server that hangs on the question for the new revision gets the old handshake after this. */
const PROBE_MS = 5000;
/** The same for a child process, which costs nothing but this wait: it is not started anew. */
const STDIO_PROBE_MS = 3000;
const MODERN = '2026-07-28';
const LIST_CHANGED = /^notifications\/(tools|prompts|resources)\/list_changed$/;

/** Opens the client; on failure the transport is closed and its own reason, if it has one, is thrown. */
export async function openLink(dialed: Dialed, era: Era, signal: AbortSignal): Promise<Link> {
  const { server } = dialed;
  if (signal.aborted) throw abortError(signal);
  const transport = dialed.transport ?? httpTransport(dialed);
  const { ports, tasks, onWarning } = dialed.options;
  const incoming = createIncoming({ server: server.id, ports, onWarning });
  const client = new Client(
    { name: 'ostler', version: VERSION },
    {
      capabilities: incoming.capabilities,
      ...negotiation(era, server),
      jsonSchemaValidator: new DefaultJsonSchemaValidator(),
    },
  );
  const ask = askAgain(tapResults(client, transport));
  const lists = createListCache();
  const changes = noteChanges(client, lists);
  incoming.attach(client);
  client.onclose = incoming.end;
  try {
    const timeout = Math.min(MAX_TIMER_MS, server.connectTimeoutMs + 1000);
    await withSignal(client.connect(transport, { timeout, ...priorOf(era) }), signal);
  } catch (error) {
    const reason = transport.failure();
    incoming.end();
    await transport.close();
    if (signal.aborted) throw abortError(signal);
    throw reason ?? error;
  }
  incoming.opened(client);
  const leaving = new Set<() => Promise<void>>();
  const link = {
    server,
    client,
    transport,
    ask,
    incoming,
    logging: {},
    tasks,
    leaving,
    lists,
    changes,
  };
  tasks?.opened(link);
  return link;
}

/** Remembers what changed between the first list and the first listener. */
function noteChanges(client: Client, lists: ListCache): ReadonlySet<string> {
  const changes = new Set<string>();
  client.fallbackNotificationHandler = ({ method }) => {
    const [, list] = LIST_CHANGED.exec(method) ?? [];
    if (list !== undefined) {
      changes.add(method);
      lists.evict(list);
    }
    return Promise.resolve();
  };
  return changes;
}

function httpTransport({ server, fetch }: Dialed): OwnTransport {
  if (server.transport !== 'http' || fetch === undefined) throw new Error('nothing was dialled');
  return createHttpTransport(server, fetch);
}

type Negotiation = Pick<ClientOptions, 'versionNegotiation' | 'supportedProtocolVersions'>;

function negotiation(era: Era, { transport, connectTimeoutMs }: ServerDefinition): Negotiation {
  if (typeof era === 'object')
    return 'offer' in era ? { supportedProtocolVersions: [era.offer] } : {};
  switch (era) {
    case 'legacy':
      return { versionNegotiation: { mode: 'legacy' } };
    case 'modern': {
      const timeoutMs = Math.min(MAX_TIMER_MS, connectTimeoutMs + 1000);
      return { versionNegotiation: { mode: { pin: MODERN }, probe: { timeoutMs } } };
    }
    case 'probe': {
      const longest = transport === 'stdio' ? STDIO_PROBE_MS : PROBE_MS;
      const timeoutMs = Math.min(longest, Math.ceil(connectTimeoutMs / 3));
      return { versionNegotiation: { mode: 'auto', probe: { timeoutMs } } };
    }
  }
}

function priorOf(era: Era): Pick<ConnectOptions, 'prior'> {
  if (typeof era === 'string' || 'offer' in era) return {};
  // Looked at by the SDK before it is believed.
  return { prior: { kind: 'modern', discover: era.prior as DiscoverResult } };
}
