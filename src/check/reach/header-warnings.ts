import type { HeaderOrigin } from '../../config/types.js';
import { isHarmlessHeader } from '../../config/secrets.js';
import { isLoopback } from '../../net/address.js';
import { readJwtTimes } from './jwt.js';

export interface SuspectHeader {
  name: string;
  value: string;
  origin?: HeaderOrigin | undefined;
}

export interface SuspectTarget {
  url: URL;
  /** Milliseconds since 1970. */
  now: number;
}

/** What looks wrong with a header that is sent, as clauses: `holds a literal ${…}`. The value is never in them. */
export function headerWarnings(header: SuspectHeader, target: SuspectTarget): string[] {
  const { name, value, origin } = header;
  const secret = !isHarmlessHeader(name);
  return [
    ...unexpanded(value),
    ...(origin?.trimmed === true ? ['had white space around it, which was cut off'] : []),
    ...(hasQuotes(value) ? ['has quotes around it that are sent along'] : []),
    ...(/[^\x20-\x7e]/.test(value)
      ? ['has characters that are not ASCII; servers differ here']
      : []),
    ...(secret ? credentialWarnings(name, value, target.now) : []),
    ...(secret && isPlain(target.url) ? [`goes to ${target.url.host} unencrypted (http)`] : []),
  ];
}

/** References that were not resolved, and what people forget to replace. */
function unexpanded(value: string): string[] {
  if (/\$\{|\{env:|\{file:/.test(value))
    return ['holds a literal ${…}: nothing was put in its place'];
  const variable = /\$[A-Za-z_]\w*/.exec(value)?.[0];
  // A `$` within a token is nothing odd; alone or behind the scheme it is a name.
  if (variable !== undefined && /^(?:\w+ )?\$\w+$/.test(value)) {
    return ['holds a literal $NAME: write ${NAME}, or let the shell expand it (double quotes)'];
  }
  if (/\{\{.*\}\}|^(?:\w+ )?<[^>]*>$|^(?:\w+ )?%\w+%$|\bYOUR[-_ ]/i.test(value)) {
    return ['looks like a placeholder'];
  }
  return [];
}

function hasQuotes(value: string): boolean {
  return /^(["'`]).*\1$/.test(value) || /^\w+ (["'`]).*\1$/.test(value);
}

function credentialWarnings(name: string, value: string, now: number): string[] {
  if (value === '') return ['is empty'];
  const [, scheme = '', token = ''] = /^(bearer|basic|token)\b\s*(.*)$/is.exec(value) ?? [];
  if (scheme === '') {
    return name.toLowerCase() === 'authorization'
      ? bareWarnings(value, now)
      : tokenWarnings(value, now);
  }
  if (token === '') return [`is the word ${scheme} alone, without a token`];
  if (new RegExp(String.raw`^${scheme}\s`, 'i').test(token)) {
    return [`says ${scheme} twice (${scheme} ${scheme} …)`];
  }
  if (/^basic$/i.test(scheme)) return basicWarnings(token);
  const inner = /\s/.test(token) ? ['has white space within the token'] : [];
  return [...inner, ...tokenWarnings(token, now)];
}

/** An Authorization header with no scheme that is known. */
function bareWarnings(value: string, now: number): string[] {
  const missing = value.includes(' ')
    ? []
    : ['has no scheme: most servers want "Bearer" before the token'];
  return [...missing, ...tokenWarnings(value.split(' ').at(-1) ?? value, now)];
}

function basicWarnings(token: string): string[] {
  const decoded = /^[A-Za-z0-9+/]+={0,2}$/.test(token)
    ? Buffer.from(token, 'base64').toString('latin1')
    : '';
  return decoded.includes(':')
    ? []
    : ['is no Basic credential: base64 of "user:password" (RFC 7617)'];
}

function tokenWarnings(token: string, now: number): string[] {
  if (/(?:\.{3}|…)$/.test(token)) return ['ends in "…": the token looks cut off'];
  const times = readJwtTimes(token);
  if (times === undefined) {
    const isPiece = /^ey[JI][\w-]{8,}(?:\.[\w-]*)?$/.test(token);
    return isPiece ? ['begins like a JWT and is cut off: it has less than three parts'] : [];
  }
  const { expiresAt, notBefore } = times;
  if (token.endsWith('.')) return ['is a JWT without a signature'];
  if (expiresAt !== undefined && expiresAt <= now) {
    return [`holds a JWT that expired ${dayOf(expiresAt)}`];
  }
  if (notBefore !== undefined && notBefore > now) {
    return [`holds a JWT that is not valid before ${dayOf(notBefore)}`];
  }
  return [];
}

function dayOf(time: number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? 'long ago' : `at ${date.toISOString().slice(0, 16)}Z`;
}

function isPlain({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && !isLoopback(hostname);
}
