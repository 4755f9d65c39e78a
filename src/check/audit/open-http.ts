import { now } from '../../core/clock.js';
import { isRecord, type JsonObject } from '../../core/json.js';
import { finishRaw, isEventStream } from '../../net/raw.js';
import { headerOf, isResponseTo } from './answers.js';
import type { Account } from './budget.js';
import { endSession } from './close.js';
import type { Engine } from './engine.js';
import { ACCEPT, INITIALIZED, initializeMessage, VERSIONS } from './handshake.js';
import type { Opening, OpenRequest } from './open.js';
import { snapshot, watchStream } from './open-sse.js';
import { refusalOf } from './refused.js';
import { openStream, send, toAnswer } from './send.js';
import type { Answer, HeaderPair, Probe, ProbeSession } from './types.js';
import type { LiveWatch } from './watch.js';

const OPEN_MS = 10_000;

/** Streamable HTTP of 2025: `initialize` tells the session id, where the server has sessions. */
export async function openHttp(engine: Engine, request: OpenRequest): Promise<Opening> {
  const { as, account, handshake = 'done', stream: wantsStream = false } = request;
  const id = engine.nextId();
  const first = await send(
    engine,
    {
      what: `initialize as ${as.label}`,
      method: 'POST',
      as,
      headers: [ACCEPT],
      body: initializeMessage(id, 'sessions'),
      timeoutMs: OPEN_MS,
    },
    account,
  );
  const result = resultOf(first, id);
  if (result === undefined) return { answers: [first], failure: refusalOf(engine, first) };
  const session = toSession(engine, { as, first, result });
  if (handshake === 'none') return { session, result, answers: [first] };
  const second = await send(
    engine,
    {
      what: `notifications/initialized as ${as.label}`,
      method: 'POST',
      as,
      headers: [ACCEPT, ...session.headers],
      body: INITIALIZED,
    },
    account,
  );
  const answers = [first, second];
  if (wantsStream) {
    const opened = await openEvents(engine, session, account);
    session.stream = opened.live;
    answers.push(opened.answer);
  }
  return { session, result, answers };
}

/** The result of an answered request; undefined when it was refused or not answered. */
export function resultOf(answer: Answer, id: unknown): JsonObject | undefined {
  if (answer.status < 200 || answer.status > 299) return undefined;
  const response = answer.messages.find((message) => isResponseTo(message, id));
  return isRecord(response?.['result']) ? response['result'] : undefined;
}

interface Begun {
  as: OpenRequest['as'];
  first: Answer;
  result: JsonObject;
}

function toSession(engine: Engine, { as, first, result }: Begun): ProbeSession {
  const { url } = engine;
  const id = headerOf(first, 'mcp-session-id');
  const version = result['protocolVersion'];
  const spoken =
    typeof version === 'string' && /^[\w.-]{1,32}$/.test(version) ? version : VERSIONS.sessions;
  const headers: HeaderPair[] = [
    ...(id === undefined ? [] : [['Mcp-Session-Id', id] as const]),
    ['MCP-Protocol-Version', spoken],
  ];
  const session: ProbeSession = {
    era: 'sessions',
    as,
    messagePath: `${url.pathname}${url.search}`,
    id,
    stream: undefined,
    headers,
    async close() {
      (session.stream as LiveWatch | undefined)?.close();
      await endSession(engine, id);
    },
  };
  return session;
}

/** The server's own event stream; 405 says that it has none. */
export async function openEvents(
  engine: Engine,
  session: ProbeSession,
  account: Account,
): Promise<{ answer: Answer; live?: LiveWatch }> {
  const probe: Probe = {
    what: `GET the event stream as ${session.as.label}`,
    method: 'GET',
    as: session.as,
    headers: [['Accept', 'text/event-stream'], ...session.headers],
  };
  const started = now();
  const { request, stream } = await openStream(engine, probe, account);
  if (stream.status === 200 && isEventStream(stream.headers)) {
    const live = watchStream(engine, stream);
    return { live, answer: snapshot(engine, probe, { request, stream, live, started }) };
  }
  const raw = await finishRaw(stream, { signal: engine.signal, timeoutMs: OPEN_MS }, started);
  return { answer: toAnswer(engine, probe, { request, raw }) };
}
