import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, it } from 'vitest';
import { login, loginState } from '../../src/mcp/auth/login.js';
import { quiet } from '../servers/connect.js';
import { remote } from '../servers/definitions.js';
import { startAuthorizationServer } from '../servers/oauth/authorization-server.js';
import { startGuarded } from '../servers/oauth/guarded.js';
import { createBin, createHome, createPerson, type Home } from '../support/oauth.js';

const bin = createBin();
const run = promisify(execFile);
const CHILD = path.resolve(import.meta.dirname, '../support/oauth-child.ts');

afterEach(() => bin.empty());

function child(url: string, home: Home) {
  const env = { ...home.env, URL: url };
  return run(process.execPath, ['--import', 'tsx', CHILD], { env, timeout: 60_000 });
}

it('processes that find the same ended token present the refresh token once', async () => {
  const home = bin.keep(await createHome());
  let slow = false;
  const as = bin.keep(
    await startAuthorizationServer({
      before(request) {
        if (!slow || request.url !== '/token') return false;
        // Long enough for the others to arrive: they have to wait, and then see what is there.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 700);
        return false;
      },
    }),
  );
  const server = bin.keep(await startGuarded({ as }));
  const person = createPerson(home);
  await login(remote(server.mcpUrl), { env: home.env, login: person.login, ...quiet });
  as.expireAccessTokens();
  slow = true;
  const ended = await Promise.all(Array.from({ length: 4 }, () => child(server.mcpUrl, home)));
  expect(ended.map(({ stdout }) => stdout)).toEqual(['5', '5', '5', '5']);
  expect(as.tokenRequests()).toEqual(['authorization_code', 'refresh_token']);
  expect(await loginState(remote(server.mcpUrl), home.env)).toMatchObject({ renewable: true });
  // No lock and no half-written file is left.
  const left = (await readdir(home.credentials)).filter((name) => !/^[\w-]+\.json$/.test(name));
  expect(left).toEqual([]);
}, 120_000);
