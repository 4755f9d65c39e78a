import { randomBytes } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { OstlerError } from '../core/errors.js';
import { errnoOf } from './errno.js';
import { isLoopback, TOKEN_HINT } from './policy.js';
import type { Principal, SampleKind } from './types.js';

export const DEFAULT_TOKEN_ENV = 'OSTLER_SERVE_TOKEN';

/** Where tokens come from. Never from the command line, which every user of the machine can read. */
export interface TokenSources {
  kind: SampleKind;
  host: string;
  /** Name of the variable; when undefined, or the default name, it may be unset. */
  tokenEnv?: string | undefined;
  /** Wins over the variable. */
  tokenFile?: string | undefined;
  /** Name of the variable with the token of a second principal. */
  secondTokenEnv?: string | undefined;
  env: Readonly<Record<string, string | undefined>>;
}

export interface Tokens {
  principals: readonly Principal[];
  /** The first one was made here, so its owner has yet to learn it. */
  generated: boolean;
}

/** Throws `usage` when a named source has no token, or when there is none where there must be. */
export async function loadTokens(sources: TokenSources): Promise<Tokens> {
  const given = await firstToken(sources);
  if (given === undefined && (sources.kind === 'shell' || !isLoopback(sources.host))) {
    const why = sources.kind === 'shell' ? 'runs commands' : `listens on ${sources.host}`;
    throw new OstlerError('usage', `A server that ${why} does not start without a token.`, {
      hint: TOKEN_HINT,
    });
  }
  const principals = [{ name: 'first', token: given ?? randomBytes(32).toString('base64url') }];
  if (sources.secondTokenEnv !== undefined) {
    principals.push({ name: 'second', token: fromEnv(sources.secondTokenEnv, sources.env) });
  }
  return { principals, generated: given === undefined };
}

async function firstToken(sources: TokenSources): Promise<string | undefined> {
  const { tokenFile, tokenEnv = DEFAULT_TOKEN_ENV, env } = sources;
  if (tokenFile !== undefined) return fromFile(tokenFile);
  if (tokenEnv === DEFAULT_TOKEN_ENV && env[tokenEnv] === undefined) return undefined;
  return fromEnv(tokenEnv, env);
}

function fromEnv(name: string, env: TokenSources['env']): string {
  const token = env[name]?.trim();
  if (token !== undefined && token !== '') return token;
  const state = token === undefined ? 'not set' : 'empty';
  throw new OstlerError('usage', `The environment variable ${name} is ${state}.`, {
    hint: `Make a token: export ${name}=$(openssl rand -hex 32)`,
  });
}

/** More than any token has; a wrong file is not read to its end. */
const MAX_FILE = 4096;

/** One token, with or without a newline behind it, in a file that only its owner can read. */
async function fromFile(file: string): Promise<string> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, 'r');
    const { mode } = await handle.stat();
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) throw tooOpen(file, mode);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAX_FILE), 0, MAX_FILE);
    return buffer.toString('latin1', 0, bytesRead).replace(/[\r\n]+$/, '');
  } catch (error) {
    if (error instanceof OstlerError) throw error;
    const why = errnoOf(error) ?? 'unknown error';
    throw new OstlerError('usage', `The token file ${file} cannot be read (${why}).`, {
      hint: `Make one: (umask 077; openssl rand -hex 32 > ${file})`,
      cause: error,
    });
  } finally {
    await handle?.close();
  }
}

function tooOpen(file: string, mode: number): OstlerError {
  const octal = (mode & 0o777).toString(8).padStart(4, '0');
  return new OstlerError(
    'usage',
    `The token file ${file} can be read by other users (mode ${octal}).`,
    { hint: `Type: chmod 600 ${file}` },
  );
}
