import { randomInt } from 'node:crypto';
import type { RemoteServer } from '../../config/types.js';
import { hasUrlSecret, isHarmlessHeader, isSecretName } from '../../config/secrets.js';
import { registerHeaderSecret, registerSecret } from '../../core/redact.js';
import type { Credential, CredentialForm, HeaderPair } from './types.js';

/** The good credential of a server, and what can be made of it. */
export interface Credentials {
  form: CredentialForm | undefined;
  good: Credential;
  none: Credential;
  wrong: (label?: string) => Credential;
  withToken: (token: string, label: string) => Credential;
  /** Names of the headers that carry credentials, and `?name` of query parameters that do. */
  names: readonly string[];
}

const BEARER = 'Authorization';

/**
 * Which configured header is the secret: `Authorization` first, then the first whose name looks
 * secret. A user name and password in the URL are Basic authentication (RFC 7617); a secret in its
 * query belongs to the good credential alone.
 */
export function readCredentials(server: RemoteServer): Credentials {
  const headers = withUserinfo(server);
  const secrets = headers.filter(([name]) => looksSecret(name));
  const carrier = secrets.find(([name]) => isAuthorization(name)) ?? secrets[0];
  const harmless = headers.filter(([name]) => !looksSecret(name));
  const form = carrier === undefined ? undefined : toForm(carrier, headers);
  const withToken = (token: string, label: string): Credential => ({
    label,
    headers: [...(form?.others ?? harmless), toHeader(form, token)],
  });
  for (const [, value] of secrets) registerHeaderSecret(value);
  const query = secretQuery(new URL(server.url));
  return {
    form,
    good: { label: 'good', headers, ...(query === '' ? {} : { query }) },
    none: { label: 'none', headers: harmless },
    wrong: (label = 'wrong') => withToken(randomLike(form?.token), label),
    withToken,
    names: [...secrets.map(([name]) => name), ...namesOf(query)],
  };
}

/** A token of another kind given on the side (`--second-token-env`); its scheme may stand before it. */
export function givenToken(
  credentials: Credentials,
  token: string | undefined,
  label: string,
): Credential | undefined {
  if (token === undefined) return undefined;
  const text = token.trim();
  const scheme = `${credentials.form?.scheme ?? 'Bearer'} `;
  const bare = text.toLowerCase().startsWith(scheme.toLowerCase())
    ? text.slice(scheme.length)
    : text;
  registerSecret(bare.trim());
  return credentials.withToken(bare.trim(), label);
}

/** The URL without the parts of its query that are credentials. */
export function withoutSecretQuery(url: URL): URL {
  const rest = pairsOf(url).filter((pair) => !isSecretPair(pair));
  const plain = new URL(url);
  if (rest.length < pairsOf(url).length) plain.search = rest.join('&');
  return plain;
}

function secretQuery(url: URL): string {
  return pairsOf(url).filter(isSecretPair).join('&');
}

function pairsOf({ search }: URL): string[] {
  return search.length < 2 ? [] : search.slice(1).split('&');
}

function isSecretPair(pair: string): boolean {
  return hasUrlSecret(new URL(`http://localhost/?${pair}`));
}

function namesOf(query: string): string[] {
  return query === '' ? [] : query.split('&').map((pair) => `?${pair.split('=')[0] ?? ''}`);
}

function looksSecret(name: string): boolean {
  return !isHarmlessHeader(name) && (isSecretName(name) || /^cookie$|session|jwt/i.test(name));
}

function isAuthorization(name: string): boolean {
  return name.toLowerCase() === 'authorization';
}

function toForm(carrier: HeaderPair, headers: readonly HeaderPair[]): CredentialForm {
  const [header, value] = carrier;
  const others = headers.filter((pair) => pair !== carrier);
  const [, scheme, token] = isAuthorization(header) ? (/^(\S+) +(\S.*)$/.exec(value) ?? []) : [];
  return { header, scheme, token: token ?? value, others };
}

function toHeader(form: CredentialForm | undefined, token: string): HeaderPair {
  if (form === undefined) return [BEARER, `Bearer ${token}`];
  return [form.header, form.scheme === undefined ? token : `${form.scheme} ${token}`];
}

function withUserinfo({ url, headers }: RemoteServer): readonly HeaderPair[] {
  const { username, password } = new URL(url);
  if (username === '' && password === '') return headers;
  if (headers.some(([name]) => isAuthorization(name))) return headers;
  const user = `${decode(username)}:${decode(password)}`;
  return [[BEARER, `Basic ${Buffer.from(user).toString('base64')}`], ...headers];
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const CLASSES = ['abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', '0123456789'] as const;
const HEX = '0123456789abcdef';

/** Random, of the same length and the same kinds of characters: hexadecimal stays so, dots stay. */
function randomLike(token = 'x'.repeat(32)): string {
  const isHex = /^[0-9a-f]{16,}$/.test(token);
  for (let tries = 0; tries < 10; tries += 1) {
    const made = Array.from(token, (char) => {
      const set = isHex ? HEX : CLASSES.find((chars) => chars.includes(char));
      return set === undefined ? char : pick(set);
    }).join('');
    if (made !== token) return made;
  }
  return Array.from({ length: 32 }, () => pick(HEX)).join('');
}

function pick(chars: string): string {
  return chars.charAt(randomInt(chars.length));
}
