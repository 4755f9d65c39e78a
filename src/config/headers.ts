import { toTerminalLine } from '../core/terminal-text.js';
import { registerHeader } from './secrets.js';
import { BadValue } from './values.js';

export type HeaderPair = readonly [name: string, value: string];

/** RFC 9110, section 5.6.2: token. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** RFC 9110, section 5.5: field-content, as Latin-1. */
const NOT_IN_VALUE = /[^\t\x20-\x7e\x80-\xff]/;
/** They belong to the connection; another value breaks every request. */
const NOT_OURS = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * One header, checked and registered as a secret. Throws `BadValue` that names the header and the
 * position, never the value.
 */
export function toHeader(name: string, value: string): HeaderPair {
  const field = name.trim();
  const content = value.trim();
  registerHeader(field, content);
  if (!TOKEN.test(field)) {
    throw new BadValue(`${JSON.stringify(toTerminalLine(field.slice(0, 60)))} is no header name`);
  }
  if (NOT_OURS.has(field.toLowerCase())) throw new BadValue(`${field} cannot be set by a config`);
  const bad = NOT_IN_VALUE.exec(content);
  if (bad !== null) {
    throw new BadValue(`header ${field} has an invalid character at position ${bad.index + 1}`);
  }
  return [field, content];
}

/** A header written as `Name: value`, split at the first colon. */
export function toHeaderFromLine(line: string): HeaderPair {
  const colon = line.indexOf(':');
  if (colon < 0) throw new BadValue('a header is written "Name: value"; this one has no ":"');
  return toHeader(line.slice(0, colon), line.slice(colon + 1));
}

/** `Authorization: Bearer …` of a token; white space around it (a file's last newline) is cut off. */
export function toBearer(token: string): HeaderPair {
  const text = token.trim();
  if (text === '') throw new BadValue('the token is empty');
  return toHeader('Authorization', /^bearer /i.test(text) ? text : `Bearer ${text}`);
}

/** The pairs without the name that occurs again; throws `BadValue` when one does. */
export function checkUnique(pairs: readonly HeaderPair[]): readonly HeaderPair[] {
  const seen = new Map<string, string>();
  for (const [name] of pairs) {
    const first = seen.get(name.toLowerCase());
    if (first === undefined) seen.set(name.toLowerCase(), name);
    else {
      const other = first === name ? '' : ` (as ${first} too: case makes no difference)`;
      throw new BadValue(`header ${name} is given twice${other}`);
    }
  }
  return pairs;
}
