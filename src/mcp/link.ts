import type { ClientOptions } from '@modelcontextprotocol/client';
import type { ServerDefinition } from '../config/types.js';
import { MAX_TIMER_MS } from '../core/clock.js';
import { abortError } from '../core/errors.js';
import { VERSION } from '../core/version.js';
import { withSignal } from '../core/wait.js';
import type { Era } from './attempts.js';
import type { Dialed } from './dial.js';
import { createHttpTransport } from './http-transport.js';
import { tapResults, type Ask } from './raw-results.js';
import { Client } from './sdk.js';
import { DefaultJsonSchemaValidator } from './sdk-shims.js';
import type { OwnTransport } from './transport.js';
import type { ConnectionInfo, ServerTool } from './types.js';

/** The SDK's client on a transport that stands. */
export interface Link {
  server: ServerDefinition;
  client: Client;
  transport: OwnTransport;
  ask: Ask;
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
const MODERN = '2026-07-28';
const LIST_CHANGED = /^notifications\/(tools|prompts|resources)\/list_changed$/;

/** Opens the client; on failure the transport is closed and its own reason, if it has one, is thrown. */
export async function openLink(dialed: Dialed, era: Era, signal: AbortSignal): Promise<Link> {
  const { server } = dialed;
  if (signal.aborted) throw abortError(signal);
  const transport = dialed.transport ?? httpTransport(dialed);
  const client = new Client(
    { name: 'ostler', version: VERSION },
    {
      // Only what works: no sampling, elicitation or roots.
      capabilities: {},
      versionNegotiation: negotiation(era, server.connectTimeoutMs),
      jsonSchemaValidator: new DefaultJsonSchemaValidator(),
    },
  );
  const ask = tapResults(client, transport);
  const changes = noteChanges(client);
  try {
    const timeout = Math.min(MAX_TIMER_MS, server.connectTimeoutMs + 1000);
    await withSignal(client.connect(transport, { timeout }), signal);
  } catch (error) {
    const reason = transport.failure();
    await transport.close();
    if (signal.aborted) throw abortError(signal);
    throw reason ?? error;
  }
  return { server, client, transport, ask, changes };
}

/** Remembers what changed between the first list and the first listener. */
function noteChanges(client: Client): ReadonlySet<string> {
  const changes = new Set<string>();
  client.fallbackNotificationHandler = ({ method }) => {
    if (LIST_CHANGED.test(method)) changes.add(method);
    return Promise.resolve();
  };
  return changes;
}

function httpTransport({ server, fetch }: Dialed): OwnTransport {
  if (server.transport !== 'http' || fetch === undefined) throw new Error('nothing was dialled');
  return createHttpTransport(server, fetch);
}

function negotiation(
  era: Era,
  connectMs: number,
): NonNullable<ClientOptions['versionNegotiation']> {
  switch (era) {
    case 'legacy':
      return { mode: 'legacy' };
    case 'modern':
      return {
        mode: { pin: MODERN },
        probe: { timeoutMs: Math.min(MAX_TIMER_MS, connectMs + 1000) },
      };
    case 'probe':
      return { mode: 'auto', probe: { timeoutMs: Math.min(PROBE_MS, Math.ceil(connectMs / 3)) } };
  }
}
