import path from 'node:path';
import { withFileLock } from '../../config/atomic-write.js';
import { statePaths } from '../../config/paths.js';
import { isRecord } from '../../core/json.js';
import { registerSecret } from '../../core/redact.js';
import { clientPrefix, hash, serverPrefix } from './names.js';
import type { ClientIdentity, Grant, KeptIn, LoginState, Registration, Tokens } from './types.js';
import { createVault, type Kept, type Vault } from './vault.js';

/** Grants by authorization server and exact server URL, and the clients that were registered on the spot. */
export interface TokenStore {
  /** True when something is kept for this server; no secret is read. */
  has: (server: string) => Promise<boolean>;
  /** The newest first. What is secret in them is registered with the redactor. */
  grants: (server: string) => Promise<Grant[]>;
  /** The same without the secrets. */
  states: (server: string) => Promise<LoginState[]>;
  save: (server: string, grant: Grant) => Promise<KeptIn>;
  /** Rejects with `config_invalid` for an entry that cannot be read, and leaves it. */
  remove: (server: string, issuer: string) => Promise<void>;
  /** Every entry of this server, those that cannot be read too. */
  entries: (server: string) => Promise<Entry[]>;
  /** Removes one entry, whatever state it is in. */
  forget: (entry: Entry) => Promise<void>;
  /** The newest first. */
  registrations: (issuer: string) => Promise<Registration[]>;
  saveRegistration: (registration: Registration) => Promise<KeptIn>;
  forgetRegistrations: (issuer: string) => Promise<void>;
  /** Runs `work` while no other process of ours does for this server. */
  locked: <T>(server: string, work: () => Promise<T>, signal?: AbortSignal) => Promise<T>;
  /** Runs `work` while no other process of ours has a browser open for a login. */
  alone: <T>(work: () => Promise<T>, signal?: AbortSignal) => Promise<T>;
}

/** One kept login while it is forgotten. */
export interface Entry {
  name: string;
  /** Undefined when the entry cannot be read. */
  state: LoginState | undefined;
  /** Undefined when its secrets cannot be read, or the keychain does not give them out. */
  grant: Grant | undefined;
}

/** Where it is; made at the first write. */
export async function credentialsDirectory(env: NodeJS.ProcessEnv): Promise<string> {
  return path.join((await statePaths(env)).data, 'credentials');
}

/** The store of this user: secrets in the keychain, or in files of 0600 where there is none. */
export async function createTokenStore(env: NodeJS.ProcessEnv): Promise<TokenStore> {
  const vault = createVault(await credentialsDirectory(env), env);
  const newest = async (prefix: string): Promise<Kept[]> =>
    (await vault.list(prefix)).toSorted((a, b) => savedAt(b) - savedAt(a));
  const lockFile = (name: string) => path.join(vault.directory, name);
  return {
    has: async (server) => (await vault.list(serverPrefix(server))).length > 0,
    async grants(server) {
      const kept = await newest(serverPrefix(server));
      const read = await Promise.all(kept.map(async ({ secret }) => toGrant(await secret())));
      return read.filter((grant) => grant !== undefined);
    },
    states: async (server) => (await newest(serverPrefix(server))).map(toState),
    save(server, grant) {
      registerGrant(grant);
      return vault.write(
        `${serverPrefix(server)}${hash(grant.issuer)}`,
        about(server, grant),
        grant,
      );
    },
    async remove(server, issuer) {
      const name = `${serverPrefix(server)}${hash(issuer)}`;
      await vault.read(name);
      await vault.remove(name);
    },
    async entries(server) {
      const names = await vault.names(serverPrefix(server));
      return Promise.all(names.map((name) => toEntry(vault, name)));
    },
    forget: ({ name }) => vault.remove(name),
    async registrations(issuer) {
      const kept = await newest(clientPrefix(issuer));
      const read = await Promise.all(
        kept.map(async ({ secret }) => toRegistration(await secret())),
      );
      return read.filter((registration) => registration !== undefined);
    },
    saveRegistration(registration) {
      const { issuer, redirectUri, client } = registration;
      registerClient(client);
      const known = { issuer, redirectUri, clientId: client.client_id, savedAt: Date.now() };
      return vault.write(`${clientPrefix(issuer)}${hash(redirectUri)}`, known, registration);
    },
    async forgetRegistrations(issuer) {
      for (const { name } of await vault.list(clientPrefix(issuer))) await vault.remove(name);
    },
    locked: (server, work, signal) =>
      withFileLock(lockFile(`${serverPrefix(server)}tokens`), work, signal),
    alone: (work, signal) => withFileLock(lockFile('browser'), work, signal),
  };
}

