import { isHarmlessHeader } from '../../config/secrets.js';
import { REDACTED } from '../../core/redact.js';

/** Schemes that may be shown (https://www.iana.org/assignments/http-authschemes); any other first word may be the secret itself. */
const SCHEME =
  /^(bearer|basic|digest|dpop|negotiate|token|apikey|hoba|mutual|aws4-hmac-sha256)(?=\s)/i;

/** Headers that every request has, whoever sends it. */
const PLAIN = new Set([
  'accept-encoding',
  'cache-control',
  'connection',
  'content-length',
  'host',
  'mcp-method',
  'mcp-name',
  'transfer-encoding',
]);

/** The value as it may be shown: harmless ones as they are, of others the scheme alone. */
export function maskHeader(name: string, value: string): string {
  if (isHarmlessHeader(name) || PLAIN.has(name.toLowerCase())) return value;
  if (value.trim() === '') return value;
  const scheme = SCHEME.exec(value.trim())?.[1];
  return scheme === undefined ? REDACTED : `${scheme} ${REDACTED}`;
}
