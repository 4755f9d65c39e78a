import { given, parseGiven, toFlag, type FlagInput } from '../config/flags.js';
import type { RemoteServer } from '../config/types.js';
import { readTokenFile } from '../config/read-files.js';
import { tokenFromEnv } from '../config/server-remote.js';
import { registerHeaderSecret } from '../core/redact.js';
import { OstlerError } from '../core/errors.js';
import { toText } from '../config/values.js';
import type { Io } from './io.js';

/** Tokens beside the good one, with or without their scheme. */
export interface OtherTokens {
  second?: string;
  expired?: string;
  wrongAudience?: string;
  limited?: string;
}

const NAMES = ['second', 'expired', 'wrongAudience', 'limited'] as const;

/**
 * The tokens of `--second-token-env` and its like, every one registered as a secret. Throws `usage`
 * when one cannot be read.
 */
export function readOtherTokens(
  flags: FlagInput,
  { env, cwd }: Pick<Io, 'env' | 'cwd'>,
): { tokens: OtherTokens; warnings: readonly string[] } {
  const tokens: OtherTokens = {};
  const warnings: string[] = [];
  for (const name of NAMES) {
    const fromEnv = given(`${name}TokenEnv`, { flags, env });
    const fromFile = given(`${name}TokenFile`, { flags, env });
    if (fromEnv !== undefined && fromFile !== undefined) {
      const both = `${fromEnv.origin.where} and ${fromFile.origin.where}`;
      throw new OstlerError('usage', `${both} name two tokens where one is wanted.`);
    }
    if (fromEnv !== undefined) {
      tokens[name] = toToken(parseGiven(fromEnv, (raw) => tokenFromEnv(toText(raw), env)));
    }
    if (fromFile !== undefined) {
      const place = { dir: cwd, env };
      const read = parseGiven(fromFile, (raw) => readTokenFile(toText(raw), place));
      tokens[name] = toToken(read.token);
      if (read.warning !== undefined) warnings.push(`${read.warning}.`);
    }
  }
  return { tokens, warnings };
}

/** Throws `usage` when one of them is the good token: its verdicts would mean nothing. */
export function checkDifferent(
  tokens: OtherTokens,
  { headers }: Pick<RemoteServer, 'headers'>,
): void {
  const good = new Set(headers.map(([, value]) => bare(value)));
  for (const name of NAMES) {
    const token = tokens[name];
    if (token === undefined || !good.has(bare(token))) continue;
    const flag = toFlag(`${name}TokenEnv`);
    throw new OstlerError('usage', `The token of ${flag} is the good one itself.`, {
      hint: 'It has to be another one, or nothing can be told from it.',
    });
  }
}

function bare(value: string): string {
  return value.trim().replace(/^[\w-]+ +/, '');
}

function toToken(text: string): string {
  const token = text.trim();
  registerHeaderSecret(token);
  return token;
}
