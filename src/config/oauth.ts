import { isRecord } from '../core/json.js';
import { registerSecret } from '../core/redact.js';
import type { EntryReader } from './entry-reader.js';
import { readFields, type Fields } from './fields.js';
import { readAssertion, readIdp, readPrivateKey } from './oauth-secrets.js';
import type { OAuthSettings } from './types.js';
import { BadValue, toBoolean, toOneOf, toText, toTexts, toWhole } from './values.js';

/** Keys of `oauth` that other hosts read; the program asks the server instead. */
const FOREIGN =
  'authorizationUrl tokenUrl registrationUrl authServerMetadataUrl audiences tokenParamName'.split(
    ' ',
  );
/** Keys of an entry that mean the same as one in `oauth`, and the hosts that write them: kit, mcphost. */
const BESIDE = {
  oauthClientId: 'clientId',
  oauthClientSecret: 'clientSecret',
  oauthScopes: 'scopes',
} as const;

const GRANTS = ['authorization_code', 'client_credentials', 'cross_app', 'jwt_bearer'] as const;

/** How a remote server is logged in to; undefined = a person may log in when it asks for it, `none` = never. */
export function readOAuth(entry: EntryReader): OAuthSettings | 'none' | undefined {
  const field = entry.fields.get('oauth');
  if (entry.parse(entry.fields.get('noOAuth'), toBoolean) === true) return 'none';
  const { value } = field ?? {};
  if (value === false || (typeof value === 'string' && isOff(value))) return 'none';
  if (!entry.lookup) return undefined;
  if (typeof value === 'string' && !/^(?:true|auto)$/i.test(value.trim())) {
    entry.report(field?.path ?? entry.path, 'must be none, true, false or a mapping');
    return undefined;
  }
  const fields = oauthFields(entry, isRecord(value) ? value : {});
  if (entry.parse(fields.get('enabled'), toBoolean) === false) return 'none';
  warnOfForeign(entry, fields);
  const written = fields.names().some((name) => name !== 'enabled' && !FOREIGN.includes(name));
  return written ? readSettings(entry, fields) : undefined;
}

/** `false` may come out of a reference. */
function isOff(text: string): boolean {
  return /^(?:none|false|off|no|never)$/i.test(text.trim());
}

/** The mapping, with what other hosts write beside it. */
function oauthFields(entry: EntryReader, written: Record<string, unknown>): Fields {
  const path = entry.fields.get('oauth')?.path ?? entry.path;
  const own = readFields(written, path, entry.report);
  const beside = Object.entries(BESIDE).flatMap(([name, key]) => {
    const found = entry.fields.get(name);
    return found === undefined ? [] : [[key, found] as const];
  });
  const extra = new Map(beside);
  return {
    get(...names) {
      const first = own.get(...names);
      const other = names.map((name) => extra.get(name as 'clientId')).find(Boolean);
      if (first !== undefined && other !== undefined) {
        entry.report(other.path, `means the same as oauth.${names[0]}: give one of them`);
      }
      return first ?? other;
    },
    has: (...names) => own.has(...names) || names.some((name) => extra.has(name as 'clientId')),
    names: () => [...own.names(), ...extra.keys()],
  };
}

function warnOfForeign(entry: EntryReader, fields: Fields): void {
  const ignored = FOREIGN.filter((name) => fields.has(name));
  if (ignored.length > 0) {
    entry.warn(
      `ignored: ${ignored.map((name) => `oauth.${name}`).join(', ')}; the server is asked`,
    );
  }
  const provider = entry.parse(entry.fields.get('authProviderType'), toText);
  if (provider !== undefined && provider !== 'dynamic_discovery') {
    entry.warn('ignored: authProviderType; the server is asked who gives tokens');
  }
}

