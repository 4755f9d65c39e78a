import { afterEach, describe, expect, it } from 'vitest';
import type { CheckResult } from '../../src/core/check-events.js';
import { SESSION_CHECKS } from '../../src/check/checks/session/index.js';
import { type SessionFault, startNaiveSessions } from '../servers/naive-sessions.js';
import { setValue } from '../servers/rewriting-proxy.js';
import { audit, type AuditUrl } from '../support/audit.js';
import { rightServers, SECOND, TOKEN } from '../support/right-servers.js';

type LegacyEra = 'sse' | 'sessions';

const right = rightServers();
const closing: { close: () => Promise<void> }[] = [];
afterEach(async () => {
  for (const server of closing.splice(0)) await server.close();
});

const quiet = SESSION_CHECKS.filter(({ active }) => !active);

async function run(url: string, options: Partial<AuditUrl> = {}) {
  const { results } = await audit({
    url,
    headers: [['Authorization', `Bearer ${TOKEN}`]],
    checks: quiet,
    ...options,
  });
  return results;
}

/** One check against a server with these faults. */
async function faulty(
  era: LegacyEra,
  id: string,
  faults: readonly SessionFault[],
  options: Partial<AuditUrl> = {},
): Promise<CheckResult> {
  const server = await startNaiveSessions([TOKEN, SECOND], ...faults);
  closing.push(server);
  const url = era === 'sse' ? server.sseUrl : server.mcpUrl;
  const results = await run(url, {
    checks: SESSION_CHECKS,
    only: [id],
    second: SECOND,
    ...options,
  });
  return results.get(id) as CheckResult;
}

const outcomes = (results: ReadonlyMap<string, CheckResult>) =>
  Object.fromEntries([...results].map(([id, { outcome }]) => [id, outcome]));

const ALL_PASS = Object.fromEntries(quiet.map(({ id }) => [id, 'pass']));

describe('servers that are right', () => {
  it('the sample server, HTTP+SSE', async () => {
    const results = await run(right.url('sse'), { second: SECOND });
    expect(outcomes(results)).toEqual({
      ...ALL_PASS,
      'SESS-03': 'not_applicable',
      'SESS-11': 'not_applicable',
    });
  });

  it('the sample server, Streamable HTTP', async () => {
    const results = await run(right.url('sessions'), { second: SECOND });
    expect(outcomes(results)).toEqual({
      ...ALL_PASS,
      'SESS-02': 'not_applicable',
      'SESS-11': 'not_applicable',
      'SESS-12': 'not_applicable',
    });
  });

  it('one of 2026-07-28, which has no sessions', async () => {
    const results = await run(right.url('stateless'), { second: SECOND });
    const meant = [...results].filter(([, { outcome }]) => outcome !== 'not_applicable');
    expect(meant.map(([id, { outcome }]) => [id, outcome])).toEqual([
      ['SESS-09', 'pass'],
      ['SESS-10', 'pass'],
    ]);
  });

  it('one whose events can be resumed, and with everything that can be sent', async () => {
    const all = { active: true, thorough: true, maxRequests: 500, checks: SESSION_CHECKS };
    const server = await startNaiveSessions([TOKEN, SECOND]);
    closing.push(server);
    const sse = await run(server.sseUrl, { ...all, second: SECOND });
    expect(outcomes(sse)).toEqual({ ...ALL_PASS, 'SESS-03': 'not_applicable', 'SESS-13': 'pass' });
    const sessions = await run(server.mcpUrl, { ...all, second: SECOND });
    expect(outcomes(sessions)).toEqual({
      ...ALL_PASS,
      'SESS-02': 'not_applicable',
      'SESS-12': 'not_applicable',
      'SESS-13': 'pass',
    });
    expect(sse.get('SESS-01')?.reason).toContain('20 ids');
  });

  it('sends no more than it says', async () => {
    for (const era of ['sse', 'sessions'] as const) {
      const results = await run(right.url(era), { second: SECOND });
      const sent = [...results.values()].reduce((sum, { requests }) => sum + requests, 0);
      expect(sent).toBeLessThanOrEqual(20);
    }
  });
});

