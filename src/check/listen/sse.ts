import type { RemoteServer } from '../../config/types.js';
import { OstlerError } from '../../core/errors.js';
import { linkAbort } from '../../core/linked-abort.js';
import { resolveEndpoint } from '../../mcp/sse-endpoint.js';
import { ENDPOINT_MS } from '../../mcp/sse-transport.js';
import { askForMore, initialize } from './handshake.js';
import { fetchWithLogin } from './login.js';
import { messagesIn, post } from './post.js';
import { readStream, type Frame } from './stream.js';
import { streamEvents } from './stream-events.js';
import { createTalk, type Talk } from './talk.js';
import type { Ear } from './types.js';

/**
 * HTTP+SSE of 2024-11-05: one GET, and messages posted to the endpoint it names. Every new stream is
 * a new session, so the handshake is made anew.
 */
export async function listenSse(server: RemoteServer, ear: Ear): Promise<void> {
  const fetch = fetchWithLogin(server, ear);
  const own = linkAbort(ear.signal);
  const told = streamEvents(ear);
  let talk: Talk | undefined;
  let endpoint: string | undefined;
  let patience: NodeJS.Timeout | undefined;

  const lost = (why: string) => {
    clearTimeout(patience);
    talk?.end(new OstlerError('server_unreachable', `${server.id}: ${why}`, { server: server.id }));
    talk = undefined;
    endpoint = undefined;
  };
  const onOpen = () => {
    patience = setTimeout(() => own.abort(noEndpoint(server)), ENDPOINT_MS);
  };
  const greet = async (url: URL) => {
    clearTimeout(patience);
    let version: string | undefined;
    const mine = createTalk({
      server,
      ear,
      send: async (message) => {
        const headers = version === undefined ? {} : { 'mcp-protocol-version': version };
        const parts = { server, fetch, url, headers, message, signal: own.signal };
        await post({ ...parts, onMessage: mine.receive });
      },
    });
    talk = mine;
    const greeted = await initialize(mine);
    version = greeted.hello.protocol_version;
    await mine.notify('notifications/initialized');
    const asked = await askForMore(mine, greeted, ear);
    ear.emit({
      type: 'listening',
      server: server.id,
      transport: 'sse',
      handshake: true,
      ...greeted.hello,
      asked,
    });
  };
  const onEndpoint = (data: string) => {
    const url = resolveEndpoint(data, server);
    if (url.href === endpoint) return;
    if (endpoint !== undefined) throw movedEndpoint(server);
    endpoint = url.href;
    greet(url).catch((error: unknown) => {
      // Of a stream that has ended meanwhile, which is told by itself.
      if (endpoint === url.href) own.abort(error as Error);
    });
  };
  const onFrame = ({ event, data, id }: Frame) => {
    if (event === 'endpoint') {
      try {
        onEndpoint(data);
      } catch (error) {
        own.abort(error as Error);
        return;
      }
    }
    const messages = talk !== undefined && event === 'message' ? messagesIn(data) : [];
    for (const message of messages) talk?.receive(message, id);
    if (messages.length === 0) {
      ear.emit({ type: 'frame', event, data, ...(id === undefined ? {} : { id }) });
    }
  };
  try {
    await readStream({
      server,
      signal: own.signal,
      open: (headers, signal) => fetch(server.url, { headers, signal }),
      onOpen,
      onFrame,
      ...told,
      onLost(state) {
        lost(state.reason);
        told.onLost(state);
      },
    });
  } finally {
    clearTimeout(patience);
    own.release();
  }
}

function noEndpoint({ id }: RemoteServer): OstlerError {
  return new OstlerError(
    'protocol_error',
    `${id}: the stream is open, but named no endpoint for messages within ${ENDPOINT_MS / 1000} s.`,
    { server: id, hint: 'To hear any event stream without the handshake: --no-handshake' },
  );
}

function movedEndpoint({ id }: RemoteServer): OstlerError {
  return new OstlerError(
    'protocol_error',
    `${id} names another endpoint in the middle of the session; the stream was closed.`,
    { server: id },
  );
}
