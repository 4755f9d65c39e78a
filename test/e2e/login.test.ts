import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  startAuthorizationServer,
  type AuthorizationServer,
  type AuthorizationServerOptions,
} from '../servers/oauth/authorization-server.js';
import {
  startGuarded,
  type GuardedServer,
  type GuardedServerOptions,
} from '../servers/oauth/guarded.js';
import { createPerson, type Person } from '../servers/oauth/person.js';
import { commandLines, filesHolding, spellingsOf } from '../support/canary.js';
import { runOstler, type RunResult } from '../support/ostler.js';
import { closeTerminals, openTerminal, type OstlerTerminal } from '../support/terminal.js';

let person: Person;
const servers: { close: () => Promise<void> }[] = [];
beforeEach(() => {
  person = createPerson();
});
afterEach(async () => {
  await closeTerminals();
  await Promise.all(servers.splice(0).map((server) => server.close()));
  person.remove();
});

async function start(
  options: AuthorizationServerOptions = {},
  guarded: Omit<GuardedServerOptions, 'as'> = {},
): Promise<{ as: AuthorizationServer; server: GuardedServer }> {
  const as = await startAuthorizationServer(options);
  const server = await startGuarded({ as, ...guarded });
  servers.push(as, server);
  return { as, server };
}

/** In a terminal wide enough for a URL to stand on few rows. */
function login(url: string, args: readonly string[] = []): OstlerTerminal {
  const { home, env } = person;
  return openTerminal(['mcp', 'login', url, ...args], { home, env, columns: 200, rows: 50 });
}

const run = (...args: string[]): Promise<RunResult> => runOstler(args, { env: person.env });

/** The address on the screen, its rows put together. */
function shownUrl(terminal: OstlerTerminal): URL {
  const rows = terminal.scrollback();
  const first = rows.findIndex((row) => row.startsWith('http'));
  const last = rows.findIndex((row, at) => at > first && !/^[\x21-\x7e]+$/.test(row));
  return new URL(rows.slice(first, last).join(''));
}

const ASKED = 'Log in at 127.0.0.1';

it('logs in by a browser, stays logged in, renews what expires, and logs out', async () => {
  const { as, server } = await start();
  const terminal = login(server.mcpUrl);
  await terminal.waitFor(ASKED);
  expect(person.opened()).toEqual([]);
  const url = shownUrl(terminal);
  expect(url.origin).toBe(as.issuer);
  terminal.press('enter');
  expect(await terminal.exit).toEqual({ code: 0, signal: 0 });
  expect(person.opened()).toEqual([[url.href]]);
  const said = terminal.scrollback().join('\n');
  expect(said).toContain('✓ 127.0.0.1: logged in');
  expect(said).toContain(`at       ${as.issuer}`);
  expect(said).toMatch(/expires {2}in 59 min, renewed without you/);

  const kept = path.join(person.home, 'state/data/credentials');
  for (const file of readdirSync(kept)) {
    expect(statSync(path.join(kept, file)).mode & 0o777).toBe(0o600);
  }
  expect(filesHolding(kept, as.secrets().slice(-1))).not.toEqual([]);

  const tools = await run('tools', server.mcpUrl);
  expect(tools).toMatchObject({ code: 0 });
  expect(tools.stdout).toContain('add_numbers');
  as.expireAccessTokens();
  expect(await run('call', server.mcpUrl, 'add_numbers', 'number1=2', 'number2=3')).toMatchObject({
    code: 0,
    stdout: '5\n',
  });
  expect(as.tokenRequests()).toEqual(['authorization_code', 'refresh_token']);
  expect(as.logins()).toBe(1);
  expect(await run('mcp', 'login', server.mcpUrl)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('logged in already') as string,
  });

  expect(await run('mcp', 'logout', server.mcpUrl)).toMatchObject({
    code: 0,
    stdout: `✓ 127.0.0.1: logged out of ${as.issuer}, tokens revoked\n`,
  });
  const after = await run('tools', server.mcpUrl);
  expect(after.code).toBe(3);
  expect(after.stderr).toContain(`ostler mcp login ${server.mcpUrl}`);
  expect(person.opened()).toHaveLength(1);
}, 60_000);

it('waits on while other programs knock, and takes the browser when it comes', async () => {
  const { as, server } = await start();
  const terminal = login(server.mcpUrl);
  await terminal.waitFor(ASKED);
  const redirect = shownUrl(terminal).searchParams.get('redirect_uri') ?? '';
  expect(await status(`${redirect}?code=stolen&state=wrong`)).toBe(400);
  expect(await status(`${redirect}?error=access_denied&state=`)).toBe(400);
  expect(await status(new URL('/favicon.ico', redirect).href)).toBe(404);
  terminal.press('enter');
  expect((await terminal.exit).code).toBe(0);
  expect(as.tokenRequests()).toEqual(['authorization_code']);
});

it.each([
  'javascript:alert(1)',
  'data:text/html,<b>x</b>',
  'file:///etc/passwd',
  'http://x/$(touch pwned)',
  'https://user:pw@auth.example.com/',
])('never opens %s', async (endpoint) => {
  const { server } = await start({ metadata: { authorization_endpoint: endpoint } });
  const terminal = login(server.mcpUrl);
  const { code } = await terminal.exit;
  expect(code).toBeGreaterThan(2);
  expect(code).toBeLessThan(5);
  expect(person.opened()).toEqual([]);
});

