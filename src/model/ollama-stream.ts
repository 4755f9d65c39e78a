/** What arrives from /api/chat, made fit for the client library: checked, and merged by network chunk. */
import { OstlerError } from '../core/errors.js';
import { isRecord } from '../core/json.js';
import type { NetResponse } from '../net/response.js';
import { readNdjson } from './ndjson.js';
import { toModelError } from './ollama-errors.js';
import { notOllama, toBrokeOff } from './ollama-host.js';
import { errorTextOf, type ChatLine } from './ollama-wire.js';

export interface ChatStream {
  /** Reader for `ollama`, which asks for nothing else. Rejects with `OstlerError` only. */
  body: { getReader: () => { read: () => Promise<ReadResult>; releaseLock: () => void } };
  /** Frees the connection: for the next request after a whole answer, for good otherwise. */
  close: () => void;
}

type ReadResult = { done: false; value: Uint8Array } | { done: true; value: undefined };

interface StreamContext {
  origin: string;
  model: string;
  signal: AbortSignal;
}

/** How long the end of a finished answer is waited for, so that its socket can be used again. */
const DRAIN_MS = 1000;

export function createChatStream(response: NetResponse, context: StreamContext): ChatStream {
  const chunks = readNdjson(response.body);
  let finished = false;
  let failure: OstlerError | undefined;
  const read = async (): Promise<ReadResult> => {
    if (failure !== undefined) throw failure;
    const next = await nextLines(chunks, response, context);
    if (next === undefined) {
      if (finished) return { done: true, value: undefined };
      throw brokeOff(context);
    }
    const taken = takeLines(next, context);
    // What came before the failure is handed on first.
    failure = taken.failure;
    if (taken.lines.length === 0 && failure !== undefined) throw failure;
    finished ||= taken.lines.some((line) => line.done === true);
    return { done: false, value: Buffer.from(mergeText(taken.lines).map(toText).join('')) };
  };
  return {
    body: { getReader: () => ({ read, releaseLock: () => {} }) },
    close() {
      if (finished) void drain(chunks, response);
      else void response.body.cancel();
    },
  };
}

const toText = (line: ChatLine) => `${JSON.stringify(line)}\n`;

async function nextLines(
  chunks: AsyncGenerator<unknown[], void>,
  response: NetResponse,
  { origin, signal }: StreamContext,
): Promise<unknown[] | undefined> {
  if ((response.headers.get('content-type') ?? '').includes('html')) {
    throw notOllama(origin, await response.excerpt(200));
  }
  try {
    const next = await chunks.next();
    return next.done === true ? undefined : next.value;
  } catch (error) {
    throw toBrokeOff(error, origin, signal);
  }
}

/** The lines up to the first that is a failure. */
function takeLines(
  values: readonly unknown[],
  context: StreamContext,
): { lines: ChatLine[]; failure?: OstlerError } {
  const lines: ChatLine[] = [];
  for (const value of values) {
    if (!isRecord(value))
      return { lines, failure: notOllama(context.origin, JSON.stringify(value)) };
    const error = value['error'] === undefined ? undefined : errorTextOf(value['error']);
    if (error !== undefined) return { lines, failure: midStream(error, context) };
    lines.push(value);
  }
  return { lines };
}

function midStream(body: string, { origin, model }: StreamContext): OstlerError {
  return toModelError({ origin, model, status: 0, body, contentType: '', withCredentials: false });
}

function brokeOff({ origin, model, signal }: StreamContext): unknown {
  return toBrokeOff(
    new OstlerError('model_broke_off', `${model} broke off: ${origin} ended the answer early.`, {
      hint: 'Try again; Ollama does this when a model repeats one token over and over.',
    }),
    origin,
    signal,
  );
}

/**
 * Neighbouring lines that carry nothing but text become one, likewise for thinking: 20,000 tokens
 * that come in 40 network chunks are 40 pieces for everyone behind this. Order is kept.
 */
export function mergeText(lines: readonly ChatLine[]): ChatLine[] {
  const merged: ChatLine[] = [];
  let kind: TextKind | undefined;
  let text = '';
  const flush = () => {
    if (kind !== undefined && text !== '') merged.push({ message: { [kind]: text }, done: false });
    text = '';
  };
  for (const line of lines) {
    const plain = plainText(line);
    if (plain === undefined || plain.kind !== kind) {
      flush();
      kind = plain?.kind;
    }
    if (plain === undefined) merged.push(line);
    else text += plain.text;
  }
  flush();
  return merged;
}

type TextKind = 'content' | 'thinking';

/** The line's text when it has nothing else to say. */
function plainText(line: ChatLine): { kind: TextKind; text: string } | undefined {
  const { message } = line;
  if (line.done === true || message === undefined || message === null) return undefined;
  if (message.tool_calls !== undefined) return undefined;
  const { content, thinking } = message;
  if (typeof thinking === 'string' && thinking !== '') {
    return typeof content === 'string' && content !== ''
      ? undefined
      : { kind: 'thinking', text: thinking };
  }
  return typeof content === 'string' ? { kind: 'content', text: content } : undefined;
}

/** Reads what still comes after the final line (a few bytes), or gives the connection up. */
async function drain(
  chunks: AsyncGenerator<unknown[], void>,
  response: NetResponse,
): Promise<void> {
  const timer = setTimeout(() => void response.body.cancel(), DRAIN_MS);
  timer.unref();
  try {
    for (;;) if ((await chunks.next()).done === true) return;
  } catch {
    // The answer is complete; how its connection ends is nobody's concern.
  } finally {
    clearTimeout(timer);
  }
}
