import { OstlerError } from '../../core/errors.js';
import { isRecord, type JsonObject } from '../../core/json.js';
import { delay } from '../../core/wait.js';
import type { Incoming } from './incoming.js';
import { isInputRequired, type InputRequired, type Round } from './input-required.js';
import { REJECTED, Refusal } from './refusal.js';
import type { RunningCall } from './types.js';

const MAX_ROUNDS = 10;
/** Before a request is sent again that the server only put off. */
const PAUSE_MS = 250;

export interface Asking {
  server: string;
  /** What was called, as it may be shown. */
  what: string;
  incoming: Incoming;
  call: RunningCall;
  signal: AbortSignal;
  /** Sends the request once more. */
  send: (round: Round) => Promise<unknown>;
}

/**
 * Answers what a request needs before it can be completed, and sends it again, until it is. Rejects
 * with `denied` when an answer is refused, `server_failed` when the server asks without end.
 */
export async function completeRounds(first: InputRequired, asking: Asking): Promise<unknown> {
  const { server, what, signal, send } = asking;
  let result: unknown = first;
  for (let round = 1; isInputRequired(result); round += 1) {
    if (round > MAX_ROUNDS) {
      const message = `${server}: ${what} still asks after ${MAX_ROUNDS} rounds.`;
      throw new OstlerError('server_failed', message, { server });
    }
    const { inputRequests, requestState } = result;
    const requests = isRecord(inputRequests) ? Object.entries(inputRequests) : [];
    if (requests.length === 0) await delay(PAUSE_MS, signal);
    const responses = await answerAll(requests, asking);
    result = await send({
      ...(requests.length === 0 ? {} : { inputResponses: responses }),
      ...(typeof requestState === 'string' ? { requestState } : {}),
    });
  }
  return result;
}

/** One after the other: a person can look at one question at a time. */
async function answerAll(
  requests: readonly (readonly [key: string, request: unknown])[],
  { server, what, incoming, call, signal }: Asking,
): Promise<JsonObject> {
  const responses: [string, JsonObject][] = [];
  for (const [key, request] of requests) {
    const { method, params } = isRecord(request) ? request : {};
    try {
      const answer = await incoming.answer({
        method: typeof method === 'string' ? method : '',
        params: isRecord(params) ? params : {},
        calls: [call],
        signal,
      });
      responses.push([key, answer]);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      // There is no way to answer with an error in here: the request is given up.
      const code = error.code === REJECTED ? 'denied' : 'server_failed';
      const message = `${server}: ${what} was given up: it asked for what was refused (${error.message})`;
      throw new OstlerError(code, message, { server, cause: error });
    }
  }
  return Object.fromEntries(responses);
}
