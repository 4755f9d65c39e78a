import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CheckEra, CheckResult } from '../../src/core/check-events.js';
import { AUTH_CHECKS } from '../../src/check/checks/auth/index.js';
import { CHALLENGE_CHECKS } from '../../src/check/checks/challenge/index.js';
import { startHttp, type HttpFixture } from '../servers/http.js';
import {
  type Headers,
  type Reply,
  type Rewritable,
  setValue,
  valueOf,
} from '../servers/rewriting-proxy.js';
import { audit } from '../support/audit.js';
import { type Fault, rightServers, TOKEN } from '../support/right-servers.js';

const right = rightServers();
const ERAS = ['sse', 'sessions', 'stateless'] as const;

async function run(url: string, ...only: string[]) {
  const { results } = await audit({
    url,
    headers: [['Authorization', `Bearer ${TOKEN}`]],
    checks: [...AUTH_CHECKS, ...CHALLENGE_CHECKS],
    only: only.length === 0 ? CHALLENGE_CHECKS.map(({ id }) => id) : only,
  });
  return results;
}

const verdict = (results: ReadonlyMap<string, CheckResult>, id: string) => {
  const { outcome, reason } = results.get(id) as CheckResult;
  return `${outcome}: ${reason}`;
};

/** The header of every 401. */
const challenge = (value: string | undefined): Fault => ({
  response(response) {
    if (response.status === 401) setValue(response, 'WWW-Authenticate', value);
  },
});

describe('servers with static tokens', () => {
  it.each(ERAS)('%s: a right one passes, and OAuth is not its affair', async (era) => {
    const results = await run(right.url(era));
    const outcomes = [...results].map(([id, { outcome }]) => [id, outcome]);
    expect(Object.fromEntries(outcomes)).toEqual({
      'CHAL-01': 'pass',
      'CHAL-02': 'pass',
      'CHAL-03': 'pass',
      'CHAL-04': 'not_applicable',
      'CHAL-05': 'not_applicable',
      'CHAL-06': 'not_applicable',
      'CHAL-07': 'not_applicable',
    });
    const sent = [...results.values()].reduce((sum, { requests }) => sum + requests, 0);
    expect(sent).toBeLessThanOrEqual(4);
  });

  const cases: [id: string, era: CheckEra, header: string | undefined, told: RegExp][] = [
    ['CHAL-01', 'sse', undefined, /^fail: GET without credentials .*401 without WWW-Auth/],
    ['CHAL-01', 'sessions', undefined, /^fail: POST .*401 without WWW-Authenticate/],
    ['CHAL-01', 'stateless', 'Basic realm="x"', /^fail: .*does not name the scheme Bearer/],
    ['CHAL-02', 'sse', 'Bearer error="invalid_token"', /^warn: .*with error="invalid_token"/],
    ['CHAL-02', 'sessions', 'Basic realm="error=x"', /^not_applicable: /],
    ['CHAL-03', 'sessions', 'Bearer realm="x', /^fail: .*breaks the grammar: a value is neither/],
    ['CHAL-03', 'sse', 'Bearer realm="x" scope="y"', /^fail: .*a comma is missing/],
    ['CHAL-03', 'sse', undefined, /^not_applicable: /],
  ];
  it.each(cases)('%s, %s, WWW-Authenticate: %s', async (id, era, header, told) => {
    const results = await right.broken(era, challenge(header), (url) => run(url, id));
    expect(verdict(results, id)).toMatch(told);
  });

  it('CHAL-01 doubts a 403', async () => {
    const fault: Fault = {
      response(response) {
        if (response.status === 401) response.status = 403;
      },
    };
    const results = await right.broken('sse', fault, (url) => run(url, 'CHAL-01'));
    expect(verdict(results, 'CHAL-01')).toMatch(/^warn: .*403 instead of 401/);
  });

  it('CHAL-03 finds the token that a challenge repeats', async () => {
    const fault: Fault = {
      response(response, request) {
        const sent = valueOf(request, 'authorization');
        if (response.status === 401 && sent !== undefined) {
          const description = sent.replaceAll('"', '');
          setValue(response, 'WWW-Authenticate', `Bearer error_description="not ${description}"`);
        }
      },
    };
    const results = await right.broken('sse', fault, (url) => run(url, 'AUTH-03', 'CHAL-03'));
    expect(verdict(results, 'CHAL-03')).toMatch(
      /^fail: .*the token that was sent in the challenge/,
    );
  });
});

