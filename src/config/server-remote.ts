import { registerSecret } from '../core/redact.js';
import { isRecord } from '../core/json.js';
import type { EntryReader } from './entry-reader.js';
import { toCanonicalKey } from './fields.js';
import { checkUnique, toBearer, toHeader, toHeaderFromLine, type HeaderPair } from './headers.js';
import { readOAuth } from './oauth.js';
import { readCertificates, readTokenFile } from './read-files.js';
import { plainTextWarning, toServerUrl, transportOf } from './remote-url.js';
import type { ServerKind } from './server-kind.js';
import type { RemoteServer } from './types.js';
import { BadValue, toBoolean, toText, toTexts } from './values.js';

type Reach = Pick<
  RemoteServer,
  'transport' | 'fallback' | 'url' | 'headers' | 'ca' | 'insecure' | 'oauth'
>;

/** Where and how a remote entry is reached, or undefined when that is reported to be wrong. */
export function readRemote(
  entry: EntryReader,
  kind: Extract<ServerKind, { kind: 'remote' }>,
): Reach | undefined {
  const { fields, place } = entry;
  const field = fields.get('url', 'httpUrl', 'serverUrl', 'endpoint');
  const url = entry.parse(field, (raw) => toServerUrl(String(raw)));
  const headers = readHeaders(entry);
  const ca = entry.parse(entry.lookup ? fields.get('ca') : undefined, (raw) =>
    readCertificates(toText(raw), place),
  );
  const insecure = entry.parse(fields.get('insecure'), toBoolean) ?? false;
  const oauth = readOAuth(entry);
  if (url === undefined) return undefined;
  warnOfReach(entry, url, headers, insecure);
  if (typeof oauth === 'object' && headers.some(([name]) => /^authorization$/i.test(name))) {
    entry.warn('ignored: oauth, because its headers carry credentials');
  }
  return {
    transport: kind.transport ?? transportOf(url),
    fallback: kind.transport === undefined,
    url: url.href,
    headers,
    insecure,
    ...(ca === undefined ? {} : { ca }),
    ...(oauth === undefined ? {} : { oauth }),
  };
}

export function warnOfReach(
  entry: Pick<EntryReader, 'warn'>,
  url: URL,
  headers: readonly HeaderPair[],
  insecure: boolean,
): void {
  const plain = plainTextWarning(url, headers);
  if (plain !== undefined) entry.warn(plain);
  if (insecure) entry.warn('its certificate is not checked (insecure)');
}

/** `sse_server URL [token]` as a remote server. */
export function readSseCommand(entry: EntryReader): Reach | undefined {
  const field = entry.fields.get('args');
  const reach = entry.parse(field, (raw) => {
    const [target = '', token, ...rest] = toTexts(raw);
    if (token !== undefined) registerSecret(token);
    if (rest.length > 0) throw new BadValue('sse_server takes a URL and perhaps a token');
    return { url: toServerUrl(target), headers: token === undefined ? [] : [toBearer(token)] };
  });
  if (reach === undefined) {
    if (field === undefined) entry.report(entry.path, 'sse_server needs a URL in args');
    return undefined;
  }
  warnOfReach(entry, reach.url, reach.headers, false);
  return { ...reach, url: reach.url.href, transport: 'sse', fallback: false, insecure: false };
}

/** All headers of an entry: those written as headers, and the bearer token in any of its forms. */
export function readHeaders(entry: EntryReader): readonly HeaderPair[] {
  const { fields } = entry;
  const field = fields.get('headers', 'httpHeaders');
  const path = field?.path ?? entry.path;
  const pairs = [...readHeaderField(entry, field?.value, path), ...readToken(entry)];
  return entry.parse({ value: pairs, path }, () => checkUnique(pairs)) ?? [];
}

/** Headers as a mapping or as `Name: value` lines. */
export function readHeaderField(
  entry: Pick<EntryReader, 'parse'>,
  value: unknown,
  path: readonly (string | number)[],
): HeaderPair[] {
  const found = Array.isArray(value)
    ? value.map((line, index) =>
        entry.parse({ value: line, path: [...path, index] }, (raw) =>
          toHeaderFromLine(String(raw)),
        ),
      )
    : Object.entries(isRecord(value) ? value : {}).map(([name, item]) =>
        entry.parse({ value: item, path: [...path, name] }, (raw) => toHeader(name, String(raw))),
      );
  return found.filter((pair) => pair !== undefined);
}

function readToken(entry: EntryReader): HeaderPair[] {
  const { fields, place } = entry;
  const field = fields.get('bearertoken', 'bearerToken', 'tokenEnv', 'tokenFile');
  if (field === undefined || !entry.lookup) return [];
  const name = toCanonicalKey(String(field.path.at(-1)));
  const pair = entry.parse(field, (raw) => {
    const text = toText(raw);
    if (name === 'tokenEnv') return toBearer(tokenFromEnv(text, place.env));
    if (name !== 'tokenFile') return toBearer(text);
    const { token, warning } = readTokenFile(text, place);
    if (warning !== undefined) entry.warn(warning);
    return toBearer(token);
  });
  return pair === undefined ? [] : [pair];
}

/** The token in an environment variable. Throws `BadValue` when there is none. */
export function tokenFromEnv(name: string, env: NodeJS.ProcessEnv): string {
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  if (value === undefined || value.trim() === '') {
    const shown = /^\w{1,64}$/.test(name) ? name : 'it names';
    throw new BadValue(`the environment variable ${shown} is not set`);
  }
  return value;
}
