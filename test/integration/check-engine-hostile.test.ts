import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { Check } from '../../src/check/audit/types.js';
import { startSampleServer } from '../../src/serve/server.js';
import { startHttp, startSilent } from '../servers/http.js';
import { sendJson, startRawHttp, startRawSse } from '../servers/raw-mcp.js';
import { startRewriting, valuesOf } from '../servers/rewriting-proxy.js';
import { audit, type AuditUrl } from '../support/audit.js';
import { check, probing } from '../support/checks.js';

const TOKEN = 'canary-Zq8rT2mK9xWv4LpB7nHs3YcD';
const good: [string, string][] = [['Authorization', `Bearer ${TOKEN}`]];
const stops: (() => unknown)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

function kept<T extends { close: () => Promise<void> }>(fixture: T): T {
  stops.push(fixture.close);
  return fixture;
}

async function sample() {
  return kept(await startSampleServer({ kind: 'math', tokens: [{ name: 'alice', token: TOKEN }] }));
}

/** An audit whose control fails: its error. */
async function failing(options: Partial<AuditUrl> & { url: string }) {
  const { end, results } = await audit({ headers: good, checks: [check('A-1')], ...options });
  expect(results.get('A-1')?.outcome).toBe('inconclusive');
  expect(end.error).not.toBeNull();
  return end.error;
}

type Handle = (request: IncomingMessage, response: ServerResponse) => void;

async function serving(handle: Handle) {
  return kept(await startHttp(handle));
}

describe('a server that hangs', () => {
  it.concurrent.each<[string, string, () => Promise<{ url: string; close: () => Promise<void> }>]>([
    ['before it answers', '/mcp', () => startSilent()],
    ['before it answers the GET', '/sse', () => startSilent()],
    [
      'before the endpoint is named',
      '/sse',
      () => startRawSse((response) => void response.write(': hello\n\n')),
    ],
    [
      'before initialize is answered on the stream',
      '/sse',
      () =>
        startRawSse(
          (response) => void response.write('event: endpoint\ndata: /m\n\n'),
          (_, response) => (response.writeHead(202).end(), true),
        ),
    ],
    [
      'in the middle of an answer',
      '/mcp',
      () =>
        startRawHttp((_, response) => {
          response.writeHead(200, { 'content-type': 'application/json' }).write('{"jsonrpc"');
          return true;
        }),
    ],
  ])('%s: the audit ends and says so', async (_, path, start) => {
    const fixture = await start();
    try {
      const server = { fallback: false };
      const error = await failing({ url: `${fixture.url}${path}`, server });
      expect(error?.message).toMatch(/within|no response/i);
    } finally {
      await fixture.close();
    }
  });
});

describe('a server that leads elsewhere', () => {
  it.each([301, 307, 308])('by a redirect (%i): nothing is sent there', async (status) => {
    const elsewhere = await serving((_, response) => void response.end());
    const server = await serving((_, response) => {
      response.writeHead(status, { location: `${elsewhere.url}/mcp` }).end();
    });
    for (const path of ['/mcp', '/sse']) {
      const error = await failing({ url: `${server.url}${path}` });
      expect(error).toMatchObject({ code: 'cross_origin_redirect', status });
    }
    expect(elsewhere.seen).toEqual([]);
  });

  it.each(['//evil.test/m', 'javascript:alert(1)', ''])(
    'by its endpoint %j: a check without control sees it',
    async (endpoint) => {
      const elsewhere = await serving((_, response) => void response.end());
      const place = endpoint === '' ? `${elsewhere.url}/messages?sessionId=1` : endpoint;
      const server = kept(
        await startRawSse((response) => void response.write(`event: endpoint\ndata: ${place}\n\n`)),
      );
      let body = '';
      const one = probing(
        async ({ control }) => {
          body = Buffer.from(control.answers[0]?.body ?? []).toString();
          expect(control.victim.stream?.ended).toBe('the control failed');
          expect(await control.victim.stream?.seen('x')).toBeUndefined();
        },
        { withoutControl: true, requests: 0 },
      );
      const url = `${server.url}/sse`;
      const { end, results } = await audit({ url, headers: good, checks: [one] });
      expect(results.get('X-01')).toMatchObject({ outcome: 'pass' });
      expect(body).toContain(place);
      expect(end.error?.code).toBe('protocol_error');
      expect(elsewhere.seen).toEqual([]);
      expect(server.seen.map(({ method }) => method)).toEqual(['GET']);
    },
  );
});

