import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OAuthSettings } from '../../src/config/types.js';
import {
  startAuthorizationServer,
  type AuthorizationServerOptions,
} from '../servers/oauth/authorization-server.js';
import { startGuarded, type GuardedServerOptions } from '../servers/oauth/guarded.js';
import { quiet, textOf } from '../servers/connect.js';
import {
  createBin,
  createHome,
  createPerson,
  dialIn,
  failing,
  type Home,
} from '../support/oauth.js';

const bin = createBin();
let home: Home;

beforeEach(async () => {
  home = bin.keep(await createHome());
});
afterEach(() => bin.empty());

async function start(
  asOptions: AuthorizationServerOptions = {},
  options: Omit<GuardedServerOptions, 'as'> = {},
) {
  const as = bin.keep(await startAuthorizationServer(asOptions));
  const server = bin.keep(await startGuarded({ as, ...options }));
  return { as, server };
}

async function add(connection: Awaited<ReturnType<typeof dialIn>>): Promise<string> {
  return textOf(await connection.call('add_numbers', { number1: 2, number2: 3 }, quiet));
}

describe('grants without a person', () => {
  const client = {
    client_id: 'robot',
    client_secret: 'the-secret-of-the-robot',
    redirect_uris: [],
    response_types: [],
    grant_types: ['client_credentials'],
  };
  const settings: OAuthSettings = {
    grant: 'client_credentials',
    clientId: 'robot',
    clientSecret: 'the-secret-of-the-robot',
    dpop: false,
  };

  it('client_credentials, with the secret in the header', async () => {
    const { as, server } = await start({ clients: [client] });
    const connection = bin.keep(await dialIn(server.mcpUrl, { home, oauth: settings }));
    expect(await add(connection)).toBe('5');
    as.expireAccessTokens();
    expect(await add(connection)).toBe('5');
    expect(as.tokenRequests()).toEqual(['client_credentials', 'client_credentials']);
  });

  it('a wrong secret is an error that says where to look, without the secret', async () => {
    const { server } = await start({ clients: [client] });
    const oauth = { ...settings, clientSecret: 'some-other-secret-0815' };
    const error = await failing(dialIn(server.mcpUrl, { home, oauth }));
    expect(error).toMatchObject({ code: 'auth_rejected', server: 'docs' });
    expect(error.message).toContain('invalid_client');
    expect(`${error.message} ${error.hint}`).not.toContain('some-other-secret-0815');
    expect(error.hint).toContain('oauth');
  });

  it('the secret goes to no other authorization server than the one it belongs to', async () => {
    const { as, server } = await start({ clients: [client] });
    const oauth = { ...settings, issuer: 'https://login.example.com' };
    const error = await failing(dialIn(server.mcpUrl, { home, oauth }));
    expect(error.code).toBe('auth_rejected');
    expect(as.tokenRequests()).toEqual([]);
  });

  it('tokens that are bound to a key, also in the next run', async () => {
    const { as, server } = await start({ dpop: true });
    const person = createPerson(home);
    const oauth: OAuthSettings = { grant: 'authorization_code', dpop: true };
    const first = bin.keep(await dialIn(server.mcpUrl, { home, login: person.login, oauth }));
    expect(await add(first)).toBe('5');
    const second = bin.keep(await dialIn(server.mcpUrl, { home, oauth }));
    expect(await add(second)).toBe('5');
    as.expireAccessTokens();
    expect(await add(second)).toBe('5');
    const sent = server.seen.filter(({ headers }) => headers.authorization !== undefined);
    const proofs = sent.map(({ headers }) => headers['dpop']);
    for (const { headers } of sent) expect(headers.authorization).toMatch(/^DPoP /);
    expect(new Set(proofs).size).toBe(proofs.length);
  });
});

describe('clients', () => {
  it('that cannot be registered on the spot: what to configure', async () => {
    const { server } = await start({ registration: false });
    const person = createPerson(home);
    const error = await failing(dialIn(server.mcpUrl, { home, login: person.login }));
    expect(error).toMatchObject({ code: 'auth_required', server: 'docs' });
    expect(error.message).toContain('registers no clients');
    expect(error.hint).toContain('oauth.clientId');
    expect(person.pages).toEqual([]);
  });

  it('that were registered beforehand, with their own redirect URI', async () => {
    const redirectUri = 'http://127.0.0.1/callback';
    const { server } = await start({
      registration: false,
      clients: [
        {
          client_id: 'desk',
          client_secret: 'the-secret-of-the-desk',
          application_type: 'native',
          redirect_uris: [redirectUri],
          grant_types: ['authorization_code', 'refresh_token'],
        },
      ],
    });
    const person = createPerson(home);
    const oauth: OAuthSettings = {
      grant: 'authorization_code',
      clientId: 'desk',
      clientSecret: 'the-secret-of-the-desk',
      redirectUri,
      dpop: false,
    };
    const connection = bin.keep(await dialIn(server.mcpUrl, { home, login: person.login, oauth }));
    expect(await add(connection)).toBe('5');
    const { searchParams } = new URL(person.pages[0] ?? '');
    expect(searchParams.get('client_id')).toBe('desk');
  });
});