async function toEntry(vault: Vault, name: string): Promise<Entry> {
  const kept = await vault.read(name).catch(() => undefined);
  const grant = await kept?.secret().then(toGrant, () => undefined);
  return { name, state: kept && toState(kept), grant };
}

function about(server: string, grant: Grant): Record<string, unknown> {
  const { issuer, kind, tokens, client, receivedAt, asked } = grant;
  return {
    server,
    issuer,
    kind,
    clientId: client?.client_id,
    scopes: scopesOf(tokens.scope ?? asked),
    expiresAt: expiryOf(grant),
    renewable: tokens.refresh_token !== undefined || kind !== 'authorization_code',
    savedAt: receivedAt,
  };
}

/** Epoch milliseconds after which the access token is no longer good; undefined when nobody said. */
export function expiryOf({ tokens, receivedAt }: Grant): number | undefined {
  if (tokens.expires_in === undefined) return undefined;
  const at = receivedAt + tokens.expires_in * 1000;
  return isTime(at) ? at : undefined;
}

/** Whether a date can be made of it (ECMA-262, time values): an authorization server may say any number. */
function isTime(at: unknown): at is number {
  return typeof at === 'number' && Math.abs(at) <= 8.64e15;
}

export function scopesOf(scope: string | undefined): string[] {
  return scope?.split(/\s+/).filter((name) => name !== '') ?? [];
}

function savedAt({ about: { savedAt: at } }: Kept): number {
  return typeof at === 'number' ? at : 0;
}

function toState({ about: known, where }: Kept): LoginState {
  const { issuer, kind, clientId, scopes, expiresAt, renewable } = known;
  return {
    issuer: String(issuer),
    kind: kind as LoginState['kind'],
    ...(typeof clientId === 'string' ? { clientId } : {}),
    scopes: Array.isArray(scopes) ? scopes.map(String) : [],
    where,
    ...(isTime(expiresAt) ? { expiresAt } : {}),
    renewable: renewable === true,
  };
}

/** Only our own program writes it, but an older or newer one may have. */
function toGrant(value: unknown): Grant | undefined {
  if (!isRecord(value) || !isRecord(value['tokens'])) return undefined;
  if (typeof value['tokens']['access_token'] !== 'string') return undefined;
  if (typeof value['issuer'] !== 'string') return undefined;
  const grant = value as unknown as Grant;
  registerGrant(grant);
  return grant;
}

function toRegistration(value: unknown): Registration | undefined {
  if (!isRecord(value) || !isRecord(value['client'])) return undefined;
  if (typeof value['client']['client_id'] !== 'string') return undefined;
  const registration = value as unknown as Registration;
  registerClient(registration.client);
  return registration;
}

function registerGrant({ tokens, client, dpopKey }: Grant): void {
  registerTokens(tokens);
  if (client !== undefined) registerClient(client);
  if (typeof dpopKey?.['d'] === 'string') registerSecret(dpopKey['d']);
}

/** No sink shows them from here on. */
export function registerTokens({ access_token, refresh_token, id_token }: Tokens): void {
  for (const token of [access_token, refresh_token, id_token]) {
    if (typeof token === 'string') registerSecret(token);
  }
}

export function registerClient(client: ClientIdentity): void {
  for (const key of ['client_secret', 'registration_access_token']) {
    const secret = client[key];
    if (typeof secret === 'string') registerSecret(secret);
  }
}
