import { now } from '../../core/clock.js';
import { OstlerError } from '../../core/errors.js';
import { isRecord, type JsonObject } from '../../core/json.js';
import { resolveEndpoint } from '../../mcp/sse-endpoint.js';
import { finishRaw, isEventStream, type RawRequest, type RawStream } from '../../net/raw.js';
import type { Account } from './budget.js';
import type { Engine } from './engine.js';
import { INITIALIZED, initializeMessage } from './handshake.js';
import { isResponseTo, parse } from './answers.js';
import type { Opening, OpenRequest } from './open.js';
import { refusalOf, rpcError } from './refused.js';
import { openStream, send, toAnswer } from './send.js';
import type { Answer, Credential, Probe, ProbeSession } from './types.js';
import { watch, type LiveWatch } from './watch.js';

const ENDPOINT_MS = 5000;
const RESPONSE_MS = 10_000;

/** HTTP+SSE of 2024-11-05: a GET that stays open names the endpoint; the handshake's answers come out of it. */
export async function openSse(engine: Engine, request: OpenRequest): Promise<Opening> {
  const { as, account, handshake = 'done' } = request;
  const probe: Probe = {
    what: `GET the event stream as ${as.label}`,
    method: 'GET',
    as,
    headers: [['Accept', 'text/event-stream']],
  };
  const started = now();
  const opened = await openStream(engine, probe, account);
  if (opened.stream.status !== 200 || !isEventStream(opened.stream.headers)) {
    const raw = await finishRaw(
      opened.stream,
      { signal: engine.signal, timeoutMs: ENDPOINT_MS },
      started,
    );
    const answer = toAnswer(engine, probe, { request: opened.request, raw });
    return { answers: [answer], failure: refusalOf(engine, answer) };
  }
  const live = watchStream(engine, opened.stream);
  const named = await live.find(({ event }) => event === 'endpoint', ENDPOINT_MS, engine.signal);
  const session = toSession(engine, { as, live, endpoint: named?.data });
  const answer = snapshot(engine, probe, { ...opened, live, started });
  if (session instanceof OstlerError) {
    live.close();
    return { answers: [answer], failure: session, certain: named !== undefined };
  }
  if (handshake === 'none') return { session, answers: [answer] };
  const shaken = await shakeHands(engine, session, account);
  if (shaken.failure !== undefined) await session.close();
  return { session, ...shaken, answers: [answer, ...shaken.answers] };
}

/** Registers the stream, so that it is closed whatever happens. */
export function watchStream(engine: Engine, stream: RawStream): LiveWatch {
  const live = watch(stream, { watchMs: engine.watchMs, signal: engine.signal });
  engine.streams.add(live.close);
  return live;
}

interface Begun {
  request: RawRequest;
  stream: RawStream;
  live: LiveWatch;
  started: number;
}

/** The answer of a stream that goes on: what came until now. */
export function snapshot(engine: Engine, probe: Probe, begun: Begun): Answer {
  const { request, stream, live, started } = begun;
  const { status, statusText, headers, headersMs } = stream;
  return toAnswer(engine, probe, {
    request,
    raw: {
      status,
      statusText,
      headers,
      body: live.head,
      cut: live.ended === undefined,
      headersMs: Math.round(headersMs),
      ms: Math.round(now() - started),
    },
  });
}

interface Named {
  as: Credential;
  live: LiveWatch;
  endpoint: string | undefined;
}

function toSession(engine: Engine, { as, live, endpoint }: Named): ProbeSession | OstlerError {
  const { server } = engine;
  if (endpoint === undefined) {
    const why = live.ended === undefined ? ` within ${ENDPOINT_MS / 1000} s` : `: ${live.ended}`;
    return new OstlerError('protocol_error', `${server.id}: the stream named no endpoint${why}.`, {
      server: server.id,
      hint: 'Is this the path of an SSE endpoint (often /sse)?',
    });
  }
  let url: URL;
  try {
    url = resolveEndpoint(endpoint, server);
  } catch (error) {
    if (error instanceof OstlerError) return error;
    throw error;
  }
  const id = idOf(url);
  if (id !== undefined) engine.evidence.addSession(id);
  return {
    era: 'sse',
    as,
    messagePath:
      endpoint.startsWith('/') && !endpoint.startsWith('//')
        ? endpoint
        : `${url.pathname}${url.search}`,
    id,
    stream: live,
    headers: [],
    close() {
      live.close();
      engine.streams.delete(live.close);
      return Promise.resolve();
    },
  };
}

/** The id in the query: named as one, else the only value. */
function idOf({ searchParams }: URL): string | undefined {
  const pairs = [...searchParams];
  const named = pairs.find(([name]) => /^(?:session[-_]?id|sid|session|id)$/i.test(name));
  return (named ?? (pairs.length === 1 ? pairs[0] : undefined))?.[1];
}

async function shakeHands(engine: Engine, session: ProbeSession, account: Account) {
  const id = engine.nextId();
  const post = (what: string, body: JsonObject): Promise<Answer> =>
    send(
      engine,
      { what: `${what} as ${session.as.label}`, path: session.messagePath, as: session.as, body },
      account,
    );
  const answer = await post('initialize', initializeMessage(id, 'sse'));
  if (answer.status < 200 || answer.status > 299) {
    return { answers: [answer], failure: refusalOf(engine, answer) };
  }
  const fits = (data: string) => parse(data).find((message) => isResponseTo(message, id));
  const live = session.stream as LiveWatch;
  const event = await live.find(({ data }) => fits(data) !== undefined, RESPONSE_MS, engine.signal);
  const response = event === undefined ? undefined : fits(event.data);
  if (response === undefined || !isRecord(response['result'])) {
    const failure =
      response === undefined ? noResponse(engine, live) : rpcError(engine.server.id, response);
    return { answers: [answer], failure };
  }
  const confirmed = await post('notifications/initialized', INITIALIZED);
  return { answers: [answer, confirmed], result: response['result'] };
}

function noResponse({ server }: Engine, live: LiveWatch): OstlerError {
  const why = live.ended ?? `nothing came within ${RESPONSE_MS / 1000} s`;
  return new OstlerError(
    'server_failed',
    `${server.id}: no response to initialize on the stream: ${why}.`,
    { server: server.id },
  );
}
