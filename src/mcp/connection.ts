import { MAX_TIMER_MS, now } from '../core/clock.js';
import type { ServerDefinition } from '../config/types.js';
import { abortError, OstlerError } from '../core/errors.js';
import { deadline } from '../core/wait.js';
import { bothRefused, fallbackNotice, fallbackTransport, firstEra } from './attempts.js';
import type { Dialed } from './dial.js';
import { probeFailed, refusalStatus, toServerError, wantsModern } from './failures.js';
import { withServer } from './http-errors.js';
import { openLink, type Link } from './link.js';
import { createConnection, describe } from './open-connection.js';
import { listTools } from './tool-list.js';
import type { Connection, ConnectionInfo } from './types.js';

export interface ConnectOptions {
  signal: AbortSignal;
  /** Oddities worth telling once, sanitised. */
  onWarning?: (message: string) => void;
  /** Something went wrong beside the requests: the connection may be gone without having been closed. */
  onTrouble?: () => void;
  /** The handshake is done, the tools are not listed yet. */
  onHandshake?: (handshake: Handshake) => void;
}

/** What a server says of itself in the handshake; `capabilities` as it sent them. */
export interface Handshake {
  info: ConnectionInfo;
  capabilities: Readonly<Record<string, unknown>>;
}

/**
 * Makes a connection of what was dialled: transport, handshake, list of tools, all within the
 * server's `connectTimeoutMs`, whatever the server does. Everything started is ended on failure.
 */
export async function connect(dialed: Dialed, options: ConnectOptions): Promise<Connection> {
  const { server } = dialed;
  const time = Math.min(MAX_TIMER_MS, server.connectTimeoutMs);
  const limit = deadline(time, `Connecting to ${server.id}`, options.signal);
  try {
    const { link, notice } = await openAny(dialed, limit.signal);
    try {
      const { onWarning = () => {}, onTrouble = () => {}, onHandshake } = options;
      onHandshake?.({
        info: describe(link, now() - dialed.startedAt, notice),
        capabilities: { ...link.client.getServerCapabilities() },
      });
      const tools = await listTools(link, limit.signal, onWarning);
      const info = describe(link, now() - dialed.startedAt, notice);
      return createConnection({ link, info, tools, onWarning, onTrouble });
    } catch (error) {
      const reason = link.transport.failure();
      await link.transport.close();
      if (limit.signal.aborted) throw abortError(limit.signal);
      throw toServerError(reason ?? error, link.server);
    }
  } catch (error) {
    await dialed.transport?.close();
    if (limit.signal.aborted && !options.signal.aborted) throw tooSlow(server.id, limit.signal);
    throw error instanceof OstlerError ? withServer(error, server.id) : error;
  } finally {
    limit.clear();
  }
}

/** A server that does not answer in time is one that cannot be reached; `timeout` is the run's own limit. */
function tooSlow(server: string, signal: AbortSignal): OstlerError {
  const { message } = abortError(signal);
  return new OstlerError('server_unreachable', message, {
    server,
    hint: 'Give it more time with --server-timeout, or connectTimeout: in the configuration.',
  });
}

interface Opened {
  link: Link;
  notice?: string;
}

/** By the configured transport, or by the other one when this one is not served there. */
async function openAny(dialed: Dialed, signal: AbortSignal): Promise<Opened> {
  try {
    return { link: await openEra(dialed, signal) };
  } catch (error) {
    const { server } = dialed;
    const status = refusalStatus(error);
    const other = fallbackTransport(server, status);
    if (other === undefined || status === undefined || server.transport === 'stdio') throw error;
    try {
      const link = await openEra(dialed.again(other), signal);
      return { link, notice: fallbackNotice(server, status) };
    } catch (second) {
      throw second instanceof OstlerError ? bothRefused(server, status, second) : second;
    }
  }
}

/** By the revision the configuration asks for; with `auto` by the other one when this one is refused. */
async function openEra(dialed: Dialed, signal: AbortSignal): Promise<Link> {
  const { server } = dialed;
  const era = firstEra(server);
  try {
    return await openLink(dialed, era, signal);
  } catch (error) {
    const next =
      signal.aborted || server.protocol !== 'auto' ? undefined : otherEra(server, era, error);
    if (next === undefined) throw toServerError(error, server);
    try {
      return await openLink(dialed.again(), next, signal);
    } catch (second) {
      throw toServerError(second, server);
    }
  }
}

function otherEra(
  server: ServerDefinition,
  era: string,
  error: unknown,
): 'legacy' | 'modern' | undefined {
  if (era === 'probe') return probeFailed(error) ? 'legacy' : undefined;
  return server.transport === 'stdio' && wantsModern(error) ? 'modern' : undefined;
}
