import type { ServerDefinition } from '../../config/types.js';
import { createDeferred, type Deferred } from '../../core/deferred.js';
import { OstlerError } from '../../core/errors.js';
import { isRecord, type JsonObject, type JsonValue } from '../../core/json.js';
import { deadline, withSignal } from '../../core/wait.js';
import { errorWords } from './rpc-error.js';
import type { Ear } from './types.js';

/** The JSON-RPC part of a session: our few requests, and everything the server says. */
export interface Talk {
  /** Takes any message of the server. */
  receive: (message: JsonObject, frameId?: string) => void;
  /** A result, within the server's `connectTimeoutMs` (else `timeout`); an error of the server is an `OstlerError`. */
  request: (method: string, params: JsonObject) => Promise<JsonObject>;
  /** A request whose answer may come at any time, or never. */
  ask: (method: string, params: JsonObject) => Promise<void>;
  notify: (method: string) => Promise<void>;
  /** What waits for an answer is told that none will come. */
  end: (error: OstlerError) => void;
}

export interface TalkOptions {
  server: ServerDefinition;
  ear: Ear;
  send: (message: JsonObject) => Promise<void>;
}

const METHOD_NOT_FOUND = -32_601;
/** Answers that are on their way to the server. */
const MAX_REPLIES = 16;

export function createTalk({ server, ear, send }: TalkOptions): Talk {
  const waiting = new Map<number, { method: string; answer: Deferred<JsonObject> }>();
  let count = 0;

  const onAnswer = (message: JsonObject, frame: { id?: string }) => {
    const { id = null, result, error } = message;
    const asked = typeof id === 'number' ? waiting.get(id) : undefined;
    if (typeof id === 'number') waiting.delete(id);
    ear.emit({
      type: 'answer',
      method: asked?.method ?? '',
      request_id: id,
      ok: error === undefined,
      content: error ?? result ?? null,
      ...frame,
    });
    if (asked === undefined) return;
    if (isRecord(result)) asked.answer.resolve(result);
    else asked.answer.reject(refused(server.id, asked.method, error));
  };

  /** Within the server's time. */
  const limited = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    const limit = deadline(server.connectTimeoutMs, `${server.id}: ${what}`, ear.signal);
    try {
      return await withSignal(work(), limit.signal);
    } finally {
      limit.clear();
    }
  };

  let replies = 0;
  const reply = async (id: JsonValue, method: string) => {
    // A server that asks without end, and does not take the answers, gets no more of them.
    if (replies >= MAX_REPLIES) return;
    replies += 1;
    const outcome =
      method === 'ping'
        ? { result: {} }
        : { error: { code: METHOD_NOT_FOUND, message: 'ostler only listens here' } };
    try {
      await limited(method, () => send({ jsonrpc: '2.0', id, ...outcome }));
    } catch {
      // A server that is gone tells so by itself.
    } finally {
      replies -= 1;
    }
  };

  return {
    receive(message, frameId) {
      const { method, params, id } = message;
      const frame = frameId === undefined ? {} : { id: frameId };
      if (typeof method !== 'string') return onAnswer(message, frame);
      const said = { method, ...(params === undefined ? {} : { params }), ...frame };
      if (id === undefined) return ear.emit({ type: 'notification', ...said });
      ear.emit({ type: 'request', request_id: id, ...said });
      void reply(id, method);
    },
    async request(method, params) {
      const id = (count += 1);
      const answer = createDeferred<JsonObject>();
      waiting.set(id, { method, answer });
      try {
        return await limited(method, () => {
          const sent = send({ jsonrpc: '2.0', id, method, params });
          sent.catch((error: unknown) => answer.reject(error as Error));
          return answer.promise;
        });
      } finally {
        waiting.delete(id);
      }
    },
    ask: (method, params) => send({ jsonrpc: '2.0', id: `listen-${(count += 1)}`, method, params }),
    notify: (method) => limited(method, () => send({ jsonrpc: '2.0', method })),
    end(error) {
      for (const { answer } of waiting.values()) answer.reject(error);
    },
  };
}

function refused(server: string, method: string, error: JsonValue | undefined): OstlerError {
  return new OstlerError(
    'protocol_error',
    `${server} refuses ${method}: ${error === undefined ? 'no result' : errorWords(error)}`,
    { server, cause: error },
  );
}

/** The JSON-RPC error code of such a refusal. */
export function refusalCode(error: unknown): number | undefined {
  const cause = error instanceof OstlerError ? error.cause : undefined;
  return isRecord(cause) && typeof cause['code'] === 'number' ? cause['code'] : undefined;
}
