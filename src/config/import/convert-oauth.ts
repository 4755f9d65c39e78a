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

export interface ConvertedOAuth {
  oauth: WrittenEntry | 'none' | undefined;
  /** Keys that mean nothing here. */
  dropped: readonly string[];
}

/** Keys of our own `oauth`; one by one, because another host's key may be spelled in capitals. */
const KEYS = new Map(
  'grant grantType issuer clientId clientSecret clientMetadataUrl scopes scope redirectUri callbackPort privateKey privateKeyFile algorithm idp assertion assertionFile assertionEnv dpop'
    .split(' ')
    .map((key) => [key.toLowerCase(), key]),
);

/** The same as our `oauth` key: a mapping, `none`, or nothing. */
export function toOAuth(written: ForeignOAuth): ConvertedOAuth {
  const own = keysOf(written.oauth);
  const off = written.oauth === false || written.oauth === 'none' || own.get('enabled') === false;
  if (off || written.noOAuth === true) return { oauth: 'none', dropped: [] };
  const beside = new Map(
    Object.entries({
      clientid: written.clientId,
      clientsecret: written.clientSecret,
      scopes: written.scopes,
    }),
  );
  const oauth: Record<string, unknown> = {};
  for (const [key, value] of [...beside, ...keysOf(written.auth), ...own]) {
    const name = KEYS.get(key);
    if (name !== undefined && !isNothing(value)) oauth[name] = value;
  }
  const dropped = [written.auth, written.oauth]
    .flatMap((value) => Object.keys(isRecord(value) ? value : {}))
    .filter((key) => key !== 'enabled' && !KEYS.has(plain(key)))
    .map((key) => `oauth.${key}`);
  return { oauth: Object.keys(oauth).length === 0 ? undefined : oauth, dropped };
}

function keysOf(value: unknown): Map<string, unknown> {
  if (!isRecord(value)) return new Map();
  return new Map(Object.entries(value).map(([key, item]) => [plain(key), item]));
}

/** `CLIENT_ID`, `client_id` and `clientId` are one key. */
function plain(key: string): string {
  return toCanonicalKey(key).toLowerCase();
}

function isNothing(value: unknown): boolean {
  const empty = Array.isArray(value) && value.length === 0;
  return value === undefined || value === null || value === '' || empty;
}
