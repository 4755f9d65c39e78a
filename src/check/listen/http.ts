import type { RemoteServer } from '../../config/types.js';
import { OstlerError } from '../../core/errors.js';
import { createAbort, deadline } from '../../core/wait.js';
import type { ServerFetch } from '../../mcp/server-fetch.js';
import { askForMore, initialize, type Greeted } from './handshake.js';
import { messagesIn, post, type Post } from './post.js';
import { readStream } from './stream.js';
import { streamEvents } from './stream-events.js';
import { createTalk, type Talk } from './talk.js';
import type { Ear } from './types.js';

/** For the DELETE that ends a session; milliseconds. */
const DELETE_MS = 100;

/** A session of Streamable HTTP up to 2025-11-25. */
interface Session {
  talk: Talk;
  greeted: Greeted;
  asked: readonly string[];
  /** For every further request. */
  headers: Readonly<Record<string, string>>;
}

/**
 * Streamable HTTP up to 2025-11-25 (basic/transports#streamable-http): `initialize` by POST, then the
 * GET stream on which the server speaks by itself. A session that the server forgot is begun anew.
 */
export async function listenHttp(
  server: RemoteServer,
  ear: Ear,
  fetch: ServerFetch,
): Promise<void> {
  for (;;) {
    const session = await openSession(server, ear, fetch);
    let stood = false;
    try {
      await listenTo(session, { server, ear, fetch, onOpen: () => (stood = true) });
      return;
    } catch (error) {
      const gone = error instanceof OstlerError && error.status === 404 && stood;
      if (!gone) throw error;
      ear.emit({
        type: 'notice',
        message: 'the server has forgotten the session (HTTP 404); starting a new one',
      });
    } finally {
      await endSession(server, session, fetch);
    }
  }
}

async function openSession(server: RemoteServer, ear: Ear, fetch: ServerFetch): Promise<Session> {
  const headers: Record<string, string> = {};
  const talk = createTalk({
    server,
    ear,
    async send(message) {
      const parts = { server, fetch, url: server.url, headers, message, signal: ear.signal };
      const onHeaders: Post['onHeaders'] = (given) => {
        const session = given.get('mcp-session-id');
        if (session !== null) headers['mcp-session-id'] ??= session;
      };
      await post({ ...parts, onHeaders, onMessage: talk.receive });
    },
  });
  const greeted = await initialize(talk);
  if (greeted.hello.protocol_version !== undefined) {
    headers['mcp-protocol-version'] = greeted.hello.protocol_version;
  }
  try {
    await talk.notify('notifications/initialized');
    const asked = await askForMore(talk, greeted, ear);
    return { talk, greeted, asked, headers };
  } catch (error) {
    await endSession(server, { headers }, fetch);
    throw error;
  }
}

interface Listening {
  server: RemoteServer;
  ear: Ear;
  fetch: ServerFetch;
  onOpen: () => void;
}

async function listenTo(
  { talk, greeted, asked, headers: own }: Session,
  { server, ear, fetch, onOpen }: Listening,
): Promise<void> {
  let told = false;
  await readStream({
    server,
    signal: ear.signal,
    async open(headers, signal) {
      const response = await fetch(server.url, { headers: { ...headers, ...own }, signal });
      if (response.status !== 405) return response;
      await response.body.cancel();
      throw noStream(server);
    },
    onOpen() {
      onOpen();
      if (told) return;
      told = true;
      ear.emit({
        type: 'listening',
        server: server.id,
        transport: 'http',
        handshake: true,
        ...greeted.hello,
        asked,
      });
    },
    onFrame({ event, data, id }) {
      const messages = event === 'message' ? messagesIn(data) : [];
      for (const message of messages) talk.receive(message, id);
      if (messages.length === 0) {
        ear.emit({ type: 'frame', event, data, ...(id === undefined ? {} : { id }) });
      }
    },
    ...streamEvents(ear),
  });
}

/** A server that does not answer, or knows no DELETE (405), ends the session by itself. */
async function endSession(
  server: RemoteServer,
  { headers }: Pick<Session, 'headers'>,
  fetch: ServerFetch,
): Promise<void> {
  if (headers['mcp-session-id'] === undefined) return;
  const limit = deadline(DELETE_MS, 'Ending the session', createAbort().signal);
  try {
    const response = await fetch(server.url, { method: 'DELETE', headers, signal: limit.signal });
    await response.body.cancel();
  } catch {
    return;
  } finally {
    limit.clear();
  }
}

function noStream({ id }: RemoteServer): OstlerError {
  return new OstlerError(
    'wrong_transport',
    `${id} offers no stream to listen to (GET answered 405): it speaks only in answers to requests.`,
    {
      server: id,
      status: 405,
      hint: 'What it says while a tool runs is shown by: ostler call … -v',
    },
  );
}
