import { describe, expect, test } from 'vitest';
import { AUTH_CHECKS } from '../../src/check/checks/auth/index.js';
import { valuesOf, type Reply, type Rewritable } from '../servers/rewriting-proxy.js';
import {
  auth,
  letIn,
  pathOf,
  isPost,
  stranger,
  opens,
  answers,
  TOKEN,
  GOOD,
  PASSIVE,
  audited,
  idsWith,
  found,
  type AuditedServer,
} from '../support/faulty.js';

describe.each(['sse', 'sessions', 'stateless'] as const)('a right server of era %s', (era) => {
  test.each([false, true])('passes all that can be asked of it, thorough: %s', async (thorough) => {
    const { results, end } = await audited({ era, thorough });
    expect(end.error).toBeNull();
    expect(idsWith(results, 'fail')).toEqual([]);
    expect(idsWith(results, 'warn')).toEqual([]);
    // What needs a token that nobody gave.
    expect(idsWith(results, 'inconclusive')).toEqual(['AUTH-18', 'AUTH-21', 'AUTH-22']);
  });

  test('is asked at most 26 times, 12 times with a wrong token', async () => {
    let wrong = 0;
    const count = (request: Rewritable) => {
      if (auth(request)?.startsWith('Bearer') === true && auth(request) !== GOOD) wrong += 1;
    };
    const { results } = await audited({ era, fault: { request: count }, maxRequests: 60 });
    const sent = [...results.values()].map(({ requests }) => requests);
    expect(sent.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(26);
    expect(wrong).toBeLessThanOrEqual(12);
    for (const check of PASSIVE) {
      // What is paid by the check that asks first may be another's.
      const own = found(results, check.id).requests;
      expect(own, check.id).toBeLessThanOrEqual(check.requests + 1);
    }
  });
});

describe('a refusal is believed only when nothing came of it', () => {
  test('AUTH-02 sees the answer on the stream although the status was 401', async () => {
    const { of } = await audited({
      era: 'sse',
      only: ['AUTH-02'],
      fault: {
        response(response, request) {
          if (isPost(request) && stranger(request)) response.status = 401;
        },
        ...opens((request) => isPost(request) && stranger(request)),
      },
    });
    expect(of('AUTH-02').outcome).toBe('fail');
    expect(of('AUTH-02').reason).toMatch(/401, and its answer came out of the watched stream/);
    expect(of('AUTH-02').evidence[0]?.seenOnStream?.join('')).toContain('add_numbers');
  });

  test('AUTH-06 asks whether the session lives on, thoroughly', async () => {
    const { of } = await audited({
      era: 'sessions',
      only: ['AUTH-06'],
      thorough: true,
      fault: {
        response(response, request) {
          if (request.method === 'DELETE') response.status = 401;
        },
        ...opens((request) => request.method === 'DELETE' && stranger(request)),
      },
    });
    expect(of('AUTH-06').outcome).toBe('fail');
    expect(of('AUTH-06').reason).toMatch(/401, and the session is dead/);
  });

  test('a result in the body counts, whatever the status', async () => {
    const { of } = await audited({
      era: 'stateless',
      only: ['AUTH-03'],
      fault: {
        response(response, request) {
          if (auth(request) !== GOOD) response.status = 403;
        },
        ...opens(() => true),
      },
    });
    expect(of('AUTH-03').outcome).toBe('fail');
    expect(of('AUTH-03').reason).toMatch(/403 with a result/);
  });
});

describe('what says nothing is inconclusive', () => {
  const wrong = (request: Rewritable) => !stranger(request) && auth(request) !== GOOD;

  test.each([
    ['429', { status: 429, headers: [['Retry-After', '3600']] } satisfies Reply],
    ['503', { status: 503 } satisfies Reply],
    ['no answer', 'drop' as const],
  ])('%s to wrong tokens', async (_name, reply) => {
    const ids = ['AUTH-03', 'AUTH-04', 'AUTH-14', 'AUTH-24', 'AUTH-25'];
    const { of } = await audited({ era: 'sse', only: ids, fault: answers(wrong, reply) });
    const outcomes = Object.fromEntries(ids.map((id) => [id, of(id).outcome]));
    expect(new Set(Object.values(outcomes)), JSON.stringify(outcomes)).toEqual(
      new Set(
        reply !== 'drop' && reply.status === 503 ? ['inconclusive', 'fail'] : ['inconclusive'],
      ),
    );
    expect(of('AUTH-03').reason).toMatch(reply === 'drop' ? /no answer/ : /429|503/);
  });

  test('a victim whose stream broke off', async () => {
    let posts = 0;
    const { of } = await audited({
      era: 'sse',
      only: ['AUTH-03'],
      watchMs: 10_000,
      fault: {
        response(response, request) {
          if (request.method === 'GET' && auth(request) === GOOD) response.endAfterMs = 5_000;
          if (isPost(request)) posts += 1;
        },
      },
    });
    expect(posts).toBeGreaterThan(0);
    expect(of('AUTH-03').outcome).toBe('inconclusive');
    expect(of('AUTH-03').reason).toMatch(/stream broke off/);
  });

  test('a way around a guard there is not', async () => {
    const { of } = await audited({ era: 'sessions', fault: opens(stranger) });
    expect(of('AUTH-05').outcome).toBe('fail');
    for (const id of ['AUTH-10', 'AUTH-15', 'AUTH-16']) {
      expect(of(id).outcome, id).toBe('inconclusive');
      expect(of(id).reason).toMatch(/gets in anyway \(AUTH-05\)/);
    }
  });
});

describe('doubtful refusals are warnings', () => {
  test.each([403, 404, 400, 500])('%d for want of a token', async (status) => {
    const { of } = await audited({
      era: 'sse',
      only: ['AUTH-01', 'AUTH-02'],
      fault: answers(stranger, { status }),
    });
    expect(of('AUTH-01')).toMatchObject({ outcome: 'warn' });
    expect(of('AUTH-01').reason).toContain(`was answered ${status} instead of 401`);
    expect(of('AUTH-02').outcome).toBe('warn');
  });

  test('AUTH-11: the scheme in small letters is refused', async () => {
    const { results } = await audited({
      era: 'sessions',
      fault: answers((request) => auth(request) === `bearer ${TOKEN}`, { status: 401 }),
    });
    expect(idsWith(results, 'warn')).toEqual(['AUTH-11']);
  });

  test('a page for people under another path is no way in', async () => {
    const page: Reply = {
      status: 200,
      headers: [['Content-Type', 'text/html']],
      body: '<p>Hi</p>',
    };
    const { of } = await audited({
      era: 'sse',
      only: ['AUTH-09'],
      fault: answers((request) => !['/sse', '/messages'].includes(pathOf(request)), page),
    });
    expect(of('AUTH-09').outcome).toBe('pass');
  });
});

describe('other credentials', () => {
  /** A server that takes an API key in a header of its own. */
  const apiKey = {
    request(request: Rewritable): Reply | undefined {
      if (valuesOf(request, 'x-api-key').join('; ') !== TOKEN) return { status: 403 };
      letIn(request);
      return undefined;
    },
  };
  const headers = [['X-API-Key', TOKEN]] as const;

  test('an API key: 403 is a right refusal, and what is about Bearer does not apply', async () => {
    const { results, of } = await audited({ era: 'sse', headers, fault: apiKey });
    expect(idsWith(results, 'fail')).toEqual([]);
    expect(idsWith(results, 'warn')).toEqual([]);
    for (const id of ['AUTH-11', 'AUTH-12']) expect(of(id).outcome, id).toBe('not_applicable');
    for (const id of ['AUTH-01', 'AUTH-03', 'AUTH-13', 'AUTH-14', 'AUTH-16']) {
      expect(of(id).outcome, id).toBe('pass');
    }
  });

  test('a name and a password: another spelling of the same Base64 is no other credential', async () => {
    const pair = 'alice:pa55-Zq8rT2mK9xWv4LpBc';
    const basic = `Basic ${Buffer.from(pair).toString('base64')}`;
    expect(basic).toMatch(/=$/);
    const { of, results } = await audited({
      era: 'sessions',
      headers: [['Authorization', basic]],
      only: ['AUTH-14'],
      thorough: true,
      fault: {
        request(request) {
          const [scheme, value = ''] = (auth(request) ?? '').split(' ');
          const isAlice = Buffer.from(value, 'base64').toString() === pair;
          if (scheme !== 'Basic' || !isAlice) return { status: 401 };
          letIn(request);
          return undefined;
        },
      },
    });
    expect(of('AUTH-14'), of('AUTH-14').reason).toMatchObject({ outcome: 'pass' });
    const upper = Buffer.from(pair.toUpperCase()).toString('base64');
    const told = JSON.stringify([...results]);
    for (const secret of [pair, basic.slice(6, -2), upper]) expect(told).not.toContain(secret);
  });

  test('an API key that may also come as a bearer token', async () => {
    const { results, of } = await audited({
      era: 'sessions',
      headers,
      fault: {
        request: (request) => (auth(request) === GOOD ? undefined : apiKey.request(request)),
      },
    });
    expect(idsWith(results, 'fail')).toEqual(['AUTH-16']);
    expect(of('AUTH-16').reason).toMatch(/^POST with the good token in Authorization only/);
  });

  test.each(['sse', 'sessions', 'stateless'] as const)(
    'none at all: everybody may come in (%s)',
    async (era) => {
      const { results, of } = await audited({ era, headers: [], fault: opens(() => true) });
      const fails = era === 'sse' ? ['AUTH-01', 'AUTH-02'] : ['AUTH-05'];
      expect(idsWith(results, 'fail')).toEqual(fails);
      expect(of(fails[0] ?? '').reason).toMatch(/everybody may come in/);
      expect(of('AUTH-03').outcome).toBe('not_applicable');
    },
  );

  test('a token that everybody tries first', async () => {
    const { of } = await audited({
      era: 'sessions',
      headers: [['Authorization', 'Bearer changeme']],
      only: ['AUTH-25'],
      fault: opens((request) => auth(request) === 'Bearer changeme'),
    });
    expect(of('AUTH-25')).toMatchObject({ outcome: 'fail' });
  });
});

describe('what is sent on request only', () => {
  const active = AUTH_CHECKS.filter((check) => check.active);
  const only = (id: string) => ({ checks: active, only: [id], active: true, era: 'sse' as const });

  test('AUTH-26: a limit for who guesses, none for who knows', async () => {
    let wrong = 0;
    const fault: AuditedServer['fault'] = {
      request(request) {
        if (auth(request) === GOOD) return undefined;
        wrong += 1;
        return wrong > 10 ? { status: 429, headers: [['Retry-After', '60']] } : undefined;
      },
    };
    const { of } = await audited({ ...only('AUTH-26'), fault });
    expect(of('AUTH-26').outcome).toBe('pass');
    expect(of('AUTH-26').reason).toMatch(/^429 after 11 wrong tokens/);
  });

  test('AUTH-26: no limit is a warning', async () => {
    const { of } = await audited(only('AUTH-26'));
    expect(of('AUTH-26').outcome).toBe('warn');
  });

  test('AUTH-26: a limit that locks out who has the right token', async () => {
    let wrong = 0;
    const fault: AuditedServer['fault'] = {
      request(request) {
        if (auth(request) !== GOOD) wrong += 1;
        return wrong > 5 ? { status: 429, headers: [['Retry-After', '60']] } : undefined;
      },
    };
    const { of } = await audited({ ...only('AUTH-26'), fault });
    expect(of('AUTH-26').outcome).toBe('fail');
    expect(of('AUTH-26').reason).toMatch(/locks out/);
  });

  test('AUTH-27: a comparison that takes longer the more was right', async () => {
    const fault: AuditedServer['fault'] = {
      async request(request) {
        if (auth(request)?.startsWith(GOOD.slice(0, -1)) === true && auth(request) !== GOOD) {
          await new Promise((resolve) => setTimeout(resolve, 15));
        }
      },
    };
    const { of } = await audited({ ...only('AUTH-27'), fault });
    expect(of('AUTH-27').outcome).toBe('warn');
    expect(of('AUTH-27').reason).toMatch(/The times differ: medians/);
  });

  test('AUTH-27: one that takes the same time is measured, and passes or is doubted by chance', async () => {
    const { of } = await audited(only('AUTH-27'));
    expect(of('AUTH-27').requests).toBe(200);
    expect(of('AUTH-27').reason).toMatch(/medians [\d.]+ and [\d.]+ ms, p = /);
  });

  test('AUTH-27: a limit leaves nothing to measure', async () => {
    const limited: Reply = { status: 429, headers: [['Retry-After', '3600']] };
    const { of } = await audited({
      ...only('AUTH-27'),
      fault: answers((request) => auth(request) !== GOOD, limited),
    });
    expect(of('AUTH-27').outcome).toBe('inconclusive');
    expect(of('AUTH-27').requests).toBeLessThan(60);
  });
});
