import { redact, REDACTED } from './redact.js';

/**
 * Takes secrets out of what is traced. Beyond those that are registered it knows where secrets
 * stand: headers by their names, `?token=…`, `"access_token": "…"`, `Bearer …`, JWTs. A value found
 * in such a place is replaced wherever it turns up later.
 */
export interface Hider {
  text: (text: string) => string;
  header: (name: string, value: string) => string;
}

const SECRET_HEADER = /auth|token|key|secret|cookie|session|passw|jwt|credential|signature/i;
/** Headers whose names look like secrets', and whose values are worth seeing. */
const OPEN_HEADER =
  /^(?:www-authenticate|proxy-authenticate|access-control-.*|.*ratelimit.*|idempotency-key)$/i;
const COOKIE = /=([^;,\s]+)/g;
const SCHEME = /^(Bearer|Basic|Digest|DPoP|Token|Negotiate|ApiKey)\s+\S/i;

const NAMES =
  '(?:[a-z0-9]+[-_])*(?:tokens?|secret|passw(?:or)?d|pwd|api[-_]?key|private[-_]?key|credentials?|assertion|authorization|cookie|jwt|signature|session[-_]?id|code[-_]verifier|device[-_]code)' +
  '|(?:access|refresh|id|auth|bearer|api|client)(?:token|secret)';
/** Also in URLs and forms, where these short names mean nothing else. */
const QUERY_NAMES = `${NAMES}|(?:[a-z0-9]+[-_])?(?:key|auth|sig|session|code)`;

/** `?token=…`, `&session_id=…`, and a form's first field. */
const IN_QUERY = new RegExp(`((?:^|[?&;])(?:${QUERY_NAMES})=)([^&;\\s"'<>\\\\]+)`, 'gim');
/** `"access_token": "…"`, also where its end was cut off. */
const IN_JSON = new RegExp(`("(?:${NAMES})"\\s*:\\s*")((?:[^"\\\\]|\\\\.)*)`, 'gi');
/** The same inside a text that is itself a JSON string. */
const IN_TEXT = new RegExp(`(\\\\"(?:${NAMES})\\\\"\\s*:\\s*\\\\")([^"\\\\]*)`, 'gi');
const AFTER_SCHEME = /\b((?:Bearer|Basic|DPoP)\s+)((?=[\w.~+/-]*\d)[\w.~+/-]{16,}=*)(?![\w="])/gi;
const JWT = /()\b(eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)*)/g;
/** User name and password of a URL. */
const USERINFO = /(:\/\/)([^/?#@\s"'<>]+)(?=@)/g;

const PLACES = [IN_QUERY, IN_JSON, IN_TEXT, AFTER_SCHEME, JWT, USERINFO];

/** Values that are remembered; a server that sends ever new ones ends that, not the program. */
const MAX_LEARNED = 500;

export function createHider(): Hider {
  const learned = new Set<string>();

  const learn = (value: string) => {
    if (isWorthIt(value) && learned.size < MAX_LEARNED) learned.add(value);
  };
  const text = (given: string) => {
    let result = redact(given);
    for (const place of PLACES) {
      result = result.replace(place, (_, before: string, value: string) => {
        if (!value.includes(REDACTED)) learn(value);
        return `${before}${REDACTED}`;
      });
    }
    for (const value of learned) {
      if (result.includes(value)) result = result.replaceAll(value, REDACTED);
    }
    return result;
  };
  return {
    text,
    header(name, value) {
      if (!isSecretHeader(name)) return text(value);
      if (/cookie/i.test(name)) for (const [, part = ''] of value.matchAll(COOKIE)) learn(part);
      const scheme = SCHEME.exec(value)?.[1];
      learn(scheme === undefined ? value : value.slice(scheme.length).trim());
      return scheme === undefined ? REDACTED : `${scheme} ${REDACTED}`;
    },
  };
}

/** True for headers whose values are never written, whoever sends them. */
export function isSecretHeader(name: string): boolean {
  return SECRET_HEADER.test(name) && !OPEN_HEADER.test(name);
}

/** A value that occurs by chance would blind whoever reads the trace. */
function isWorthIt(value: string): boolean {
  return value.length >= 20 || (value.length >= 8 && /\d/.test(value) && /[a-z]/i.test(value));
}
