import { describe, expect, test } from 'vitest';
import { AUTH_CHECKS } from '../../src/check/checks/auth/index.js';
import type { CheckEra, CheckResult } from '../../src/core/check-events.js';
import { startSampleServer } from '../../src/serve/server.js';
import { startGuardedModern } from '../servers/guarded-modern.js';
import {
  bodyOf,
  setValue,
  startRewriting,
  valueOf,
  valuesOf,
  type Reply,
  type Rewritable,
  type RewritingOptions,
} from '../servers/rewriting-proxy.js';
import { auditUrl, type AuditUrl } from '../support/audit.js';

const TOKEN = 'token-of-alice-0123456789abcdef';
const GOOD = `Bearer ${TOKEN}`;
const PASSIVE = AUTH_CHECKS.filter(({ active }) => !active);

interface RightServer {
  origin: string;
  /** Where it is audited. */
  path: string;
  close: () => Promise<void>;
}

async function rightServer(era: CheckEra): Promise<RightServer> {
  if (era === 'stateless') {
    const { origin, close } = await startGuardedModern(TOKEN);
    return { origin, close, path: '/mcp' };
  }
  const sample = await startSampleServer({
    kind: 'math',
    tokens: [{ name: 'alice', token: TOKEN }],
    // A check for one era is audited twice here within ten seconds.
    limits: { badTokens: 1000 },
  });
  return { origin: sample.url, close: sample.close, path: era === 'sse' ? '/sse' : '/mcp' };
}

interface AuditedServer extends Partial<Omit<AuditUrl, 'url' | 'checks'>> {
  era: CheckEra;
  fault?: Omit<RewritingOptions, 'upstream'>;
  checks?: AuditUrl['checks'];
}

async function audited({ era, fault = {}, checks = PASSIVE, ...rest }: AuditedServer) {
  const right = await rightServer(era);
  const proxy = await startRewriting({ upstream: right.origin, ...fault });
  try {
    const { results, end } = await auditUrl({
      url: `${proxy.origin}${right.path}`,
      headers: [['Authorization', GOOD]],
      maxRequests: 500,
      checks,
      ...rest,
    });
    return { results, end, of: (id: string) => found(results, id) };
  } finally {
    await proxy.close();
    await right.close();
  }
}

function found(results: ReadonlyMap<string, CheckResult>, id: string): CheckResult {
  const result = results.get(id);
  if (result === undefined) throw new Error(`no result for ${id}`);
  return result;
}

function idsWith(results: ReadonlyMap<string, CheckResult>, outcome: CheckResult['outcome']) {
  return [...results.values()].filter((result) => result.outcome === outcome).map(({ id }) => id);
}

const auth = (request: Rewritable) => valueOf(request, 'authorization');
const letIn = (request: Rewritable) => setValue(request, 'Authorization', GOOD);
const pathOf = (request: Rewritable) => request.path.split('?')[0] ?? '';
const isPost = (request: Rewritable) => request.method === 'POST';
const stranger = (request: Rewritable) => auth(request) === undefined;

/** Lets in what fits. */
const opens = (fits: (request: Rewritable) => boolean) => ({
  request(request: Rewritable) {
    if (fits(request)) letIn(request);
  },
});

/** Answers what fits. */
const answers = (fits: (request: Rewritable) => boolean, reply: Reply | 'drop') => ({
  request: (request: Rewritable) => (fits(request) ? reply : undefined),
});

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

interface Fault {
  name: string;
  eras: readonly CheckEra[];
  /** All that fail because of it. */
  fails: readonly string[];
  says?: RegExp;
  fault: Omit<RewritingOptions, 'upstream'>;
  thorough?: boolean;
}

const ALL: readonly CheckEra[] = ['sse', 'sessions', 'stateless'];

