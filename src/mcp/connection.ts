import { MAX_TIMER_MS, now } from '../core/clock.js';
import { abortError, OstlerError } from '../core/errors.js';
import { deadline } from '../core/wait.js';
import { bothRefused, fallbackNotice, fallbackTransport } from './attempts.js';
import type { Dialed } from './dial.js';
import { refusalStatus, toServerError } from './failures.js';
import { withServer } from './http-errors.js';
import type { Link } from './link.js';
import { createConnection, describe } from './open-connection.js';
import { openEra, type ListTools, type OpenedEra } from './open-era.js';
import { listTools } from './tool-list.js';
import type { Connection, ConnectionInfo, ServerTool } from './types.js';

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
    const { onWarning = () => {}, onTrouble = () => {}, onHandshake } = options;
    const list: ListTools = (link) => listOrClose(link, limit.signal, onWarning);
    const { link, notice, tools: listed, learn } = await openAny(dialed, limit.signal, list);
    onHandshake?.({
      info: describe(link, now() - dialed.startedAt, notice),
      capabilities: { ...link.client.getServerCapabilities() },
    });
    const tools = listed ?? (await list(link));
    learn();
    const info = describe(link, now() - dialed.startedAt, notice);
    return createConnection({ link, info, tools, onWarning, onTrouble });
  } catch (error) {
    await dialed.transport?.close();
    if (limit.signal.aborted && !options.signal.aborted) throw tooSlow(server.id, limit.signal);
    throw error instanceof OstlerError ? withServer(error, server.id) : error;
  } finally {
    limit.clear();
  }
}

/** The tools; a link on which they cannot be listed is closed, and tells why. */
async function listOrClose(
  link: Link,
  signal: AbortSignal,
  onWarning: (message: string) => void,
): Promise<ServerTool[]> {
  try {
    return await listTools(link, signal, onWarning);
  } catch (error) {
    const reason = link.transport.failure();
    await link.transport.close();
    if (signal.aborted) throw abortError(signal);
    throw toServerError(reason ?? error, link.server);
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

interface Opened extends OpenedEra {
  notice?: string;
}

/** By the configured transport, or by the other one when this one is not served there. */
async function openAny(dialed: Dialed, signal: AbortSignal, list: ListTools): Promise<Opened> {
  try {
    return await openEra(dialed, signal, list);
  } catch (error) {
    const { server } = dialed;
    const status = refusalStatus(error);
    const other = fallbackTransport(server, status);
    if (other === undefined || status === undefined || server.transport === 'stdio') throw error;
    try {
      const opened = await openEra(dialed.again(other), signal, list);
      return { ...opened, notice: fallbackNotice(server, status) };
    } catch (second) {
      throw second instanceof OstlerError ? bothRefused(server, status, second) : second;
    }
  }
}
