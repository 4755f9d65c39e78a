import { parseGiven, givenFlag } from '../config/flags.js';
import { tokenFromEnv } from '../config/server-remote.js';
import type { OAuthSettings, RemoteServer } from '../config/types.js';
import { BadValue, toText, toWhole } from '../config/values.js';
import { OstlerError } from '../core/errors.js';
import { registerSecret } from '../core/redact.js';
import type { Flags } from './commands/command.js';
import type { Run } from './look/run.js';
import { findServer } from './server-target.js';

/** The remote server a login is for, with what the flags say of the client. Throws `usage` for one that takes no login. */
export async function findLoginServer(
  target: string,
  { flags, io: { env, cwd }, signal, notes }: Run,
): Promise<RemoteServer> {
  const { server, warnings } = await findServer(target, flags, { env, cwd, signal });
  for (const warning of warnings) notes.warn(warning);
  if (server.transport === 'stdio') {
    throw new OstlerError(
      'usage',
      `${server.id} is started here as a command: it takes no login.`,
      {
        server: server.id,
        hint: 'Such a server gets its credentials by its env: settings.',
      },
    );
  }
  return withClient(server, flags, env);
}

function withClient(server: RemoteServer, flags: Flags, env: NodeJS.ProcessEnv): RemoteServer {
  const client = readClient(flags, env);
  if (Object.keys(client).length === 0) return server;
  const { oauth } = server;
  if (oauth === 'none') return server;
  const settings: OAuthSettings = { grant: 'authorization_code', dpop: false, ...oauth, ...client };
  return { ...server, oauth: settings };
}

type Client = Pick<OAuthSettings, 'clientId' | 'clientSecret' | 'scopes' | 'redirectUri'>;

function readClient(flags: Flags, env: NodeJS.ProcessEnv): Client {
  const read = <T>(name: string, parser: (raw: unknown) => T): T | undefined => {
    const found = givenFlag(name, flags);
    return found === undefined ? undefined : parseGiven(found, parser);
  };
  const clientId = read('oauthClientId', toText);
  const clientSecret = read('clientSecretEnv', (raw) => tokenFromEnv(toText(raw), env));
  const scopes = read('scopes', toScopes);
  const port = read('callbackPort', toPort);
  if (clientSecret !== undefined) {
    registerSecret(clientSecret);
    if (clientId === undefined) {
      throw new OstlerError('usage', '--client-secret-env needs --oauth-client-id.');
    }
  }
  return {
    ...(clientId === undefined ? {} : { clientId }),
    ...(clientSecret === undefined ? {} : { clientSecret }),
    ...(scopes === undefined ? {} : { scopes }),
    ...(port === undefined ? {} : { redirectUri: `http://localhost:${port}/callback` }),
  };
}

function toScopes(raw: unknown): readonly string[] {
  return toText(raw)
    .split(/[\s,]+/)
    .filter(Boolean);
}

function toPort(raw: unknown): number {
  const port = toWhole(1)(raw);
  if (port > 65_535) throw new BadValue('must be at most 65535');
  return port;
}
