import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runAudit } from '../../src/check/audit/run.js';
import { OstlerError } from '../../src/core/errors.js';
import { startSampleServer } from '../../src/serve/server.js';
import type { SampleServer } from '../../src/serve/types.js';
import { startBearer } from '../servers/bearer.js';
import { startHttp } from '../servers/http.js';
import { audit, remote } from '../support/audit.js';
import { check, controlOf, probing } from '../support/checks.js';

const ALICE = 'alice-Zq8rT2mK9xWv4LpB7nHs3YcD';
const BOB = 'bob-Jd5gF1kR6tVw0QzX8cMb2NhE';
const good: [string, string][] = [['Authorization', `Bearer ${ALICE}`]];
const MCP = 'application/json, text/event-stream';

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

describe('what was opened', () => {
  const opening = probing(async ({ open, good: as, second }) => {
    const [mine, theirs] = [await open(as), await open(second ?? as)];
    expect([mine, theirs].map((session) => 'refused' in session)).toEqual([false, false]);
  });

  it.each(['sseUrl', 'mcpUrl'] as const)('%s: is closed at the end', async (name) => {
    for (let times = 0; times < 4; times += 1) {
      const url = server[name];
      const { results } = await audit({
        url,
        headers: good,
        second: BOB,
        checks: [opening, opening],
      });
      expect(results.get('X-01')).toMatchObject({ outcome: 'pass', reason: 'It holds.' });
    }
  });

  it('by whoever got in is closed with the credential it came in with', async () => {
    const open = kept(await startBearer());
    const one = probing(async ({ send, wrong }) => {
      const answer = await send({
        what: 'initialize with a wrong token',
        as: wrong(),
        headers: [['Accept', MCP]],
        body: {
          jsonrpc: '2.0',
          id: 1,
          method: 'initialize',
          params: {
            protocolVersion: '2025-11-25',
            capabilities: {},
            clientInfo: { name: 'x', version: '1' },
          },
        },
      });
      expect(answer.status).toBe(200);
    });
    await audit({ url: open.mcpUrl, headers: good, checks: [one] });
    const deleted = open.seen.filter(({ method }) => method === 'DELETE');
    expect(deleted.map(({ headers }) => headers['mcp-session-id'])).toHaveLength(2);
    expect(new Set(deleted.map(({ headers }) => headers.authorization)).size).toBe(2);
    expect(open.methods.filter((method) => method === 'initialize')).toHaveLength(2);
  });

  it.each(['sseUrl', 'mcpUrl'] as const)(
    '%s: is closed on Ctrl+C, within a second',
    async (name) => {
      for (let times = 0; times < 3; times += 1) {
        const stop = new AbortController();
        const hanging = probing(async ({ open, good: as, signal }) => {
          await open(as);
          stop.abort(new OstlerError('interrupted', 'Interrupted.'));
          await new Promise(() => signal.aborted);
        });
        const url = server[name];
        const checks = [hanging, check('X-02', { stage: 'last' })];
        const { end, results } = await audit({ url, headers: good, checks, signal: stop.signal });
        expect(end.error).toEqual({ code: 'interrupted', message: 'Interrupted.' });
        expect(end.ms).toBeLessThan(5000);
        expect(results.get('X-01')).toMatchObject({
          outcome: 'inconclusive',
          reason: 'not finished: Interrupted.',
        });
        expect(results.get('X-02')?.outcome).toBe('inconclusive');
      }
      const { events } = await audit({ url: server[name], headers: good, checks: [check('A-1')] });
      expect(controlOf(events).ok).toBe(true);
    },
  );

  it('is closed when nobody reads on', async () => {
    for (let times = 0; times < 5; times += 1) {
      const options = { server: remote(server.mcpUrl, good), checks: [opening] };
      const events = runAudit({
        ...options,
        rate: 'unlimited',
        signal: new AbortController().signal,
      });
      for await (const event of events) if (event.type === 'control') break;
    }
    const { events } = await audit({ url: server.mcpUrl, headers: good, checks: [check('A-1')] });
    expect(controlOf(events).ok).toBe(true);
  });

  it('by an answer that comes too late is closed, too', async () => {
    const bearer = kept(await startBearer());
    const stop = new AbortController();
    const slow = kept(
      await startHttp((request, response) => {
        const forward = async () => {
          const chunks: Buffer[] = [];
          for await (const chunk of request) chunks.push(chunk as Buffer);
          const body = Buffer.concat(chunks);
          const answer = await fetch(`${bearer.url}${request.url ?? ''}`, {
            method: request.method ?? 'GET',
            headers: Object.entries(request.headers).flatMap(([name, value]) =>
              /^(?:accept|content-type|mcp-.*)$/.test(name) ? [[name, String(value)]] : [],
            ),
            ...(body.length === 0 ? {} : { body }),
          });
          if (body.includes('"initialize"')) {
            stop.abort(new OstlerError('interrupted', 'Interrupted.'));
            await new Promise((resolve) => {
              setTimeout(resolve, 200);
            });
          }
          response.writeHead(answer.status, Object.fromEntries(answer.headers));
          response.end(await answer.text());
        };
        forward().catch(() => response.destroy());
      }),
    );
    const { end } = await audit({ url: `${slow.url}/mcp`, checks: [], signal: stop.signal });
    expect(end.error?.code).toBe('interrupted');
    expect(bearer.seen.filter(({ method }) => method === 'DELETE')).toHaveLength(1);
  });
});
