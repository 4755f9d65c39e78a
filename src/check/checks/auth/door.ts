import { isRecord } from '../../../core/json.js';
import type { Answer, Audit, Credential, HeaderPair } from '../../audit/types.js';
import { isServed, type Judged, told, unjudgeable } from '../judged.js';
import { headersOf } from '../../audit/answers.js';
import { seenBy } from '../without-credentials.js';

/** A request that should find the door shut. */
export interface Knock {
  /** For the evidence and the reason: `POST with a wrong token`. */
  what: string;
  as: Credential;
  headers?: readonly HeaderPair[];
  /** Another path than the session's. */
  path?: string;
  /** Statuses that refuse it as they should; default `REFUSALS`. */
  right?: readonly number[];
}

/** "Not you", and "not you either": both keep out. */
export const REFUSALS: readonly number[] = [401, 403];

/**
 * What the specification asks for where credentials are missing or wrong. A client that could sign in begins only
 * at 401; for a key in a header of its own there is no such rule.
 */
export function strictRefusals({ form }: Pick<Audit, 'form'>): readonly number[] {
  return form === undefined || isAuthorization(form.header) ? [401] : REFUSALS;
}

export function isAuthorization(header: string): boolean {
  return header.toLowerCase() === 'authorization';
}

/** POSTs `tools/list` into the victim's session and waits for what comes of it, there too. */
export async function knock(
  audit: Audit,
  { right = REFUSALS, ...rest }: Knock,
  method = 'tools/list',
): Promise<Judged> {
  const { victim } = audit.control;
  const asked = await audit.ask(victim, method, { ...rest, timeoutMs: 5_000 });
  return judgeDoor(asked.answer, { right, seen: await seenBy(victim, asked) });
}

/** Opens an event stream with GET; where it is let in, it is cut after the first event. */
export async function knockStream(
  audit: Audit,
  { right = REFUSALS, headers = [], ...rest }: Knock,
): Promise<Judged> {
  const answer = await audit.send({
    ...rest,
    method: 'GET',
    headers: [['Accept', 'text/event-stream'], ...headers],
    timeoutMs: 3_000,
    until: hasEvent,
  });
  if (answer.status !== 409) return judgeDoor(answer, { right });
  // Said to the second stream of a session, by what stands behind the guard.
  const note = `${told(answer)}: only the session's own stream was in the way`;
  return { verdict: 'wrong', note, answer };
}

/** One event is enough to know that a stream was opened. */
export function hasEvent(text: string): boolean {
  return /\r?\n\r?\n/.test(text);
}

export interface Expected {
  right: readonly number[];
  /** What came on the victim's stream; undefined: it broke off. Left away where nothing was watched. */
  seen?: readonly string[] | undefined;
}

/** Whether somebody got in. The status alone does not say: a result in the body or on the victim's stream counts. */
export function judgeDoor(answer: Answer, expected: Expected): Judged {
  const seen = 'seen' in expected ? expected.seen : [];
  const result = answer.messages.some((message) => 'result' in message);
  if (isServed(answer) || result || (seen?.length ?? 0) > 0) {
    return { verdict: 'wrong', note: `${told(answer)}${gotIn(answer, expected)}`, answer, seen };
  }
  const unknown = unjudgeable(answer);
  if (unknown !== undefined) return unknown;
  if (seen === undefined) {
    const note = `${told(answer)}, but the watched stream broke off meanwhile`;
    return { verdict: 'unknown', note, answer };
  }
  if (expected.right.includes(answer.status)) {
    return { verdict: 'right', note: told(answer), answer };
  }
  const instead = expected.right.slice(0, 2).join(' or ');
  return { verdict: 'doubtful', note: `${told(answer)} instead of ${instead}`, answer };
}

function gotIn(answer: Answer, { seen }: Expected): string {
  const inBody = bodyTold(answer);
  if (seen === undefined) return inBody;
  if (seen.length > 0) return `${inBody}, and its answer came out of the watched stream`;
  return answer.status === 202
    ? `${inBody}, though nothing came out of the watched stream`
    : inBody;
}

function bodyTold(answer: Answer): string {
  for (const message of answer.messages) {
    if ('result' in message) return ' with a result';
    const { error } = message;
    if (isRecord(error)) return ` with a JSON-RPC error (${Number(error['code'])})`;
  }
  return isEventStream(answer) ? ' with an event stream' : '';
}

export function isEventStream(answer: Pick<Answer, 'headers'>): boolean {
  return headersOf(answer, 'content-type').some((type) => /^text\/event-stream/i.test(type));
}
