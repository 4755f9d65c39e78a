import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { REDACTED } from '../../src/core/redact.js';
import type { EffectiveHeader } from '../../src/core/rungs.js';
import { startBearer, type BearerFixture } from '../servers/bearer.js';
import type { SeenRequest } from '../servers/http.js';
import { startRawHttp } from '../servers/raw-mcp.js';
import { inspect, type Inspected } from '../support/inspect.js';
import { runOstler } from '../support/ostler.js';

const TOKEN = 'canary-of-headers-0123456789';
const TENANT = 'canary-of-tenant-0123456789';
const env = { TOKEN, TENANT };

const open: { close: () => Promise<void> }[] = [];
const dirs: string[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

async function bearer(): Promise<BearerFixture> {
  const server = await startBearer({ token: TOKEN });
  open.push(server);
  return server;
}

/** A config file in a directory of its own. */
function config(text: string): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'ostler-headers-'));
  dirs.push(dir);
  const file = path.join(dir, 'servers.yaml');
  writeFileSync(file, text);
  return file;
}

const channelOf = ({ headers }: Inspected, name: string): readonly EffectiveHeader[] =>
  headers?.channels.find(({ channel }) => channel === name)?.headers ?? [];
const header = (found: Inspected, channel: string, name: string): EffectiveHeader | undefined =>
  channelOf(found, channel).find((one) => one.name.toLowerCase() === name);

/** Names of all headers that a server saw on a channel. */
const seenNames = (seen: readonly SeenRequest[]): string[] =>
  [...new Set(seen.flatMap(({ headers }) => Object.keys(headers)))].toSorted();

const CHANNELS = [
  ['sse', 'SSE GET', 'GET'],
  ['sse', 'SSE POST', 'POST'],
  ['mcp', 'HTTP POST', 'POST'],
  ['mcp', 'HTTP GET', 'GET'],
  ['mcp', 'HTTP DELETE', 'DELETE'],
] as const;

describe('the report is what went over the wire', () => {
  it.each(CHANNELS)('%s: %s', async (at, channel, method) => {
    const server = await bearer();
    const url = at === 'sse' ? server.sseUrl : server.mcpUrl;
    const args = [
      url,
      '--token-env',
      'TOKEN',
      '-H',
      'X-Tenant: ${TENANT}',
      '-H',
      'Accept-Language: de',
    ];
    const found = await inspect(args, { env });
    expect(found.code).toBe(0);
    const seen = server.seen.filter((request) => request.method === method);
    expect(seen.length).toBeGreaterThan(0);
    const told = channelOf(found, channel);
    expect(told.map(({ name }) => name.toLowerCase()).toSorted()).toEqual(seenNames(seen));
    for (const { name, value, from } of told) {
      const values = seen.map(({ headers }) => String(headers[name.toLowerCase()]));
      if (!value.includes(REDACTED)) expect(values).toContain(value);
      else expect(['authorization', 'x-tenant', 'mcp-session-id']).toContain(name.toLowerCase());
      expect(from).not.toBe('');
    }
    expect(header(found, channel, 'authorization')).toMatchObject({
      value: `Bearer ${REDACTED}`,
      from: '--token-env TOKEN',
    });
    expect(header(found, channel, 'x-tenant')).toMatchObject({
      value: REDACTED,
      from: '--header, from $TENANT',
    });
    expect(header(found, channel, 'accept-language')).toMatchObject({
      value: 'de',
      from: '--header',
    });
    expect(header(found, channel, 'host')?.from).toBe('node');
    for (const canary of [TOKEN, TENANT]) {
      expect(found.stdout + found.stderr).not.toContain(canary);
    }
    expect(found.headers?.channels.at(-1)).toMatchObject({
      channel: 'OAuth discovery',
      headers: [],
    });
  });
});

