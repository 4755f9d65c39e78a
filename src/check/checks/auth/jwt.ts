import { isRecord } from '../../../core/json.js';

/** A signed JWT in compact form (RFC 7515 §7.1), taken apart; nothing is verified. */
export interface Jwt {
  header: Readonly<Record<string, unknown>>;
  claims: Readonly<Record<string, unknown>>;
  /** As they stand in the token. */
  parts: readonly [header: string, claims: string, signature: string];
}

const PART = '[A-Za-z0-9_-]+';
const COMPACT = new RegExp(`^(${PART})\\.(${PART})\\.(${PART})$`);

/** Undefined for every other token. */
export function parseJwt(token: string): Jwt | undefined {
  const [, first = '', second = '', third = ''] = COMPACT.exec(token) ?? [];
  const header = decode(first);
  const claims = decode(second);
  if (header === undefined || claims === undefined || typeof header['alg'] !== 'string') return;
  return { header, claims, parts: [first, second, third] };
}

export function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value), 'utf8').toString('base64url');
}

/** The claim `aud`: one or many (RFC 7519 §4.1.3). */
export function audienceOf({ claims }: Jwt): readonly string[] {
  const aud = claims['aud'];
  return (Array.isArray(aud) ? aud : [aud]).filter((one): one is string => typeof one === 'string');
}

function decode(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export const NO_JWT = {
  outcome: 'not_applicable',
  reason: 'The good token is no JWT, so nothing can be read from it or changed in it.',
} as const;