it.each([
  'https://x.example/"&calc',
  'https://x.example/$(touch pwned)`touch pwned`',
  "https://x.example/'; touch pwned; '",
  'https://x.example/\r\ntouch pwned\r\n',
])('opens %j as one word that is a URL, and nothing else', async (endpoint) => {
  person.remove();
  person = createPerson({ idle: true });
  const { server } = await start({ metadata: { authorization_endpoint: endpoint } });
  const terminal = login(server.mcpUrl);
  await terminal.waitFor('Log in at x.example?');
  terminal.press('enter');
  await terminal.waitFor(() => person.opened().length > 0);
  const [words = []] = person.opened();
  expect(words).toHaveLength(1);
  expect(words[0]).toMatch(/^https:\/\/x\.example\/[\w:/.?&=%~+,@-]+$/);
  terminal.press('ctrl+c');
  expect((await terminal.exit).code).toBe(130);
  expect(existsSync(path.join(person.home, 'pwned'))).toBe(false);
});

it('ends with Ctrl+C while it waits, and gives the port back', async () => {
  person.remove();
  person = createPerson({ idle: true });
  const { server } = await start();
  const terminal = login(server.mcpUrl);
  await terminal.waitFor(ASKED);
  const redirect = shownUrl(terminal).searchParams.get('redirect_uri') ?? '';
  terminal.press('enter');
  await terminal.waitFor('Waiting for the browser');
  await terminal.waitFor(() => person.opened().length > 0);
  terminal.press('ctrl+c');
  expect((await terminal.exit).code).toBe(130);
  await expect(status(redirect)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

it('ends when the person says no', async () => {
  const { server } = await start();
  const terminal = login(server.mcpUrl);
  await terminal.waitFor(ASKED);
  terminal.press('ctrl+c');
  expect((await terminal.exit).code).toBe(3);
  expect(terminal.scrollback().join('\n')).toContain('was given up');
  expect(person.opened()).toEqual([]);
});

it('opens one browser for two logins at once', async () => {
  const { as, server } = await start();
  const terminals = [login(server.mcpUrl), login(server.mcpUrl)];
  const asks = (terminal: OstlerTerminal) => terminal.scrollback().join('\n').includes(ASKED);
  await terminals[0]?.waitFor(() => terminals.some(asks));
  terminals.find(asks)?.press('enter');
  const exits = await Promise.all(terminals.map(({ exit }) => exit));
  expect(exits.map(({ code }) => code)).toEqual([0, 0]);
  expect(person.opened()).toHaveLength(1);
  expect(as.logins()).toBe(1);
});

it('lets a pasted address end a login without a browser', async () => {
  const { as, server } = await start();
  const terminal = login(server.mcpUrl, ['--no-browser']);
  await terminal.waitFor('The address you end at');
  const { playBrowser } = await import('../servers/oauth/browser.mjs');
  const url = shownUrl(terminal);
  const redirect = url.searchParams.get('redirect_uri') ?? '';
  const end = await playBrowser(url, { stopAt: redirect });
  terminal.write(end.url);
  terminal.press('enter');
  expect((await terminal.exit).code).toBe(0);
  expect(as.logins()).toBe(1);
  expect(person.opened()).toEqual([]);
});

const LOUD = ['--verbose', '--debug'];

it('shows and keeps no token, code or verifier but in the one file for it', async () => {
  const { as, server } = await start();
  const traced = (name: string) => ['--trace', path.join(person.home, name), ...LOUD];
  const terminal = login(server.mcpUrl, traced('login.jsonl'));
  const lines: string[] = [];
  terminal.onData(() => lines.push(...commandLines(terminal.pid)));
  await terminal.waitFor(ASKED);
  terminal.press('enter');
  expect((await terminal.exit).code).toBe(0);
  const later = await run('tools', server.mcpUrl, '--json', ...traced('later.jsonl'));
  as.expireAccessTokens();
  const renewed = await run('tools', server.mcpUrl, ...traced('renewed.jsonl'));
  expect([later.code, renewed.code]).toEqual([0, 0]);
  const secrets = as.secrets();
  // Access and refresh tokens twice, the code, the verifier, the registration's token.
  expect(secrets.length).toBeGreaterThanOrEqual(7);
  const spellings = secrets.flatMap((secret) => [secret, ...spellingsOf(secret)]);
  const told = [terminal.bytes().toString('latin1'), ...lines, later, renewed].map((text) =>
    typeof text === 'string' ? text : text.stdout + text.stderr,
  );
  expect(spellings.filter((text) => told.some((one) => one.includes(text)))).toEqual([]);
  for (const name of ['login.jsonl', 'renewed.jsonl']) {
    expect(readFileSync(path.join(person.home, name), 'utf8')).toContain(`${as.issuer}/token`);
  }
  const kept = path.join(person.home, 'state/data/credentials');
  expect(filesHolding(kept, secrets)).not.toEqual([]);
  rmSync(kept, { recursive: true });
  expect(filesHolding(person.home, spellings)).toEqual([]);
}, 60_000);

function status(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    http
      .get(url, { agent: false }, (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
      })
      .on('error', reject);
  });
}