describe('a server that sends much', () => {
  it('5 MB of an error page: the message stays short', async () => {
    const server = await serving((_, response) => {
      response.writeHead(500, { 'content-type': 'text/html' }).end('\u001B[2J'.repeat(1_250_000));
    });
    const error = await failing({ url: `${server.url}/mcp` });
    expect(error?.code).toBe('server_failed');
    expect(error?.message.length).toBeLessThan(1000);
    expect(error?.message).not.toContain('\u001B');
  });

  it('a gzip bomb: it is cut', async () => {
    const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024));
    const server = kept(
      await startRawHttp(({ method }, response) => {
        if (method !== 'ping') return undefined;
        response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'application/json' });
        response.end(bomb);
        return true;
      }),
    );
    const one = probing(async ({ ask, control }) => {
      const { answer } = await ask(control.victim, 'ping');
      expect(answer).toMatchObject({ status: 200, cut: true });
      expect(answer.body).toHaveLength(65_536);
      expect(answer.evidence.responseBody?.length).toBeLessThan(2100);
    });
    const { results } = await audit({ url: `${server.url}/mcp`, headers: good, checks: [one] });
    expect(results.get('X-01')).toMatchObject({ outcome: 'pass' });
  });

  it('events without end: nothing can be said of that stream', async () => {
    const server = kept(
      await startRawSse((response) => {
        response.write('retry: 0\nevent: endpoint\ndata: /m\n\n');
        const more = () => {
          while (!response.destroyed && response.write('data: {"x":1}\n\n'.repeat(100)));
        };
        setTimeout(more, 300);
        response.on('drain', more);
      }),
    );
    const one = probing(async ({ control }) => {
      expect(await control.victim.stream?.seen('never')).toBeUndefined();
      expect(control.victim.stream?.ended).toBe('it sent 2000 events');
    });
    const { results } = await audit({
      url: `${server.url}/sse`,
      headers: good,
      checks: [one],
      watchMs: 20_000,
    });
    expect(results.get('X-01')).toMatchObject({ outcome: 'pass' });
    expect(server.seen.filter(({ method }) => method === 'GET')).toHaveLength(1);
  });
});

describe('a server that drops the stream of the victim', () => {
  it('is not taken for one on which nothing came, and nothing is opened anew', async () => {
    const upstream = await sample();
    const proxy = kept(
      await startRewriting({
        upstream: upstream.url,
        response(answer, { path }) {
          if (path === '/sse') answer.endAfterMs = 700;
        },
      }),
    );
    const one = probing(async ({ ask, control, none }) => {
      const { victim } = control;
      const { marker } = await ask(victim, 'ping', { as: none });
      expect(await victim.stream?.seen(marker)).toBeUndefined();
      expect(victim.stream?.ended).toBeDefined();
    });
    const url = `${proxy.origin}/sse`;
    const { results } = await audit({ url, headers: good, checks: [one], watchMs: 20_000 });
    expect(results.get('X-01')).toMatchObject({ outcome: 'pass', reason: 'It holds.' });
    expect(proxy.seen.filter(({ path }) => path === '/sse')).toHaveLength(1);
  });
});

describe('a server that asks for time (429)', () => {
  async function limited(retryAfter: string) {
    const server = kept(
      await startRawHttp(({ method }, response) => {
        if (method !== 'ping') return undefined;
        const first = server.seen.filter(({ path }) => path === '/mcp?ping').length === 1;
        if (first) response.writeHead(429, { 'retry-after': retryAfter }).end();
        else sendJson(response, { jsonrpc: '2.0', id: 1, result: {} });
        return true;
      }),
    );
    return server;
  }
  const ping = (more: object) =>
    ({
      what: 'ping',
      path: '/mcp?ping',
      body: { jsonrpc: '2.0', id: 1, method: 'ping' },
      ...more,
    }) as const;

  it.each([
    ['0', {}, 200, 2],
    ['1', {}, 200, 2],
    ['11', {}, 429, 1],
    ['0', { expects429: true }, 429, 1],
  ])('%s s %j: the answer is %i', async (retryAfter, more, status, requests) => {
    const server = await limited(retryAfter);
    const statuses: number[] = [];
    const one = probing(async ({ send }) => statuses.push((await send(ping(more))).status));
    const { results } = await audit({ url: `${server.url}/mcp`, headers: good, checks: [one] });
    expect(results.get('X-01')).toMatchObject({ outcome: 'pass', requests });
    expect(statuses).toEqual([status]);
  });
});

