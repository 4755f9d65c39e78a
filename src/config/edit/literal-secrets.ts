import { isRecord } from '../../core/json.js';
import { readFields, type Fields, wordOf } from '../fields.js';
import { argumentSecrets, isHarmlessHeader, isSecretName, isSecretParameter } from '../secrets.js';
import { BadReference, parseTemplate, type Part } from '../template.js';
import type { WrittenEntry } from './types.js';

/** A credential that stands in an entry itself, and not by reference. */
export interface LiteralSecret {
  /** Where in the entry: `headers.Authorization`. */
  at: string;
  /** Never to be shown. */
  value: string;
}

/** Beginnings that issuers give their tokens, and the one of every JWT. */
export const TOKEN = /^(?:sk-|pk-|gh[opsu]_|github_pat_|glpat-|xox[a-z]-|AKIA|AIza|eyJ[\w-]+\.)/;
const SCHEME = /^(?:Bearer|Basic|Token|ApiKey)\s+/i;

/** Every literal credential of a server entry, as far as names and forms tell. */
export function literalSecrets(entry: WrittenEntry): LiteralSecret[] {
  const fields = readFields(entry, [], () => {});
  return [
    ...headerSecrets(fields),
    ...envSecrets(fields),
    ...argumentsOf(fields),
    ...urlSecrets(fields),
    ...otherSecrets(fields),
  ];
}

function headerSecrets(fields: Fields): LiteralSecret[] {
  const written = fields.get('headers')?.value ?? fields.get('httpHeaders')?.value;
  const pairs = Array.isArray(written)
    ? written.map((line) => {
        const [name = '', ...rest] = wordOf(line).split(':');
        return [name.trim(), rest.join(':')] as const;
      })
    : Object.entries(isRecord(written) ? written : {});
  return pairs.flatMap(([name, raw]) => {
    const value = wordOf(raw).trim();
    const named = isSecretName(name) || /cookie|session|jwt|signature/i.test(name);
    if (isHarmlessHeader(name) || !(named || TOKEN.test(value.replace(SCHEME, '')))) return [];
    return literal(`headers.${name}`, value);
  });
}

function envSecrets(fields: Fields): LiteralSecret[] {
  const written = fields.get('env')?.value ?? fields.get('environment')?.value;
  return Object.entries(isRecord(written) ? written : {}).flatMap(([name, raw]) => {
    const value = wordOf(raw);
    const named = isSecretName(name) && !isPlace(value);
    if (named || TOKEN.test(value)) return literal(`env.${name}`, value);
    return secretsInUrl(value).flatMap((secret) => literal(`env.${name}`, secret));
  });
}

/** A path, a URL without a credential, an amount or a switch: what `TOKEN_URL` and `KEY_FILE` hold. */
function isPlace(value: string): boolean {
  if (/^[a-z]+:\/\//i.test(value)) return secretsInUrl(value).length === 0;
  return /^(?:~|\.{0,2}[/\\]|\d{1,7}$|(?:true|false|yes|no|on|off)$)/i.test(value);
}

function argumentsOf(fields: Fields): LiteralSecret[] {
  const words = [fields.get('command')?.value, fields.get('args')?.value ?? []].flat().map(wordOf);
  return [
    ...argumentSecrets(words).flatMap(({ value }) => literal('args', value)),
    ...words.flatMap((word) => (TOKEN.test(word) ? literal('args', word) : [])),
    ...words.flatMap((word) => secretsInUrl(word).flatMap((value) => literal('args', value))),
  ];
}

function urlSecrets(fields: Fields): LiteralSecret[] {
  return ['url', 'httpUrl', 'serverUrl', 'endpoint'].flatMap((key) => {
    const url = fields.get(key)?.value;
    if (typeof url !== 'string') return [];
    return secretsInUrl(url).flatMap((value) => literal(key, value));
  });
}

/** What a URL carries as password and in parameters with secret names. It may hold references. */
function secretsInUrl(text: string): string[] {
  const user = /^[a-z][a-z0-9+.-]*:\/\/([^/?#\s@]+)@/i.exec(text)?.[1];
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return [];
  const query = /\?([^#]*)/.exec(text)?.[1] ?? '';
  const values = query.split('&').flatMap((pair) => {
    const [name = '', ...rest] = pair.split('=');
    return isSecretParameter(name) && rest.length > 0 ? [rest.join('=')] : [];
  });
  return [...(user === undefined ? [] : [user.replace(/^[^:]*:/, '')]), ...values];
}

const TOLD = new Set(['headers', 'httpHeaders', 'env', 'environment', 'args', 'command']);
/** Names that sound secret and hold none. */
const NO_SECRET =
  /^(?:tokenEnv|tokenFile|authProviderType|.*(?:Env|File|Url|Port)|authorization.*)$/;

/** `bearerToken`, `oauth.clientSecret` and the like, at any depth. */
function otherSecrets(fields: Fields): LiteralSecret[] {
  return fields
    .names()
    .filter((name) => !TOLD.has(name))
    .flatMap((name) => deep(name, name, fields.get(name)?.value));
}

function deep(at: string, name: string, value: unknown): LiteralSecret[] {
  if (typeof value === 'string') {
    const named = isSecretName(name) && !NO_SECRET.test(name) && !isPlace(value);
    return named || TOKEN.test(value) ? literal(at, value) : [];
  }
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, item]) => deep(`${at}.${key}`, key, item));
}

/** The value as a secret, when some of it is no reference. */
function literal(at: string, value: string): LiteralSecret[] {
  const credential = value.replace(SCHEME, '');
  return hasText(credential) ? [{ at, value: credential }] : [];
}

function hasText(value: string): boolean {
  try {
    const spoken = (part: Part): boolean => {
      if (part.kind === 'text') return /[\p{L}\p{N}]/u.test(part.text);
      return part.kind === 'variable' && (part.fallback ?? []).some(spoken);
    };
    return parseTemplate(value).some(spoken);
  } catch (error) {
    if (error instanceof BadReference) return true;
    throw error;
  }
}
