import { isRecord, type JsonObject } from '../../../core/json.js';
import type { Answer, Audit } from '../../audit/types.js';
import { told, unjudgeable } from '../judged.js';
import { headersOf, textOf } from '../../audit/answers.js';
import { fetchForeign } from './foreign.js';

/** A JSON document that the server, or a document of the server, names. */
export interface Document {
  url: URL;
  /**
   * `found`: 200 and a JSON object. `absent`: another answer. `unknown`: no answer, or none of its own. `forbidden`:
   * an address that nobody should fetch because a server says so.
   */
  state: 'found' | 'absent' | 'unknown' | 'forbidden';
  /** Part of a sentence, about all states but `found`. */
  note: string;
  json?: JsonObject;
  answer?: Answer;
}

const MAX_BYTES = 64 * 1024;
const TIMEOUT_MS = 5_000;

/** GETs it without any credential and without following redirects, from this origin or, with care, another. */
export async function fetchDocument(audit: Audit, url: URL, what: string): Promise<Document> {
  if (url.origin === audit.url.origin) {
    const answer = await audit.send({
      what,
      method: 'GET',
      path: `${url.pathname}${url.search}`,
      as: audit.none,
      headers: [['Accept', 'application/json']],
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_BYTES,
    });
    return toDocument(url, answer);
  }
  const fetched = await fetchForeign(audit, url, {
    what,
    maxBytes: MAX_BYTES,
    timeoutMs: TIMEOUT_MS,
  });
  if ('forbidden' in fetched) return { url, state: 'forbidden', note: fetched.forbidden };
  return toDocument(url, fetched);
}

function toDocument(url: URL, answer: Answer): Document {
  const note = told(answer);
  if (unjudgeable(answer) !== undefined) return { url, state: 'unknown', note, answer };
  if (answer.status !== 200) return { url, state: 'absent', note, answer };
  const json = parsed(textOf(answer));
  if (json === undefined)
    return { url, state: 'absent', note: `${note} without a JSON object`, answer };
  return { url, state: 'found', note, json, answer };
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

/** RFC 9728 §3.2 and RFC 8414 §3.2: `application/json`. */
export function isJson(answer: Pick<Answer, 'headers'>): boolean {
  const type = headersOf(answer, 'content-type')[0] ?? '';
  return /^\s*application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(type);
}
