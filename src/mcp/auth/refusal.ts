import { isRecord } from '../../core/json.js';
import { originOf } from '../../net/address.js';
import { shown } from '../shown.js';

/** An authorization server said no (RFC 6749 section 5.2, RFC 7591 section 3.2.2). */
export class OAuthRefusal extends Error {
  /** `invalid_grant`; undefined when the answer is none of OAuth. */
  readonly code: string | undefined;
  readonly status: number;

  constructor(message: string, status: number, code: string | undefined) {
    super(message);
    this.name = 'OAuthRefusal';
    this.status = status;
    this.code = code;
  }
}

const CODE = /^[a-z][a-z0-9_]{2,60}$/;

/** The refusal in an answer: its code and, sanitised and short, what it says for people; nothing else of the body. */
export function toRefusal(url: URL, status: number, body: string): OAuthRefusal {
  const { error, error_description: description } = fieldsOf(body);
  const code = typeof error === 'string' && CODE.test(error) ? error : undefined;
  const says = code === undefined ? `HTTP ${status}` : code;
  const why =
    code === undefined || typeof description !== 'string' ? '' : `: ${shown(description, 200)}`;
  return new OAuthRefusal(`${originOf(url)} refuses (${says}${why})`, status, code);
}

function fieldsOf(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}
