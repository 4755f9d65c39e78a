import { isHarmlessHeader } from '../../config/secrets.js';
import type { Evidence } from '../../core/check-events.js';
import { redact } from '../../core/redact.js';
import type { RawAnswer, RawRequest } from '../../net/raw.js';
import { textOf } from './answers.js';
import type { SecretRuns } from './secret-runs.js';

/** Bytes of a body that evidence shows. */
const SHOWN = 2048;
/** Characters of a header or a path. */
const SHOWN_LINE = 500;
const SENT_IN_THE_CLEAR =
  /^(?:host|origin|content-.*|mcp-.*|last-event-id|x-forwarded-.*|x-original-url|connection)$/i;

/** Turns an exchange into what may be shown: tokens replaced, session ids cut to four characters, bodies cut. */
export interface EvidenceMaker {
  make: (what: string, request: RawRequest, answer: RawAnswer) => Evidence;
  /** Session ids are no credentials where a server is right, and are where it is not. */
  addSession: (id: string) => void;
  /** A text of the server's, for events and reasons. */
  clean: (text: string) => string;
}

export function createEvidenceMaker(runs: SecretRuns): EvidenceMaker {
  const sessions = new Set<string>();
  const clean = (text: string) => {
    let result = redact(text);
    for (const id of sessions) result = result.replaceAll(id, `${id.slice(0, 4)}…`);
    return result;
  };
  const sent = ([name, value]: readonly [string, string]) => {
    const plain = isHarmlessHeader(name) || SENT_IN_THE_CLEAR.test(name);
    return [name, short(clean(plain ? value : runs.mask(value)))] as const;
  };
  return {
    clean,
    addSession(id) {
      if (id.length >= 8) sessions.add(id);
    },
    make: (what, { method, path, headers, body }, answer) => ({
      what: clean(what),
      method,
      path: short(clean(path)),
      headers: headers.map(sent),
      ...(body === undefined
        ? {}
        : { body: cut(clean(textOf({ body: body.subarray(0, 4 * SHOWN) })), body.length) }),
      status: answer.status,
      responseHeaders: answer.headers.map(([name, value]) => [name, short(clean(value))] as const),
      ...(answer.body.length === 0
        ? {}
        : {
            responseBody: cut(
              clean(textOf({ body: answer.body.subarray(0, 4 * SHOWN) })),
              answer.body.length,
            ),
          }),
      ...(answer.problem === undefined ? {} : { problem: clean(answer.problem) }),
      ms: answer.ms,
    }),
  };
}

/** A header of 64 KiB is evidence by its length. */
function short(text: string): string {
  return text.length <= SHOWN_LINE
    ? text
    : `${text.slice(0, SHOWN_LINE)}… (${text.length} characters)`;
}

/** Cut after cleaning, so that no half of a secret is left at the edge. */
function cut(text: string, bytes: number): string {
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}… (${bytes} bytes)`;
}
