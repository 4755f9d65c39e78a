import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Check } from '../../src/check/audit/types.js';
import type { CheckEvent } from '../../src/core/check-events.js';
import { startSampleServer } from '../../src/serve/server.js';
import type { SampleServer } from '../../src/serve/types.js';
import { startHttp } from '../servers/http.js';
import { startModern } from '../servers/modern.js';
import { startRawHttp } from '../servers/raw-mcp.js';
import { audit } from '../support/audit.js';
import { check, controlOf, passed, probing } from '../support/checks.js';

const ALICE = 'alice-Zq8rT2mK9xWv4LpB7nHs3YcD';
const BOB = 'bob-Jd5gF1kR6tVw0QzX8cMb2NhE';
const good: [string, string][] = [['Authorization', `Bearer ${ALICE}`]];

let server: SampleServer;
const stops: (() => unknown)[] = [];

beforeAll(async () => {
  server = await startSampleServer({
    kind: 'math',
    tokens: [
      { name: 'alice', token: ALICE },
      { name: 'bob', token: BOB },
    ],
    // Two audits that left their sessions behind would use this up.
    limits: { sessionsPerPrincipal: 4, badTokens: 1000 },
  });
});
afterAll(() => server.close());
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

function kept<T extends { close: () => Promise<void> }>(fixture: T): T {
  stops.push(fixture.close);
  return fixture;
}

function typesOf(events: readonly CheckEvent[]): string[] {
  return events.map(({ type }) => type).filter((type) => type !== 'check_progress');
}

describe('the eras', () => {
  it.each(['sse', 'sessions'] as const)('%s: control, probes and the victim', async (era) => {
    const url = era === 'sse' ? server.sseUrl : server.mcpUrl;
    let statuses: unknown;
    const one = probing(async ({ ask, control, none, wrong, second, era: spoken }) => {
      const { victim } = control;
      const right = await ask(victim, 'ping');
      const nobody = await ask(victim, 'ping', { as: none });
      const guess = await ask(victim, 'ping', { as: wrong() });
      const other = await ask(victim, 'ping', { as: second ?? none });
      statuses = [right, nobody, guess, other].map(({ answer }) => answer.status);
      expect(await right.response()).toEqual({ jsonrpc: '2.0', id: right.marker, result: {} });
      expect(await victim.stream?.seen(nobody.marker)).toEqual([]);
      expect(spoken).toBe(era);
      expect(
        control.answers.map(({ evidence }) => `${evidence.method} ${evidence.status}`),
      ).toEqual(
        era === 'sse'
          ? ['GET 200', 'POST 202', 'POST 202', 'POST 202']
          : ['POST 400', 'POST 200', 'POST 202', 'GET 200', 'POST 200'],
      );
    });
    const { events, results, end } = await audit({
      url,
      headers: good,
      second: BOB,
      checks: [one],
    });
    expect(results.get('X-01')).toMatchObject({ outcome: 'pass', requests: 4 });
    expect(statuses).toEqual([era === 'sse' ? 202 : 200, 401, 401, 404]);
    expect(typesOf(events)).toEqual(['check_start', 'control', 'check', 'check_end']);
    expect(controlOf(events)).toMatchObject({
      ok: true,
      tools: 2,
      target: { eras: [era], serverName: 'ostler-sample-math', credentials: ['Authorization'] },
    });
    expect(end).toMatchObject({ error: null, requests: era === 'sse' ? 8 : 9 });
  });

  it('stateless: every request says who it is from', async () => {
    const modern = kept(await startModern());
    const one = probing(async ({ ask, control, era }) => {
      expect(era).toBe('stateless');
      const params = { name: 'add_numbers', arguments: { number1: 1, number2: 2 } };
      const called = await ask(control.victim, 'tools/call', { params });
      expect(await called.response()).toMatchObject({ result: { content: [{ text: '3' }] } });
    });
    const { events, results } = await audit({ url: modern.mcpUrl, checks: [one] });
    expect(results.get('X-01')).toMatchObject({ outcome: 'pass', reason: 'It holds.' });
    expect(controlOf(events)).toMatchObject({
      ok: true,
      tools: 2,
      target: { eras: ['stateless'], serverName: 'modern', protocolVersion: '2026-07-28' },
    });
  });

  it('two at one URL are audited one after the other; the worse result is told', async () => {
    const modern = kept(await startModern({ legacy: true }));
    const ran: string[] = [];
    const all = check('A-1', {
      run: ({ era }) => {
        ran.push(`A-1 ${era}`);
        return Promise.resolve(passed);
      },
    });
    const some = check('A-2', {
      eras: ['sessions', 'stateless'],
      run: ({ era }) => {
        ran.push(`A-2 ${era}`);
        const outcome = era === 'stateless' ? 'fail' : 'pass';
        return Promise.resolve({ outcome, reason: `Said of ${era}.` });
      },
    });
    const sse = check('A-3', { eras: ['sse'] });
    const { results, events, end } = await audit({ url: modern.mcpUrl, checks: [all, some, sse] });
    expect(ran).toEqual(['A-1 sessions', 'A-2 sessions', 'A-2 stateless']);
    expect([...results.keys()]).toEqual(['A-1', 'A-2', 'A-3']);
    expect(results.get('A-2')).toMatchObject({
      outcome: 'fail',
      reason: 'stateless: Said of stateless.',
    });
    expect(results.get('A-3')).toMatchObject({
      outcome: 'not_applicable',
      reason: 'It is for sse; this server speaks sessions and stateless.',
    });
    expect(controlOf(events).target?.eras).toEqual(['sessions', 'stateless']);
    expect(end.counts).toEqual({ pass: 1, fail: 1, warn: 0, inconclusive: 0, not_applicable: 1 });
  });

  it.each([
    ['an SSE URL that looks like another', 'sse', { transport: 'http' }],
    ['a Streamable URL that is taken for SSE', 'sessions', { transport: 'sse' }],
    ['a protocol that is said', 'sessions', { protocol: 'legacy' }],
  ] as const)('%s', async (_, era, definition) => {
    const url = era === 'sse' ? server.sseUrl : server.mcpUrl;
    const { events } = await audit({
      url,
      headers: good,
      server: definition,
      checks: [check('A-1')],
    });
    expect(controlOf(events)).toMatchObject({ ok: true, target: { eras: [era] } });
  });

  it('a transport that is named is kept to', async () => {
    const { events, end, results } = await audit({
      url: server.sseUrl,
      headers: good,
      server: { transport: 'http', fallback: false },
      checks: [check('A-1')],
    });
    expect(controlOf(events).ok).toBe(false);
    expect(end.error).toMatchObject({ code: 'wrong_transport', status: 405 });
    expect(results.get('A-1')?.outcome).toBe('inconclusive');
  });
});

