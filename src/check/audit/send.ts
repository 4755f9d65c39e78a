import type { Evidence } from '../../core/check-events.js';
import { isRecord, type JsonValue } from '../../core/json.js';
import { delay, withSignal } from '../../core/wait.js';
import { VERSION } from '../../core/version.js';
import {
  openRaw,
  sendRaw,
  type RawAnswer,
  type RawRequest,
  type RawStream,
} from '../../net/raw.js';
import { headerOf, isResponseTo, messagesOf, parse } from './answers.js';
import { BudgetSpent, type Account } from './budget.js';
import type { Engine } from './engine.js';
import { createEventReader } from './event-reader.js';
import type { Answer, HeaderPair, Probe } from './types.js';

const DEFAULT_MS = 5000;
/** A server that wants us to wait longer gets no second request. */
const LONGEST_WAIT_MS = 10_000;
/** For a 429 that names no time. */
const USUAL_WAIT_MS = 1000;

/** Sends one probe when its turn has come. Rejects with the signal's reason or `BudgetSpent` only. */
export async function send(engine: Engine, probe: Probe, account: Account): Promise<Answer> {
  account.take();
  const request = toRequest(engine, probe);
  let raw = await exchange(engine, probe, request);
  const waitMs = raw.status === 429 && probe.expects429 !== true ? retryAfter(raw) : undefined;
  if (waitMs !== undefined && isPaid(account)) {
    engine.limiter.pause(waitMs);
    await delay(waitMs, engine.signal);
    raw = await exchange(engine, probe, request);
  }
  return toAnswer(engine, probe, { request, raw });
}

/** Opens a stream; its turn is over once the headers are there. */
export async function openStream(
  engine: Engine,
  probe: Probe,
  account: Account,
): Promise<{ request: RawRequest; stream: RawStream }> {
  account.take();
  const request = toRequest(engine, probe);
  const leave = await engine.limiter.enter(engine.signal);
  try {
    const { signal } = engine;
    const stream = await openRaw(request, { signal, timeoutMs: probe.timeoutMs ?? DEFAULT_MS });
    return { request, stream };
  } finally {
    leave();
  }
}

/** An exchange as checks see it, remembered by the engine. */
export function toAnswer(
  engine: Engine,
  probe: Probe,
  { request, raw }: { request: RawRequest; raw: RawAnswer },
): Answer {
  const id = headerOf(raw, 'mcp-session-id');
  const asked = request.headers.some(([name]) => name.toLowerCase() === 'mcp-session-id');
  if (id !== undefined) engine.evidence.addSession(id);
  if (id !== undefined && !asked && raw.status < 300 && isInitialize(probe.body)) {
    const as = probe.as ?? engine.credentials.good;
    engine.opened.set(id, { id, path: request.path, as });
  }
  let evidence: Evidence | undefined;
  const answer: Answer = {
    ...raw,
    // Made when it is asked for: by then all that has to be hidden is known, and most are never shown.
    get evidence() {
      return (evidence ??= engine.evidence.make(probe.what, request, raw));
    },
    messages: messagesOf(raw),
  };
  engine.answers.push(answer);
  return answer;
}

function isPaid(account: Account): boolean {
  try {
    account.take();
    return true;
  } catch (error) {
    if (error instanceof BudgetSpent) return false;
    throw error;
  }
}

async function exchange(engine: Engine, probe: Probe, request: RawRequest): Promise<RawAnswer> {
  const { signal, end } = engine;
  const leave = await engine.limiter.enter(signal);
  const options = {
    timeoutMs: probe.timeoutMs ?? DEFAULT_MS,
    ...(probe.maxBytes === undefined ? {} : { maxBytes: probe.maxBytes }),
    until: createUntil(probe),
  };
  try {
    if (!isInitialize(probe.body)) return await sendRaw(request, { ...options, signal });
    // Given up by nobody: the session it opens would stay open.
    const sending = sendRaw(request, { ...options, signal: end });
    const settled = remember(sending, engine, { probe, request });
    engine.opening.add(settled);
    return await withSignal(sending, signal);
  } finally {
    leave();
  }
}

/** Notes the session of an answer that nobody waits for any more. */
async function remember(
  sending: Promise<RawAnswer>,
  engine: Engine,
  { probe, request }: { probe: Probe; request: RawRequest },
): Promise<void> {
  try {
    const raw = await sending;
    if (engine.signal.aborted) toAnswer(engine, probe, { request, raw });
  } catch {
    // It was too late for that one.
  }
}

/** Exactly what the probe says, and who we are. */
function toRequest({ url, server, credentials, runs }: Engine, probe: Probe): RawRequest {
  const {
    as = credentials.good,
    headers = [],
    body,
    path = `${url.pathname}${url.search}`,
  } = probe;
  const own: HeaderPair[] = [...as.headers, ...headers];
  const given = new Set(own.map(([name]) => name.toLowerCase()));
  const isJson = typeof body === 'object' && !(body instanceof Uint8Array);
  const base: HeaderPair[] = [
    ['User-Agent', `ostler/${VERSION} (check)`],
    ['Accept-Encoding', 'identity'],
    ...(isJson ? [['Content-Type', 'application/json'] as const] : []),
  ];
  const bytes = body === undefined ? undefined : toBytes(body);
  for (const [, value] of as.headers) runs.register(value);
  for (const [, value] of headers) runs.register(value);
  if (path.includes('?')) runs.register(path.slice(path.indexOf('?')));
  return {
    origin: new URL(url.origin),
    method: probe.method ?? (bytes === undefined ? 'GET' : 'POST'),
    path: withQuery(path, as.query),
    headers: [...base.filter(([name]) => !given.has(name.toLowerCase())), ...own],
    ...(bytes === undefined ? {} : { body: bytes }),
    ca: server.ca,
    insecure: server.insecure,
  };
}

function withQuery(path: string, query: string | undefined): string {
  if (query === undefined) return path;
  return `${path}${path.includes('?') ? '&' : '?'}${query}`;
}

function toBytes(body: JsonValue | Uint8Array): Uint8Array {
  if (body instanceof Uint8Array) return body;
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

/** An event stream is read until it answers the request it was opened by. */
function createUntil({ body, until }: Probe): (chunk: Uint8Array) => boolean {
  const id = isRecord(body) ? body['id'] : undefined;
  const decoder = new TextDecoder();
  let text = '';
  let answered = false;
  const reader = createEventReader(({ data }) => {
    answered ||= parse(data).some((message) => isResponseTo(message, id));
  });
  return (chunk) => {
    if (until !== undefined) text += decoder.decode(chunk, { stream: true });
    if (id !== undefined) reader.feed(chunk);
    return answered || until?.(text) === true;
  };
}

function isInitialize(body: Probe['body']): boolean {
  return isRecord(body) && body['method'] === 'initialize';
}

/** RFC 9110 §10.2.3: seconds or a date. Milliseconds, or undefined when that is too long. */
function retryAfter(raw: RawAnswer): number | undefined {
  const value = headerOf(raw, 'retry-after')?.trim();
  if (value === undefined) return USUAL_WAIT_MS;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  if (!(ms <= LONGEST_WAIT_MS)) return undefined;
  return Math.max(ms, 0);
}
