import type { RemoteServer } from '../../config/types.js';
import { OstlerError } from '../../core/errors.js';
import { bothRefused, fallbackTransport, firstEra } from '../../mcp/attempts.js';
import type { ServerFetch } from '../../mcp/server-fetch.js';
import { transportTitle } from '../../mcp/http-errors.js';
import type { Greeted } from './handshake.js';
import { listenHttp } from './http.js';
import { fetchWithLogin } from './login.js';
import { discover, listenModern } from './modern.js';
import { readStream } from './stream.js';
import { streamEvents } from './stream-events.js';
import { listenSse } from './sse.js';
import type { Ear } from './types.js';

/** A server that hangs on the question for the new revision gets the old handshake after this. */
const PROBE_MS = 5000;
/** With a status: what says that this is not the way to ask. */
const REFUSALS: ReadonlySet<string> = new Set(['wrong_transport', 'server_failed']);

/** A remote server by its transport, or by the other one when this one is not served there. */
export async function listenRemote(server: RemoteServer, ear: Ear): Promise<void> {
  if (!ear.handshake) return listenBare(server, ear);
  let heard = false;
  const watched: Ear = {
    ...ear,
    emit(event) {
      heard ||= event.type === 'listening' || (event.type === 'answer' && event.ok);
      ear.emit(event);
    },
  };
  try {
    await listenAs(server, watched);
  } catch (error) {
    const status = error instanceof OstlerError ? error.status : undefined;
    const other = heard ? undefined : fallbackTransport(server, status);
    if (other === undefined || status === undefined) throw error;
    const method = server.transport === 'http' ? 'POST' : 'GET';
    ear.emit({
      type: 'notice',
      message: `${method} answered ${status}, so ${transportTitle(other)} is tried`,
    });
    try {
      await listenAs({ ...server, transport: other }, watched);
    } catch (second) {
      throw !heard && second instanceof OstlerError ? bothRefused(server, status, second) : second;
    }
  }
}

async function listenAs(server: RemoteServer, ear: Ear): Promise<void> {
  if (server.transport === 'sse') return listenSse(server, ear);
  const fetch = fetchWithLogin(server, ear);
  const era = firstEra(server);
  if (era === 'legacy') return listenHttp(server, ear, fetch);
  const greeted = await (era === 'modern' ? discover : probe)(server, ear, fetch);
  if (greeted !== undefined) return listenModern(server, { greeted, ear, fetch });
  if (era === 'probe') return listenHttp(server, ear, fetch);
  throw new OstlerError(
    'protocol_error',
    `${server.id} does not speak the 2026-07-28 revision that was asked for.`,
    { server: server.id, hint: 'Try --protocol auto.' },
  );
}

/** What refuses the question may still speak the older revisions. */
async function probe(
  server: RemoteServer,
  ear: Ear,
  fetch: ServerFetch,
): Promise<Greeted | undefined> {
  const quick = { ...server, connectTimeoutMs: Math.min(PROBE_MS, server.connectTimeoutMs) };
  try {
    return await discover(quick, ear, fetch);
  } catch (error) {
    if (ear.signal.aborted || !(error instanceof OstlerError)) throw error;
    const isRefusal = error.status !== undefined && REFUSALS.has(error.code);
    if (isRefusal || error.code === 'timeout' || error.code === 'protocol_error') return undefined;
    throw error;
  }
}

/** The GET stream alone: any event stream will do. */
function listenBare(server: RemoteServer, ear: Ear): Promise<void> {
  const fetch = fetchWithLogin(server, ear);
  const { id, transport } = server;
  return readStream({
    server,
    signal: ear.signal,
    open: (headers, signal) => fetch(server.url, { headers, signal }),
    onOpen: () =>
      ear.emit({ type: 'listening', server: id, transport, handshake: false, asked: [] }),
    onFrame: ({ event, data, id }) =>
      ear.emit({ type: 'frame', event, data, ...(id === undefined ? {} : { id }) }),
    ...streamEvents(ear),
  });
}