describe('a control that fails', () => {
  const checks = () => {
    const ran: string[] = [];
    const note = (id: string, parts: Partial<Check> = {}) =>
      check(id, { ...parts, run: () => Promise.resolve((ran.push(id), passed)) });
    return { ran, checks: [note('A-1'), note('A-2', { withoutControl: true }), note('A-3')] };
  };

  it.each([
    [
      'a wrong token',
      [['Authorization', 'Bearer wrong-wrong']] as [string, string][],
      'auth_rejected',
    ],
    ['no token', [], 'auth_required'],
  ])('%s: only checks that need none are run', async (_, headers, code) => {
    const { ran, checks: three } = checks();
    const { end, results } = await audit({ url: server.sseUrl, headers, checks: three });
    expect(end.error).toMatchObject({ code, status: 401 });
    expect(ran).toEqual(['A-2']);
    expect([...results.values()].map(({ outcome }) => outcome)).toEqual([
      'inconclusive',
      'pass',
      'inconclusive',
    ]);
    expect(results.get('A-1')?.reason).toMatch(/^the control failed: .*HTTP 401/);
    expect(end.requests).toBe(1);
  });

  it('a server that is not there: none is run', async () => {
    const gone = await startHttp(() => {});
    await gone.close();
    const { ran, checks: three } = checks();
    const { end, results } = await audit({ url: `${gone.url}/mcp`, headers: good, checks: three });
    expect(end.error?.code).toBe('server_unreachable');
    expect(ran).toEqual([]);
    expect(results.size).toBe(3);
  });
});

