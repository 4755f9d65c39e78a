import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { statePaths } from '../../config/paths.js';
import type { RemoteServer } from '../../config/types.js';
import type { LoginPort } from '../ports.js';
import { hasCredentials } from '../http-errors.js';
import type { Authorizer } from './authorizer.js';

/** The way to tokens of our own for one server. Nothing of OAuth is loaded before one is kept or wanted. */
export interface AuthGate {
  /** Undefined while nothing is kept for this server and it has refused nothing. */
  existing: () => Promise<Authorizer | undefined>;
  required: () => Promise<Authorizer>;
  /** A person logs in, if the last failure was for want of that. True: it is worth another try. */
  settle: (signal: AbortSignal) => Promise<boolean>;
  connected: () => void;
}

export interface GateOptions {
  env: NodeJS.ProcessEnv;
  login?: LoginPort | undefined;
  onNotice?: ((message: string) => void) | undefined;
}

/** Undefined for a server that gets its credentials from the configuration, or must not get any. */
export function createAuthGate(server: RemoteServer, options: GateOptions): AuthGate | undefined {
  if (server.oauth === 'none' || hasCredentials(server)) return undefined;
  const { env, login, onNotice = () => {} } = options;
  let authorizer: Promise<Authorizer> | undefined;
  let looked: Promise<boolean> | undefined;
  let isConnected = false;
  const required = () =>
    (authorizer ??= import('./authorizer.js').then(async ({ createAuthorizer }) => {
      const made = await createAuthorizer({ server, env, login, onNotice });
      if (isConnected) made.connected();
      return made;
    }));
  return {
    required,
    async existing() {
      if (authorizer === undefined && !(await (looked ??= isKept(server.url, env))))
        return authorizer;
      return required();
    },
    async settle(signal) {
      return authorizer === undefined ? false : (await authorizer).settle(signal);
    },
    connected() {
      isConnected = true;
      void authorizer?.then((made) => made.connected());
    },
  };
}

/** Most people have no tokens at all: then it is one look at a directory that is not there. */
async function isKept(server: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const { data } = await statePaths(env);
  const files = await readdir(path.join(data, 'credentials')).catch(() => []);
  if (files.length === 0) return false;
  const { serverPrefix } = await import('./names.js');
  return files.some((file) => file.startsWith(serverPrefix(server)));
}