describe('where a header was written', () => {
  it('is told with file, line, column, key and variable', async () => {
    const server = await bearer();
    const file = config(
      [
        'mcpServers:',
        '  map:',
        `    url: ${server.mcpUrl}`,
        '    headers:',
        '      Authorization: "Bearer ${TOKEN}"',
        '      X-Plain: just-a-value',
        '  list:',
        `    url: ${server.mcpUrl}`,
        '    headers: ["Authorization: Bearer ${TOKEN}"]',
        '  env:',
        `    url: ${server.mcpUrl}`,
        '    tokenEnv: TOKEN',
        '',
      ].join('\n'),
    );
    const from = async (name: string, key = 'authorization') =>
      header(await inspect([name, '--config', file], { env }), 'HTTP POST', key)?.from;
    expect(await from('map')).toMatch(/servers\.yaml:5:22 headers\.Authorization, from \$TOKEN$/);
    expect(await from('map', 'x-plain')).toMatch(/servers\.yaml:6:16 headers\.X-Plain$/);
    expect(await from('list')).toMatch(/servers\.yaml:9:15 headers\[0\], from \$TOKEN$/);
    expect(await from('env')).toMatch(/servers\.yaml:12:15 tokenEnv, from \$TOKEN$/);
  });

  it('a flag takes the place of the file, and says so', async () => {
    const server = await bearer();
    const file = config(
      `mcpServers:\n  a:\n    url: ${server.mcpUrl}\n    headers: { Authorization: Bearer old }\n`,
    );
    const found = await inspect(['a', '--config', file, '--token-env', 'TOKEN'], { env });
    expect(found.code).toBe(0);
    expect(header(found, 'HTTP POST', 'authorization')?.from).toBe('--token-env TOKEN');
  });

  it('the user name of a URL is told as such', async () => {
    const server = await startRawHttp(() => undefined);
    open.push(server);
    const url = server.url.replace('//', '//ann:canary-of-password@');
    const found = await inspect([`${url}/mcp`, '--protocol', 'legacy']);
    expect(header(found, 'HTTP POST', 'authorization')).toMatchObject({
      value: `Basic ${REDACTED}`,
      from: 'user name in the URL',
    });
    expect(found.stdout + found.stderr).not.toContain('canary-of-password');
  });
});

describe('what looks wrong is told, and never shown', () => {
  const warningsFor = async (lines: readonly string[], more: Record<string, string> = {}) => {
    const server = await startRawHttp(() => undefined);
    open.push(server);
    const flags = lines.flatMap((line) => ['-H', line]);
    const found = await inspect([`${server.url}/mcp`, '--protocol', 'legacy', ...flags], {
      env: { ...env, ...more },
    });
    expect(found.code).toBe(0);
    return (found.headers?.warnings ?? []).join('\n');
  };

  it.each([
    ['Authorization: Bearer $${TOKEN}', 'literal ${'],
    ['Authorization: Bearer $TOKEN', 'literal $NAME'],
    ['Authorization: Bearer Bearer abcdefghijkl', 'says Bearer twice'],
    ['Authorization: Bearer "abcdefghijkl"', 'quotes'],
    ['Authorization: Bearer', 'without a token'],
    ['Authorization: abcdefghijklmnop', 'no scheme'],
    ['Authorization:   Bearer abcdefghijkl', 'white space around it'],
    ['Authorization: Bearer abcdefghi...', 'cut off'],
    ['Accept: text/plain', "the transport's own value wins"],
  ])('%s', async (line, words) => {
    expect(await warningsFor([line])).toContain(words);
  });

  it('a JWT that has expired', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const jwt = `${part({ alg: 'HS256' })}.${part({ exp: 1_600_000_000, sub: 'ann' })}.c2ln`;
    const told = await warningsFor(['Authorization: Bearer ${JWT}'], { JWT: jwt });
    expect(told).toContain('expired at 2020-09-13');
    expect(told).not.toContain(jwt);
  });

  it('a right token is not suspected', async () => {
    expect(await warningsFor(['Authorization: Bearer ${TOKEN}', 'X-Api-Key: ${TENANT}'])).toBe('');
  });

  it('the same name from two places is refused, with both spellings', async () => {
    const found = await runOstler(
      [
        'inspect',
        'http://127.0.0.1:1/mcp',
        '-H',
        'authorization: Bearer a',
        '--token-env',
        'TOKEN',
      ],
      { env },
    );
    expect(found.code).toBe(2);
    expect(found.stderr).toContain('header Authorization is given twice (as authorization too');
    expect(found.stderr).not.toContain(TOKEN);
  });
});