describe('a server that repeats what it was sent', () => {
  it('does not get the token into an event, nor what was made of it', async () => {
    const server = kept(
      await startRawHttp(({ method, id }, response) => {
        if (method !== 'ping') return undefined;
        const { authorization = '' } = response.req.headers;
        response.setHeader('x-echo', authorization);
        sendJson(response, { jsonrpc: '2.0', id, result: { echo: authorization } });
        return true;
      }),
    );
    const made = [`${TOKEN.slice(0, -1)}x`, TOKEN.slice(0, 20), TOKEN.toUpperCase(), `${TOKEN}1`];
    const one: Check = check('X-01', {
      requests: 10,
      async run({ ask, control, good: as, withToken }) {
        const asked = [await ask(control.victim, 'ping', { as })];
        for (const token of made) {
          asked.push(await ask(control.victim, 'ping', { as: withToken(token, 'altered') }));
        }
        const echoed = JSON.stringify(await asked[1]?.response());
        expect(echoed).toContain(made[0]);
        const evidence = asked.map(({ answer }) => answer);
        return { outcome: 'fail', reason: `It said ${echoed}`, evidence, seen: [echoed] };
      },
    });
    const url = `${server.url}/mcp?api_key=${TOKEN}`;
    const { events, results } = await audit({ url, headers: good, checks: [one] });
    expect(results.get('X-01')?.evidence).toHaveLength(5);
    const told = JSON.stringify(events).toLowerCase();
    const secret = TOKEN.toLowerCase().replace('canary-', '');
    for (let at = 0; at + 6 <= secret.length; at += 1) {
      expect(told).not.toContain(secret.slice(at, at + 6));
    }
    expect(told).toContain('[redacted]');
  });

  it('does not get a session id into an event', async () => {
    const upstream = await sample();
    const ids: (string | undefined)[] = [];
    const one: Check = check('X-01', {
      requests: 10,
      async run({ ask, control }) {
        ids.push(control.victim.id);
        const { answer } = await ask(control.victim, 'ping');
        return {
          outcome: 'fail',
          reason: `In ${control.victim.id ?? ''}.`,
          evidence: [...control.answers, answer],
        };
      },
    });
    for (const url of [upstream.sseUrl, upstream.mcpUrl]) {
      const { events } = await audit({ url, headers: good, checks: [one] });
      const id = ids.at(-1) ?? 'missing';
      expect(id).toHaveLength(36);
      expect(JSON.stringify(events)).not.toContain(id);
      expect(JSON.stringify(events)).toContain(`${id.slice(0, 4)}…`);
    }
  });
});

describe('what a check sends that cannot be sent', () => {
  it('is a problem of the answer, not a failure of the check', async () => {
    const upstream = await sample();
    const one = probing(async ({ send, good: as }) => {
      const label = 'line feed';
      const answer = await send({
        what: label,
        as: { label, headers: [['Authorization', `${as.headers[0]?.[1] ?? ''}\nX: y`]] },
      });
      expect(answer).toMatchObject({ status: 0, code: 'config_invalid' });
      expect(JSON.stringify(answer.evidence)).not.toContain(TOKEN);
      const odd = await send({ what: 'odd path', path: '/a b' });
      expect(odd.problem).toMatch(/path/);
    });
    const { results } = await audit({ url: upstream.mcpUrl, headers: good, checks: [one] });
    expect(results.get('X-01')).toMatchObject({ outcome: 'pass', reason: 'It holds.' });
  });
});

describe('a server that refuses everybody after some wrong tokens', () => {
  it.each([401, 403])('with %s: its refusals prove nothing', async (status) => {
    const upstream = await sample();
    let wrong = 0;
    const angry = kept(
      await startRewriting({
        upstream: upstream.url,
        request(request) {
          if (wrong >= 2) return { status };
          if (valuesOf(request, 'authorization')[0] !== `Bearer ${TOKEN}`) wrong += 1;
          return undefined;
        },
      }),
    );
    const { results, end } = await audit({
      url: `${angry.origin}/mcp`,
      headers: good,
      only: ['AUTH-03', 'AUTH-12', 'AUTH-14', 'AUTH-17', 'AUTH-25'],
    });
    const outcomes = [...results.values()].map(({ outcome }) => outcome);
    expect(outcomes).toContain('inconclusive');
    expect(outcomes).not.toContain('fail');
    expect(results.get('AUTH-14')).toMatchObject({
      outcome: 'inconclusive',
      reason: expect.stringContaining(`the good credential was answered ${status} too`),
    });
    expect(end).toMatchObject({ error: null, counts: { fail: 0 } });
  });

  it('what it refuses while the good credential is served stays refused', async () => {
    const { mcpUrl } = await sample();
    const { results } = await audit({ url: mcpUrl, headers: good, only: ['AUTH-14', 'AUTH-17'] });
    expect([...results.values()].map(({ outcome }) => outcome)).toEqual(['pass', 'pass']);
  });
});
