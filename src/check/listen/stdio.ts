import type { StdioServer } from '../../config/types.js';
import { createDeferred } from '../../core/deferred.js';
import { abortError, OstlerError } from '../../core/errors.js';
import type { JsonObject } from '../../core/json.js';
import { withSignal } from '../../core/wait.js';
import { createStdioTransport } from '../../mcp/stdio-transport.js';
import {
  askForMore,
  initialize,
  modernMeta,
  subscriptionFilter,
  toGreeted,
  type Hello,
} from './handshake.js';
import { wordsOf } from './modern.js';
import { createStderrLines } from './stderr-lines.js';
import { createTalk, refusalCode, type Talk } from './talk.js';
import type { Ear } from './types.js';

/** What a server of the 2026-07-28 revision alone answers `initialize` with. */
const NOT_INITIALIZE: ReadonlySet<number | undefined> = new Set([-32_601, -32_022]);

/** A child process: what it says on its stdout, and its stderr. It is ended with the listening. */
export async function listenStdio(server: StdioServer, ear: Ear): Promise<void> {
  const stderr = createStderrLines((text) => ear.emit({ type: 'stderr', text }));
  const ended = createDeferred<void>();
  const transport = createStdioTransport(server, {
    env: ear.env,
    room: ear.room,
    onStderr: stderr.push,
    onLine: ear.raw ? (line) => ear.emit({ type: 'raw', text: `${line}\n` }) : undefined,
    onWarning: (message) => ear.emit({ type: 'notice', message }),
  });
  const talk = createTalk({ server, ear, send: (message) => transport.send(message as never) });
  transport.onmessage = (message) => talk.receive(message as unknown as JsonObject);
  transport.onclose = () => {
    const error = transport.failure() ?? gone(server);
    talk.end(error);
    ended.reject(error);
  };
  try {
    await transport.start();
    const { hello, asked } = ear.handshake ? await greet(talk, ear) : { hello: {}, asked: [] };
    const event = { type: 'listening', server: server.id, transport: 'stdio' } as const;
    ear.emit({ ...event, handshake: ear.handshake, ...hello, asked });
    await withSignal(ended.promise, ear.signal);
  } catch (error) {
    if (ear.signal.aborted) throw abortError(ear.signal);
    throw error;
  } finally {
    await transport.close();
    stderr.flush();
  }
}

async function greet(talk: Talk, ear: Ear): Promise<{ hello: Hello; asked: readonly string[] }> {
  try {
    const greeted = await initialize(talk);
    await talk.notify('notifications/initialized');
    return { hello: greeted.hello, asked: await askForMore(talk, greeted, ear) };
  } catch (error) {
    if (!NOT_INITIALIZE.has(refusalCode(error))) throw error;
    return greetModern(talk, ear, error);
  }
}

/** By `server/discover` and `subscriptions/listen`, whose answer comes when it has ended. */
async function greetModern(talk: Talk, ear: Ear, refusal: unknown) {
  const greeted = toGreeted(await talk.request('server/discover', { _meta: modernMeta() }));
  if (greeted === undefined) throw refusal;
  const filter = subscriptionFilter(greeted, ear.subscribe);
  const params = { _meta: modernMeta(ear.logLevel), notifications: filter };
  if (Object.keys(filter).length > 0) await talk.ask('subscriptions/listen', params);
  return { hello: greeted.hello, asked: Object.keys(filter).map(wordsOf) };
}

function gone({ id }: StdioServer): OstlerError {
  return new OstlerError('server_failed', `${id} ended.`, { server: id });
}