describe('servers with OAuth', () => {
  /** The authorization server, on another port: another origin. */
  let server: HttpFixture;
  let issuer: Record<string, unknown>;
  /** Of the audited server. */
  let resource: Record<string, unknown>;
  let origin: string;
  let seen: Readonly<Rewritable>[];

  beforeEach(async () => {
    seen = [];
    resource = {};
    server = await startHttp((request, response) => {
      if (request.url !== '/.well-known/oauth-authorization-server') {
        return void response.writeHead(404).end();
      }
      const away = issuer['away'];
      if (typeof away === 'string') return void response.writeHead(302, { location: away }).end();
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(issuer));
    });
    issuer = {
      issuer: server.url,
      authorization_endpoint: `${server.url}/authorize`,
      token_endpoint: `${server.url}/token`,
      code_challenge_methods_supported: ['S256'],
    };
  });
  afterEach(() => server.close());

  const PATH = '/.well-known/oauth-protected-resource/mcp';

  interface Variant {
    metadata?: Record<string, unknown>;
    issuer?: Record<string, unknown>;
    /** `resource_metadata` of the challenge; null: none. */
    named?: string | null;
    /** Where the metadata is. */
    path?: string;
    reply?: (request: Readonly<Rewritable>, metadata: string) => Reply | undefined;
    type?: string;
  }

  async function oauth(variant: Variant, ...only: string[]) {
    Object.assign(issuer, variant.issuer);
    const fault: Fault = {
      request(request) {
        seen.push({ ...request });
        const metadata = JSON.stringify({ ...resource, ...variant.metadata });
        const own = variant.reply?.(request, metadata);
        if (own !== undefined) return own;
        if (request.path !== (variant.path ?? PATH)) return undefined;
        const type: Headers = [['Content-Type', variant.type ?? 'application/json']];
        return { status: 200, headers: type, body: metadata };
      },
      response(response, request) {
        if (response.status !== 401 || variant.named === null) return;
        const named = variant.named ?? `${origin}${PATH}`;
        const host = valueOf(request, 'x-forwarded-host');
        const shown = named === 'reflected' ? `https://${host ?? 'mcp.test'}${PATH}` : named;
        setValue(response, 'WWW-Authenticate', `Bearer resource_metadata="${shown}"`);
      },
    };
    return right.broken('sessions', fault, async (url) => {
      origin = new URL(url).origin;
      resource = { resource: url, authorization_servers: [server.url] };
      return run(url, ...only);
    });
  }

  it('a right one passes, and no credential is shown to anybody', async () => {
    const results = await oauth({});
    for (const { id, outcome, reason } of results.values()) {
      expect([id, outcome, reason]).toEqual([id, 'pass', reason]);
    }
    expect(server.seen.map(({ path }) => path)).toEqual([
      '/.well-known/oauth-authorization-server',
    ]);
    expect(JSON.stringify(server.seen)).not.toContain(TOKEN);
    const discovery = seen.filter(({ path }) => path.startsWith('/.well-known/'));
    expect(discovery.length).toBeGreaterThan(0);
    expect(JSON.stringify(discovery)).not.toMatch(/authorization"/i);
  });

  it.each([PATH, '/.well-known/oauth-protected-resource'])(
    'one that names no metadata but has it at %s passes',
    async (path) => {
      const results = await oauth({ named: null, path }, 'CHAL-04', 'CHAL-05', 'CHAL-06');
      expect(verdict(results, 'CHAL-04')).toMatch(/^pass/);
      expect(verdict(results, 'CHAL-05')).toMatch(new RegExp(`^pass: Found at .*${path}`));
      expect(verdict(results, 'CHAL-06')).toMatch(/^pass/);
    },
  );

  const cases: [id: string, name: string, variant: Variant, told: RegExp][] = [
    [
      'CHAL-04',
      'another resource',
      { metadata: { resource: 'https://other.test/mcp' } },
      /^fail: `resource` is https:\/\/other.test\/mcp, not the URL that is used/i,
    ],
    ['CHAL-04', 'no resource', { metadata: { resource: 7 } }, /^fail: .*has no `resource`/],
    ['CHAL-04', 'HTML', { type: 'text/html' }, /^fail: .*not sent as application\/json/],
    [
      'CHAL-04',
      'plain http elsewhere',
      { named: 'http://192.0.2.1/metadata' },
      /^fail: resource_metadata is http:\/\/, not https/,
    ],
    ['CHAL-04', 'no URL', { named: 'metadata' }, /^fail: resource_metadata is no URL/],
    [
      'CHAL-05',
      'no metadata anywhere',
      { path: '/nowhere' },
      /^fail: No metadata where it should be; GET .* was answered 404/,
    ],
    ['CHAL-06', 'no server', { metadata: { authorization_servers: [] } }, /^fail: .*names no auth/],
    [
      'CHAL-06',
      'plain http elsewhere',
      { metadata: { authorization_servers: ['http://192.0.2.1/'] } },
      /^fail: The authorization server http:\/\/192.0.2.1\/ is http:\/\/, not https/,
    ],
    [
      'CHAL-06',
      'an address of a cloud’s metadata service',
      { metadata: { authorization_servers: ['https://169.254.169.254/x'] } },
      /^inconclusive: .*169.254.169.254 was not asked/,
    ],
    [
      'CHAL-06',
      'a private address in disguise',
      { metadata: { authorization_servers: ['https://[::ffff:10.0.0.1]/'] } },
      /^inconclusive: .*was not asked: its address is of a private/,
    ],
    [
      'CHAL-06',
      'no PKCE',
      { issuer: { code_challenge_methods_supported: ['plain'] } },
      /^fail: .*S256/,
    ],
    [
      'CHAL-06',
      'another issuer',
      { issuer: { issuer: 'https://other.test' } },
      /^fail: The issuer is https:\/\/other.test, not /,
    ],
    [
      'CHAL-06',
      'a plain http endpoint',
      { issuer: { token_endpoint: 'http://auth.test/token' } },
      /^fail: Its token_endpoint is http:\/\/, not https/,
    ],
    [
      'CHAL-07',
      'a challenge made of the host',
      { named: 'reflected' },
      /^fail: .* in WWW-Authenticate/,
    ],
    [
      'CHAL-07',
      'metadata made of X-Forwarded-Host',
      {
        reply: (request, metadata) =>
          request.path === PATH && valueOf(request, 'x-forwarded-host') !== undefined
            ? {
                status: 200,
                headers: [['Content-Type', 'application/json']],
                body: metadata.replace(
                  /http:\/\/127\.0\.0\.1:\d+\/mcp/,
                  `https://${valueOf(request, 'x-forwarded-host')}/mcp`,
                ),
              }
            : undefined,
      },
      /^fail: .*another X-Forwarded-Host was answered 200, and the name came back in the document/,
    ],
    [
      'CHAL-07',
      'metadata made of Host',
      {
        reply: (request) =>
          request.path === PATH
            ? {
                status: 200,
                headers: [['Content-Type', 'application/json']],
                body: JSON.stringify({ resource: `http://${valueOf(request, 'host')}/mcp` }),
              }
            : undefined,
      },
      /^fail: .*another Host was answered 200, and the name came back in the document/,
    ],
  ];
  it.each(cases)('%s: %s', async (id, _, variant, told) => {
    expect(verdict(await oauth(variant, id), id)).toMatch(told);
  });

  it('CHAL-04 doubts a part of the URL, CHAL-06 a slash too many', async () => {
    const metadata = () => ({ resource: origin });
    const part = await oauth({ reply: partly(metadata) }, 'CHAL-04');
    expect(verdict(part, 'CHAL-04')).toMatch(/^warn: .*a part of the URL that is used/);
    const slash = await oauth({ issuer: { issuer: `${server.url}/` } }, 'CHAL-06');
    expect(verdict(slash, 'CHAL-06')).toMatch(/^warn: The issuer is .*\/, not /);
  });

  const partly = (more: () => Record<string, unknown>) => (request: Readonly<Rewritable>) =>
    request.path === PATH
      ? {
          status: 200,
          headers: [['Content-Type', 'application/json']] as Headers,
          body: JSON.stringify({ ...resource, ...more() }),
        }
      : undefined;

  it('does not follow a redirect, neither here nor there', async () => {
    const canary = await startHttp((_, response) => response.writeHead(200).end('{}'));
    try {
      const away = { status: 302, headers: [['Location', canary.url]] as Headers };
      const results = await oauth(
        { reply: ({ path }) => (path.startsWith('/.well-known/') ? away : undefined) },
        'CHAL-04',
        'CHAL-05',
      );
      expect(verdict(results, 'CHAL-05')).toMatch(/^fail: .*was answered 302/);
      const there = await oauth({ issuer: { away: canary.url } }, 'CHAL-06');
      expect(verdict(there, 'CHAL-06')).toMatch(/^fail: No metadata of .*was answered 302/);
      expect(canary.seen).toEqual([]);
    } finally {
      await canary.close();
    }
  });
});