describe('servers with one fault', () => {
  const cases: [id: string, era: LegacyEra, fault: SessionFault, reason: RegExp][] = [
    ['SESS-01', 'sse', 'counter-ids', /count up/],
    ['SESS-01', 'sessions', 'counter-ids', /count up/],
    ['SESS-02', 'sse', 'no-owner', /came out of the first one's stream/],
    ['SESS-03', 'sessions', 'no-owner', /POST .* was answered 200 and carried out; GET /],
    ['SESS-04', 'sse', 'open-posts', /came out of the session's stream/],
    ['SESS-04', 'sessions', 'open-posts', /without credentials .* was answered 200/],
    ['SESS-05', 'sse', 'first-client', /POST without a session id .* another client's stream/],
    ['SESS-06', 'sse', 'first-client', /unknown session id .* another client's stream/],
    ['SESS-06', 'sse', 'object-map', /"__proto__" was answered 500/],
    ['SESS-06', 'sessions', 'object-map', /"__proto__" was answered 500/],
    ['SESS-06', 'sessions', 'first-client', /unknown session id was answered 200 and carried out/],
    ['SESS-07', 'sse', 'immortal', /answered 202, 3.3 s after its stream was closed/],
    ['SESS-07', 'sessions', 'immortal', /answered 200, after the session had been deleted/],
    ['SESS-08', 'sse', 'chosen-ids', /the id was taken/],
    ['SESS-08', 'sessions', 'chosen-ids', /the id was taken/],
    ['SESS-09', 'sse', 'listed', /GET \/health .* the id of a live session/],
    ['SESS-09', 'sessions', 'listed', /GET \/health .* the id of a live session/],
    ['SESS-10', 'sse', 'crossed', /second client asked for ping and got the other one's answer/],
    ['SESS-10', 'sessions', 'crossed', /got the other one's answer/],
    ['SESS-11', 'sse', 'replay', /of the other session's messages/],
    ['SESS-11', 'sessions', 'replay', /of the other session's messages/],
    ['SESS-12', 'sse', 'token-in-endpoint', /The endpoint holds the token/],
    ['SESS-12', 'sse', 'endpoint-elsewhere', /on another origin \(https:\/\/mcp.test.invalid\)/],
    ['SESS-13', 'sse', 'fragile', /10 more streams open, .* answered 500/],
  ];
  it.each(cases)('%s, %s: %s', async (id, era, fault, reason) => {
    const options = id === 'SESS-13' ? { active: true } : {};
    const result = await faulty(era, id, [fault], options);
    expect([result.outcome, result.reason]).toEqual(['fail', expect.stringMatching(reason)]);
    expect(JSON.stringify(result)).not.toContain(TOKEN);
  });

  it('SESS-02 is critical when a result crosses to the stream of another', async () => {
    expect(await faulty('sse', 'SESS-02', ['no-owner'])).toMatchObject({ severity: 'critical' });
  });

  it('SESS-05 doubts a server that does without the id it gave out', async () => {
    const result = await faulty('sessions', 'SESS-05', ['first-client']);
    expect([result.outcome, result.reason]).toEqual([
      'warn',
      expect.stringMatching(/without a session id was answered 200 and carried out/),
    ]);
  });

  it('SESS-03 deletes as another, when it may', async () => {
    const result = await faulty('sessions', 'SESS-03', ['no-owner'], { active: true });
    expect(result.reason).toMatch(/DELETE .* was answered 204/);
    expect(result.evidence.map(({ method }) => method)).toEqual(['POST', 'GET', 'DELETE']);
  });

  it('SESS-02 shows what came out of the wrong stream, also of a named tool', async () => {
    const tool = { name: 'say_hello', arguments: { name: 'Mallory' } };
    const result = await right.broken(
      'sse',
      {
        request(request) {
          const second = `Bearer ${SECOND}`;
          if (request.method === 'POST' && request.headers.some(([, value]) => value === second)) {
            setValue(request, 'authorization', `Bearer ${TOKEN}`);
          }
        },
      },
      async (url) => (await run(url, { only: ['SESS-02'], second: SECOND, tool })).get('SESS-02'),
    );
    expect(result?.outcome).toBe('fail');
    expect(result?.reason).toContain("the result of say_hello came out of the first one's stream");
    expect(result?.evidence.at(-1)?.seenOnStream?.join()).toContain('Hello, Mallory!');
  });
});

describe('SESS-09 reads pages', () => {
  const pages: [body: string, outcome: string][] = [
    ['{"status":"ok","sessions":3}', 'pass'],
    ['{"build":"0f8fad5b-d9cb-469f-a165-70867728950e"}', 'pass'],
    ['{"sessions":["0f8fad5b-d9cb-469f-a165-70867728950e"]}', 'warn'],
    ['{"sessionIds":["9f86d081884c7d659a2feaa0c55ad015"]}', 'warn'],
    ['{"config":{"api_key":"not-ours-0123456789"}}', 'warn'],
    ['PORT=8080\nJWT_SECRET=0123456789abcdef\n', 'warn'],
    [`{"tokens":["${TOKEN}"]}`, 'fail'],
  ];
  it.each(pages)('%s', async (body, outcome) => {
    const fault = {
      request: ({ path }: { path: string }) =>
        path === '/health' ? { status: 200, body } : undefined,
    };
    const results = await right.broken('sessions', fault, (url) => run(url, { only: ['SESS-09'] }));
    expect(results.get('SESS-09')?.outcome).toBe(outcome);
    expect(JSON.stringify([...results])).not.toContain(TOKEN);
  });
});

describe('what cannot be told is inconclusive', () => {
  const broken = async (era: LegacyEra, options: Partial<AuditUrl>) => {
    const id = era === 'sse' ? 'SESS-02' : 'SESS-03';
    return (await run(right.url(era), { only: [id], ...options })).get(id) as CheckResult;
  };
  const cases: [name: string, second: string | undefined, reason: RegExp][] = [
    ['no second token', undefined, /needs .*--second-token-env/],
    ['the same token twice', TOKEN, /same as the first/],
    ['a second token that is refused', 'token-of-nobody-0123456789', /refused itself \(HTTP 401\)/],
  ];
  for (const era of ['sse', 'sessions'] as const) {
    it.each(cases)(`${era}: %s`, async (_, second, reason) => {
      const result = await broken(era, { second });
      expect([result.outcome, result.reason]).toEqual([
        'inconclusive',
        expect.stringMatching(reason),
      ]);
    });
  }

  it('a watched stream that breaks off says nothing', async () => {
    const result = await faulty('sse', 'SESS-02', ['cuts-streams']);
    expect([result.outcome, result.reason]).toEqual([
      'inconclusive',
      expect.stringMatching(/answered 404, but a watched stream broke off/),
    ]);
  });

  it('a server that gives out no ids has no sessions to check', async () => {
    const server = await startNaiveSessions([TOKEN], 'no-ids', 'first-client');
    closing.push(server);
    const only = quiet.map(({ id }) => id).filter((id) => id !== 'SESS-09' && id !== 'SESS-10');
    const results = await run(server.mcpUrl, { second: SECOND, only });
    for (const id of ['SESS-02', 'SESS-12']) results.delete(id);
    for (const { outcome, reason } of results.values()) {
      expect([outcome, reason]).toEqual(['not_applicable', 'The server gives out no session ids.']);
    }
  });
});
