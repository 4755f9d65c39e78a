import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { OAuthSettings, RemoteServer } from '../../src/config/types.js';
import { OstlerError } from '../../src/core/errors.js';
import { forgetSecrets } from '../../src/core/redact.js';
import { createLoginPort } from '../../src/mcp/auth/login-port.js';
import type { LoginPort } from '../../src/mcp/ports.js';
import { startServer } from '../../src/mcp/start.js';
import type { Connection } from '../../src/mcp/types.js';
import { playBrowser } from '../servers/oauth/browser.mjs';
import { remote } from '../servers/definitions.js';

/** Things to close, the last one first. */
export interface Bin {
  keep: <T extends { close: () => Promise<unknown> }>(thing: T) => T;
  empty: () => Promise<void>;
}

export function createBin(): Bin {
  const kept: { close: () => Promise<unknown> }[] = [];
  return {
    keep(thing) {
      kept.push(thing);
      return thing;
    },
    async empty() {
      for (const thing of kept.splice(0).toReversed()) await thing.close();
      forgetSecrets();
    },
  };
}

/** A home of its own, with tokens in files. */
export interface Home {
  env: NodeJS.ProcessEnv;
  dir: string;
  credentials: string;
  close: () => Promise<void>;
}

export async function createHome(): Promise<Home> {
  const dir = await mkdtemp(path.join(tmpdir(), 'ostler-oauth-'));
  return {
    dir,
    credentials: path.join(dir, 'data', 'credentials'),
    env: { PATH: process.env['PATH'], OSTLER_HOME: dir, OSTLER_NO_KEYCHAIN: '1' },
    close: () => rm(dir, { recursive: true, force: true, maxRetries: 5 }),
  };
}

export interface Person {
  login: LoginPort;
  /** Pages the browser was sent to. */
  pages: string[];
}

/** Somebody whose browser goes where it is sent, or who gives up. */
export function createPerson(home: Home, says: 'yes' | 'no' = 'yes'): Person {
  const pages: string[] = [];
  const port = createLoginPort({
    env: home.env,
    ask: () => Promise.resolve({ kind: says === 'yes' ? 'open' : 'cancel' }),
    open: async (url) => {
      await playBrowser(url);
    },
  });
  const login: LoginPort = {
    async begin(begin, signal) {
      const pending = await port.begin(begin, signal);
      return {
        ...pending,
        authorize(url, state) {
          pages.push(url.href);
          return pending.authorize(url, state);
        },
      };
    },
  };
  return { login, pages };
}

export interface DialIn {
  home: Home;
  login?: LoginPort;
  oauth?: OAuthSettings | 'none';
  overrides?: Partial<RemoteServer>;
  onWarning?: (message: string) => void;
  signal?: AbortSignal;
}

/** Connects through the front door of src/mcp. */
export function dialIn(url: string, given: DialIn): Promise<Connection> {
  const { home, login, oauth, overrides = {}, onWarning = () => {}, signal } = given;
  const server = remote(url, { ...(oauth === undefined ? {} : { oauth }), ...overrides });
  const ports = login === undefined ? {} : { login };
  const finish = startServer(server, { env: home.env, ports, onWarning });
  return finish({ signal: signal ?? new AbortController().signal });
}

/** The error with which anything fails; another kind of error is a bug and fails the test. */
export async function failing(attempt: Promise<unknown>): Promise<OstlerError> {
  const error: unknown = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof OstlerError) return error;
  throw new Error(`expected an OstlerError, got ${String(error)}`);
}
