import type { RemoteServer } from '../../config/types.js';
import { OstlerError } from '../../core/errors.js';
import type { JsonObject } from '../../core/json.js';
import type { ServerFetch } from '../../mcp/server-fetch.js';
import type { NetResponse } from '../../net/response.js';
import {
  MODERN_VERSION,
  modernMeta,
  subscriptionFilter,
  toGreeted,
  type Greeted,
} from './handshake.js';
import { messagesIn, post } from './post.js';
import { errorWords } from './rpc-error.js';
import { readStream } from './stream.js';
import { streamEvents } from './stream-events.js';
import { createTalk } from './talk.js';
import type { Ear } from './types.js';

/** Who asks for an answer of the 2026-07-28 revision says so in the headers as well. */
const headersOf = (method: string) => ({
  'mcp-method': method,
  'mcp-protocol-version': MODERN_VERSION,
});

/** `server/discover`: undefined when the server speaks another revision. */
export async function discover(
  server: RemoteServer,
  ear: Ear,
  fetch: ServerFetch,
): Promise<Greeted | undefined> {
  const method = 'server/discover';
  const talk = createTalk({
    server,
    // Most servers are older and refuse it, which is no news.
    ear: { ...ear, emit: () => {} },
    async send(message) {
      const parts = { server, fetch, url: server.url, headers: headersOf(method), message };
      await post({ ...parts, signal: ear.signal, onMessage: talk.receive });
      talk.end(new OstlerError('protocol_error', `${server.id} did not answer ${method}.`));
    },
  });
  return toGreeted(await talk.request(method, { _meta: modernMeta() }));
}

/**
 * The 2026-07-28 revision: one POST of `subscriptions/listen` whose answer is the stream. It has no
 * ids to resume from; a stream that ends is asked for anew (basic/patterns/subscriptions).
 */
export async function listenModern(
  server: RemoteServer,
  { greeted, ear, fetch }: { greeted: Greeted; ear: Ear; fetch: ServerFetch },
): Promise<void> {
  const method = 'subscriptions/listen';
  const filter = subscriptionFilter(greeted, ear.subscribe);
  if (Object.keys(filter).length === 0) throw nothingToHear(server);
  const talk = createTalk({ server, ear, send: () => Promise.resolve() });
  let count = 0;
  await readStream({
    server,
    signal: ear.signal,
    async open(_, signal) {
      count += 1;
      const params = { _meta: modernMeta(ear.logLevel), notifications: filter };
      const response = await fetch(server.url, {
        method: 'POST',
        headers: {
          accept: 'application/json, text/event-stream',
          'content-type': 'application/json',
          ...headersOf(method),
        },
        body: JSON.stringify({ jsonrpc: '2.0', id: `listen-${count}`, method, params }),
        signal,
      });
      await checkRefusal(response, server);
      return response;
    },
    onOpen() {
      if (count > 1) return;
      const asked = Object.keys(filter).map(wordsOf);
      const event = { type: 'listening', server: server.id, transport: 'http' } as const;
      ear.emit({ ...event, handshake: true, ...greeted.hello, asked });
    },
    onFrame({ event, data, id }) {
      const messages = messagesIn(data);
      for (const message of messages) talk.receive(message, id);
      if (messages.length === 0) {
        ear.emit({ type: 'frame', event, data, ...(id === undefined ? {} : { id }) });
      }
    },
    ...streamEvents(ear),
  });
}

/** An answer in JSON is a refusal. */
async function checkRefusal(response: NetResponse, { id }: RemoteServer): Promise<void> {
  const type = response.headers.get('content-type') ?? '';
  if (!/^\s*application\/json/i.test(type)) return;
  const [answer]: (JsonObject | undefined)[] = messagesIn(await response.excerpt(64 * 1024));
  throw new OstlerError(
    'protocol_error',
    `${id} refuses subscriptions/listen: ${errorWords(answer?.['error'])}`,
    { server: id, ...(response.ok ? {} : { status: response.status }) },
  );
}

function nothingToHear({ id }: RemoteServer): OstlerError {
  return new OstlerError(
    'wrong_transport',
    `${id} offers nothing to listen to: it declares no list that changes.`,
    { server: id, hint: 'To hear of a resource: --subscribe <uri>' },
  );
}

/** `toolsListChanged` → `changes of tools`. */
export function wordsOf(key: string): string {
  return key === 'resourceSubscriptions'
    ? 'updates of resources'
    : `changes of ${key.replace('ListChanged', '')}`;
}