const faults: readonly Fault[] = [
  {
    name: 'no guard on the stream',
    eras: ['sse'],
    fails: ['AUTH-01'],
    says: /GET without credentials was answered 200 with an event stream/,
    fault: opens(
      (request) => stranger(request) && request.method === 'GET' && request.path === '/sse',
    ),
  },
  {
    name: 'no guard on the message endpoint',
    eras: ['sse'],
    fails: ['AUTH-02', 'AUTH-07'],
    says: /was answered 202, and its answer came out of the watched stream/,
    fault: opens((request) => stranger(request) && isPost(request)),
  },
  {
    name: 'any token will do for messages',
    eras: ALL,
    fails: ['AUTH-03', 'AUTH-12', 'AUTH-14', 'AUTH-24', 'AUTH-25'],
    says: /POST with a wrong token was answered 20[02]/,
    fault: opens(
      (request) =>
        isPost(request) &&
        valuesOf(request, 'authorization').length === 1 &&
        /^Bearer \S+$/.test(auth(request) ?? ''),
    ),
  },
  {
    name: 'any token will do for the stream',
    eras: ['sse', 'sessions'],
    fails: ['AUTH-04'],
    fault: opens((request) => request.method === 'GET' && !stranger(request)),
  },
  {
    name: 'the guard stands before initialize only',
    eras: ['sessions'],
    fails: ['AUTH-05', 'AUTH-07'],
    says: /tools\/list: .* 200 with a result.*tools\/call/i,
    fault: opens(
      (request) =>
        stranger(request) && isPost(request) && bodyOf(request)?.['method'] !== 'initialize',
    ),
  },
  {
    name: 'no guard before tools/call',
    eras: ['sessions', 'stateless'],
    fails: ['AUTH-05'],
    says: /^Tools\/call without credentials was answered (200|404)/i,
    fault: opens((request) => stranger(request) && bodyOf(request)?.['method'] === 'tools/call'),
  },
  {
    name: 'no guard before server/discover',
    eras: ['stateless'],
    fails: ['AUTH-05'],
    fault: opens(
      (request) => stranger(request) && bodyOf(request)?.['method'] === 'server/discover',
    ),
  },
  {
    name: "a session's stream is read by who knows its id",
    eras: ['sessions'],
    fails: ['AUTH-06'],
    fault: opens((request) => stranger(request) && request.method === 'GET'),
  },
  {
    name: 'a session is ended by who knows its id',
    eras: ['sessions'],
    fails: ['AUTH-06'],
    says: /the session is dead/,
    fault: opens((request) => stranger(request) && request.method === 'DELETE'),
  },
  {
    name: 'messages without an id pass the guard',
    eras: ALL,
    fails: ['AUTH-07'],
    says: /POST of a notification without credentials was answered 20/,
    fault: opens(
      (request) => stranger(request) && isPost(request) && bodyOf(request)?.['id'] === undefined,
    ),
  },
  {
    name: 'responses pass the guard',
    eras: ['sse', 'sessions'],
    fails: ['AUTH-07'],
    says: /POST of a response/,
    thorough: true,
    fault: opens((request) => stranger(request) && bodyOf(request)?.['result'] !== undefined),
  },
  {
    name: 'PUT is taken for POST before the guard',
    eras: ALL,
    fails: ['AUTH-08'],
    fault: {
      request(request) {
        if (request.method !== 'PUT') return;
        request.method = 'POST';
        letIn(request);
      },
    },
  },
  {
    name: 'HEAD is answered before the guard',
    eras: ALL,
    thorough: true,
    fails: ['AUTH-08'],
    fault: answers((request) => request.method === 'HEAD', { status: 200 }),
  },
  {
    name: 'the guard does not know the slash at the end',
    eras: ALL,
    fails: ['AUTH-09'],
    fault: {
      request(request) {
        if (!pathOf(request).endsWith('/') || !stranger(request)) return;
        request.path = request.path.replace(/\/(?=\?|$)/, '');
        letIn(request);
      },
    },
  },
  {
    name: 'the guard does not know capitals',
    eras: ALL,
    fails: ['AUTH-09'],
    thorough: true,
    fault: {
      request(request) {
        if (!/^\/[A-Z]+$/.test(pathOf(request))) return;
        request.path = request.path.replace(/^\/[A-Z]+/, (path) => path.toLowerCase());
        letIn(request);
      },
    },
  },
  {
    name: 'who comes from 127.0.0.1 comes in',
    eras: ALL,
    fails: ['AUTH-10'],
    says: /^POST without credentials but with X-Forwarded-For: 127\.0\.0\.1 was answered 20[02][^;]*$/,
    fault: opens(
      (request) => stranger(request) && valueOf(request, 'x-forwarded-for') === '127.0.0.1',
    ),
  },
  {
    name: 'the router believes X-Original-URL after the guard',
    eras: ALL,
    fails: ['AUTH-10'],
    thorough: true,
    fault: {
      request(request) {
        const target = valueOf(request, 'x-original-url');
        if (target === undefined) return;
        request.path = target;
        letIn(request);
      },
    },
  },
  {
    name: 'an empty Bearer equals a token that is not set',
    eras: ALL,
    fails: ['AUTH-12'],
    says: /an empty "Bearer"/,
    fault: opens((request) => auth(request) === 'Bearer'),
  },
  {
    name: 'the scheme is not looked at',
    eras: ALL,
    fails: ['AUTH-12'],
    says: /the bare token/,
    fault: opens((request) => auth(request) === TOKEN),
  },
  {
    name: 'the first of two headers counts',
    eras: ALL,
    fails: ['AUTH-13'],
    says: /two Authorization headers, the good one first/,
    fault: opens(
      (request) => valuesOf(request, 'authorization').length > 1 && auth(request) === GOOD,
    ),
  },
  {
    name: 'what stands behind the token is not looked at',
    eras: ALL,
    fails: ['AUTH-13'],
    says: /a word behind it/,
    fault: opens((request) => auth(request)?.startsWith(`${GOOD} `) === true),
  },
  {
    name: 'the beginning of the token is enough',
    eras: ALL,
    fails: ['AUTH-14'],
    says: /without its last character/,
    fault: opens((request) => auth(request) === GOOD.slice(0, -1)),
  },
  {
    name: 'capitals in the token do not matter',
    eras: ALL,
    fails: ['AUTH-14'],
    says: /in another case/,
    thorough: true,
    fault: opens((request) => auth(request) === `Bearer ${TOKEN.toUpperCase()}`),
  },
  {
    name: 'the token may stand in the query',
    eras: ALL,
    fails: ['AUTH-15'],
    says: /as \?token= was answered 20[02]/,
    fault: opens(
      (request) =>
        stranger(request) && new URLSearchParams(request.path.split('?')[1]).get('token') === TOKEN,
    ),
  },
  {
    name: 'the token may stand in the query of the stream',
    eras: ['sse'],
    fails: ['AUTH-15'],
    says: /^GET with the good token as \?access_token= was answered 200 with an event stream/,
    fault: opens(
      (request) =>
        stranger(request) &&
        request.method === 'GET' &&
        request.path.includes(`?access_token=${TOKEN}`),
    ),
  },
  {
    name: 'the token may stand in a form',
    eras: ['sessions'],
    fails: ['AUTH-15'],
    says: /in a form/,
    thorough: true,
    fault: {
      request(request) {
        if (!request.body.toString('utf8').startsWith('access_token=')) return;
        return { status: 202 };
      },
    },
  },
  {
    name: 'the token may stand in a cookie',
    eras: ALL,
    fails: ['AUTH-16'],
    says: /in Cookie only/,
    fault: opens(
      (request) => stranger(request) && valueOf(request, 'cookie')?.includes(TOKEN) === true,
    ),
  },
  {
    name: 'the token in the query goes before the one in the header',
    eras: ALL,
    fails: ['AUTH-17'],
    fault: answers((request) => !stranger(request) && /[?&]access_token=/.test(request.path), {
      status: 401,
    }),
  },
  {
    name: 'a long token breaks it',
    eras: ALL,
    fails: ['AUTH-24'],
    says: /500, an error of the server/,
    fault: answers((request) => (auth(request)?.length ?? 0) > 8_000, { status: 500 }),
  },
  {
    name: 'the token of the example still works',
    eras: ALL,
    fails: ['AUTH-25'],
    fault: opens((request) => auth(request) === 'Bearer test'),
  },
];

const cases = faults.flatMap(({ eras, ...fault }) => eras.map((era) => ({ ...fault, era })));

test.concurrent.each(cases)(
  '$era: $name: fails $fails',
  async ({ era, fault, fails, says, thorough }) => {
    const { results, of } = await audited({ era, fault, thorough: thorough ?? false });
    expect(idsWith(results, 'fail')).toEqual(fails);
    const [first = ''] = fails;
    if (says !== undefined) expect(of(first).reason).toMatch(says);
    expect(of(first).evidence.length).toBeGreaterThan(0);
    expect(JSON.stringify([...results.values()])).not.toContain(TOKEN);
  },
);

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
      watchMs: 3_000,
      fault: {
        response(response, request) {
          if (request.method === 'GET' && auth(request) === GOOD) response.endAfterMs = 1_500;
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
