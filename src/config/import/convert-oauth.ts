import { isRecord } from '../../core/json.js';
import type { WrittenEntry } from '../edit/types.js';
import { toCanonicalKey } from '../fields.js';

/** What hosts write about OAuth, each in its own place. */
export interface ForeignOAuth {
  /** Claude Code, gemini-cli, opencode: a mapping, or false. */
  oauth: unknown;
  /** Cursor: a mapping with `CLIENT_ID`. */
  auth: unknown;
  /** mcphost: true for never. */
  noOAuth: unknown;
  /** kit. */
  clientId: unknown;
  clientSecret: unknown;
  scopes: unknown;
}

/** The same as our `oauth` key: a mapping, `none`, or nothing. */
export function toOAuth(written: ForeignOAuth): WrittenEntry | 'none' | undefined {
  const own = keysOf(written.oauth);
  const off = written.oauth === false || written.oauth === 'none' || own.get('enabled') === false;
  if (off || written.noOAuth === true) return 'none';
  const auth = keysOf(written.auth);
  const oauth = {
    clientId: text(own.get('clientid') ?? auth.get('clientid') ?? written.clientId),
    clientSecret: text(own.get('clientsecret') ?? auth.get('clientsecret') ?? written.clientSecret),
    scopes: list(own.get('scopes') ?? own.get('scope') ?? auth.get('scopes') ?? written.scopes),
    callbackPort: port(own.get('callbackport')),
    redirectUri: text(own.get('redirecturi')),
  };
  const given = Object.entries(oauth).filter(([, value]) => value !== undefined);
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

/** `CLIENT_ID`, `client_id` and `clientId` are one key. */
function keysOf(value: unknown): Map<string, unknown> {
  if (!isRecord(value)) return new Map();
  return new Map(
    Object.entries(value).map(([key, item]) => [toCanonicalKey(key).toLowerCase(), item]),
  );
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function list(value: unknown): readonly string[] | undefined {
  const items = typeof value === 'string' ? value.split(/\s+/) : Array.isArray(value) ? value : [];
  const names = items.map(String).filter((name) => name !== '');
  return names.length === 0 ? undefined : names;
}

function port(value: unknown): number | undefined {
  const number = Number(value);
  return Number.isInteger(number) && number > 0 ? number : undefined;
}