function readSettings(entry: EntryReader, fields: Fields): OAuthSettings {
  const { parse } = entry;
  const clientSecret = parse(fields.get('clientSecret'), toText);
  if (clientSecret !== undefined) registerSecret(clientSecret);
  const idp = readIdp(entry, fields.get('idp'));
  const assertion = readAssertion(entry, fields);
  const privateKey = readPrivateKey(entry, fields);
  const read = {
    issuer: parse(fields.get('issuer'), toIssuer),
    clientId: parse(fields.get('clientId'), toText),
    clientSecret,
    clientMetadataUrl: parse(fields.get('clientMetadataUrl'), toDocumentUrl),
    scopes: parse(fields.get('scopes', 'scope'), toScopes),
    redirectUri: readRedirectUri(entry, fields),
    privateKey,
    algorithm: parse(fields.get('algorithm'), toAlgorithm),
    idp,
    assertion,
  };
  const given = Object.entries(read).filter(([, value]) => value !== undefined);
  const settings: OAuthSettings = {
    ...(Object.fromEntries(given) as Partial<OAuthSettings>),
    grant: parse(fields.get('grant', 'grantType'), toGrant) ?? grantOf(read),
    dpop: parse(fields.get('dpop'), toBoolean) ?? false,
  };
  reportMissing(entry, settings);
  return settings;
}

/** What is there says what it is for. */
function grantOf(read: Readonly<Record<string, unknown>>): OAuthSettings['grant'] {
  if (read['idp'] !== undefined) return 'cross_app';
  if (read['assertion'] !== undefined) return 'jwt_bearer';
  return read['privateKey'] === undefined ? 'authorization_code' : 'client_credentials';
}

const NEEDED: Readonly<Record<OAuthSettings['grant'], readonly (keyof OAuthSettings)[]>> = {
  authorization_code: [],
  client_credentials: ['clientId'],
  cross_app: ['idp', 'clientId', 'clientSecret'],
  jwt_bearer: ['assertion'],
};
const WRITTEN: Partial<Record<keyof OAuthSettings, string>> = {
  assertion: 'assertionFile or assertionEnv',
};

function reportMissing(entry: EntryReader, settings: OAuthSettings): void {
  const path = entry.fields.get('oauth')?.path ?? entry.path;
  const missing = NEEDED[settings.grant]
    .filter((key) => settings[key] === undefined)
    .map((key) => WRITTEN[key] ?? key);
  const hasSecret = settings.clientSecret !== undefined || settings.privateKey !== undefined;
  if (settings.grant === 'client_credentials' && !hasSecret) missing.push('clientSecret');
  if (missing.length > 0) {
    entry.report(path, `the grant ${settings.grant} needs ${missing.join(', ')}`);
  }
}

function readRedirectUri(entry: EntryReader, fields: Fields): string | undefined {
  const uri = entry.parse(fields.get('redirectUri'), toRedirectUri);
  const port = entry.parse(fields.get('callbackPort'), toPort);
  // What Claude Code registers for its callbackPort.
  return uri ?? (port === undefined ? undefined : `http://localhost:${port}/callback`);
}

function toPort(raw: unknown): number {
  const port = toWhole(1)(raw);
  if (port > 65_535) throw new BadValue('must be at most 65535');
  return port;
}

function toRedirectUri(raw: unknown): string {
  const text = toText(raw).trim();
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const local = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url?.hostname ?? '');
  if (url?.protocol !== 'http:' || !local) {
    throw new BadValue('must be http:// on a loopback address: http://127.0.0.1:8976/callback');
  }
  return text;
}

function toIssuer(raw: unknown): string {
  const text = toText(raw).trim();
  const isUrl = URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
  if (!isUrl)
    throw new BadValue('must be the https URL by which the authorization server calls itself');
  return text;
}

function toDocumentUrl(raw: unknown): string {
  const text = toText(raw).trim();
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:' || url.pathname === '/') {
    throw new BadValue('must be the https URL of a client id metadata document, with a path');
  }
  return text;
}

/** A list, or one text with spaces as in OAuth itself. */
function toScopes(raw: unknown): readonly string[] {
  return toTexts(raw).flatMap((text) => text.split(/\s+/));
}

function toGrant(raw: unknown): OAuthSettings['grant'] {
  return toOneOf(GRANTS)(typeof raw === 'string' ? raw.replaceAll('-', '_') : raw);
}

function toAlgorithm(raw: unknown): string {
  const text = toText(raw).trim();
  if (!/^(?:RS|ES|PS)(?:256|384|512)$/.test(text)) {
    throw new BadValue('must be ES256, RS256, PS256 or one of their 384 and 512 forms');
  }
  return text;
}