describe('the checks', () => {
  it('that throw are told as bugs of ours, and their secrets are not', async () => {
    const broken = check('X-01', {
      run: () => Promise.reject(new TypeError(`x is undefined, ${ALICE}`)),
    });
    const { results } = await audit({ url: server.mcpUrl, headers: good, checks: [broken] });
    expect(results.get('X-01')).toMatchObject({
      outcome: 'inconclusive',
      reason: 'the check itself failed: x is undefined, [REDACTED]',
    });
  });

  it('of the first stage have sent before others begin, and those of the last come last', async () => {
    const order: string[] = [];
    const first = probing(
      async ({ ask, control }) => {
        const { marker } = await ask(control.victim, 'ping', { params: {} });
        order.push('first sent');
        await control.victim.stream?.seen(`no ${marker}`);
        order.push('first done');
      },
      { id: 'A-1', stage: 'first' },
    );
    const note = (id: string, parts: Partial<Check>) =>
      check(id, { ...parts, run: () => Promise.resolve((order.push(id), passed)) });
    const checks = [note('A-3', { stage: 'last' }), note('A-2', {}), first];
    const { results } = await audit({ url: server.sseUrl, headers: good, checks });
    expect(order).toEqual(['first sent', 'A-2', 'first done', 'A-3']);
    expect([...results.keys()]).toEqual(['A-3', 'A-2', 'A-1']);
  });

  it('share what is done once, and see all answers', async () => {
    let made = 0;
    const once = (id: string) =>
      probing(
        async ({ once: share, ask, control }) => {
          await share('ping', async () => {
            made += 1;
            return ask(control.victim, 'ping');
          });
        },
        { id },
      );
    let whats: string[] = [];
    const last = probing(
      ({ seen }) => Promise.resolve((whats = seen().map(({ evidence }) => evidence.what))),
      { id: 'A-3', stage: 'last' },
    );
    const { results } = await audit({
      url: server.mcpUrl,
      headers: good,
      checks: [once('A-1'), once('A-2'), last],
    });
    expect(made).toBe(1);
    expect([results.get('A-1')?.requests, results.get('A-2')?.requests]).toEqual([1, 0]);
    expect(whats.filter((what) => what === 'ping as good')).toHaveLength(1);
    expect(whats[0]).toBe('server/discover as good');
  });

  it('get the most severe ones their requests first when there are few', async () => {
    const pings = (id: string, parts: Partial<Check>) =>
      probing(
        async ({ ask, control }) => {
          for (let times = 0; times < 3; times += 1) await ask(control.victim, 'ping');
        },
        { id, requests: 3, ...parts },
      );
    const checks = [
      pings('A-1', { severity: 'info' }),
      pings('A-2', { severity: 'low' }),
      pings('A-3', { severity: 'critical', stage: 'last' }),
      pings('A-4', { severity: 'high', requests: 1 }),
    ];
    const { results, end } = await audit({
      url: server.sseUrl,
      headers: good,
      checks,
      maxRequests: 10,
    });
    const spent = 'the budget of 10 requests is used up: raise it with --max-requests';
    expect([...results.values()].map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['inconclusive', spent],
      ['inconclusive', spent],
      ['pass', 'It holds.'],
      ['pass', 'It holds.'],
    ]);
    expect(end.requests).toBe(10);
  });
});

describe('a credential in the URL', () => {
  it('is sent with the good credential only, and shown nowhere', async () => {
    const guarded = kept(
      await startRawHttp((_, response) => {
        if (response.req.url === `/mcp?x=1&api_key=${ALICE}`) return undefined;
        response.writeHead(401).end();
        return true;
      }),
    );
    let statuses: number[] = [];
    const one: Check = check('X-01', {
      requests: 10,
      async run({ ask, control, none, url }) {
        const asked = [await ask(control.victim, 'tools/list')];
        asked.push(await ask(control.victim, 'tools/list', { as: none }));
        statuses = asked.map(({ answer }) => answer.status);
        expect(url.search).toBe('?x=1');
        return { ...passed, evidence: asked.map(({ answer }) => answer) };
      },
    });
    const url = `${guarded.url}/mcp?x=1&api_key=${ALICE}`;
    const { end, events } = await audit({ url, checks: [one] });
    expect(statuses).toEqual([200, 401]);
    expect(end.target?.credentials).toEqual(['?api_key']);
    expect(end.notes).toHaveLength(1);
    expect(JSON.stringify(events)).not.toContain(ALICE);
  });
});
