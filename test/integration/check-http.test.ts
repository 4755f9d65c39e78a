import { describe, expect, it } from 'vitest';
import { HTTP_CHECKS } from '../../src/check/checks/http/index.js';
import { ERAS } from '../../src/core/check-events.js';
import { startBearer } from '../servers/bearer.js';
import { bodyOf, type Rewritable, setValue, valueOf } from '../servers/rewriting-proxy.js';
import { audit } from '../support/audit.js';
import { checking, type Fault, rewriteBody, TOKEN } from '../support/right-servers.js';

const { url, run, both } = checking(HTTP_CHECKS);

const paramsOf = (body: Record<string, unknown>) => body['params'] ?? {};

describe('HTTP-01', () => {
  const refuse401 = (body: string, type = 'text/plain'): Fault => ({
    request: (request) =>
      valueOf(request, 'authorization') === undefined
        ? { status: 401, headers: [['Content-Type', type]], body }
        : undefined,
  });
  const withErrors = { only: ['HTTP-01', 'HTTP-02', 'HTTP-03'] };

  it.each(ERAS)('%s: an error that shows the stack fails', async (era) => {
    const fault = refuse401('Error: no token\n    at check (/srv/app/auth.js:12:3)\n');
    const broken = await both(era, 'HTTP-01', { fault, ...withErrors });
    expect(broken).toMatchObject({ outcome: 'fail', requests: 0 });
    expect(broken.reason).toContain('a stack trace');
    expect(broken.evidence.length).toBeGreaterThan(0);
  });

  it('an error that repeats the token fails, and the report does not repeat it', async () => {
    const fault: Fault = {
      request: (request) =>
        bodyOf(request) === undefined && request.method === 'POST'
          ? { status: 400, body: `bad: ${valueOf(request, 'authorization') ?? ''}` }
          : undefined,
    };
    const broken = await both('sessions', 'HTTP-01', { fault, ...withErrors });
    expect(broken).toMatchObject({ outcome: 'fail' });
    expect(broken.reason).toContain('the token');
    expect(JSON.stringify(broken)).not.toContain(TOKEN);
  });

  it.each([
    ['an HTML page', '<h1>Unauthorized</h1>', 'text/html'],
    ['more than 8 KiB', 'x'.repeat(9_000), 'text/plain'],
    ['the version', 'Unauthorized, says Express/4.17.1', 'text/plain'],
  ])('%s is doubtful', async (what, body, type) => {
    const broken = await both('sessions', 'HTTP-01', {
      fault: refuse401(body, type),
      ...withErrors,
    });
    expect(broken).toMatchObject({ outcome: 'warn' });
    expect(broken.reason).toContain(what);
  });

  it('finds a file path', async () => {
    const fault = refuse401('{"error":"ENOENT: /home/jo/tokens.json"}', 'application/json');
    const broken = await both('sse', 'HTTP-01', { fault, ...withErrors });
    expect(broken).toMatchObject({ outcome: 'fail' });
    expect(broken.reason).toContain('a file path');
  });
});

describe('HTTP-02', () => {
  it.each(ERAS)('%s: text/plain that is taken for JSON fails', async (era) => {
    const fault: Fault = { request: (r) => setValue(r, 'Content-Type', contentType(r)) };
    const broken = await both(era, 'HTTP-02', { fault });
    expect(broken).toMatchObject({ outcome: 'fail' });
    expect(broken.reason).toContain('text/plain');
    if (era === 'sse') expect(JSON.stringify(broken.evidence)).toContain('text/plain');
  });
  const contentType = (request: Rewritable) =>
    request.method === 'POST' ? 'application/json' : undefined;

  it.each(ERAS)('%s: "Method" that is taken for "method" fails', async (era) => {
    const fault: Fault = {
      request: rewriteBody(({ Method, ...body }) =>
        Method === undefined ? undefined : { ...body, method: Method },
      ),
    };
    const broken = await both(era, 'HTTP-02', { fault, thorough: true });
    expect(broken).toMatchObject({ outcome: 'fail' });
    expect(broken.reason).toContain('"Method"');
  });

  it.each(ERAS)('%s: a 500 for broken JSON fails', async (era) => {
    const fault: Fault = {
      request: (r) => (isBroken(r) ? { status: 500, body: 'Internal Server Error' } : undefined),
    };
    const broken = await both(era, 'HTTP-02', { fault });
    expect(broken).toMatchObject({ outcome: 'fail' });
    expect(broken.reason).toContain('POST of broken JSON was answered 500');
  });
  const isBroken = (request: Rewritable) =>
    request.method === 'POST' && bodyOf(request) === undefined;

  it('a body that comes back unescaped fails', async () => {
    const fault: Fault = {
      request: (r) =>
        isBroken(r)
          ? { status: 400, headers: [['Content-Type', 'text/html']], body: r.body }
          : undefined,
    };
    const broken = await both('sessions', 'HTTP-02', { fault });
    expect(broken).toMatchObject({ outcome: 'fail' });
    expect(broken.reason).toContain('repeats the body');
  });

  it('a connection that is dropped at broken JSON fails, because others are answered', async () => {
    const fault: Fault = { request: (r) => (isBroken(r) ? 'drop' : undefined) };
    const broken = await both('sessions', 'HTTP-02', { fault });
    expect(broken).toMatchObject({ outcome: 'fail' });
    expect(broken.reason).toContain('got no answer');
  });

  it('a server that is dead afterwards fails', async () => {
    let dead = false;
    const fault: Fault = {
      request(r) {
        dead ||= isBroken(r);
        return dead ? 'drop' : undefined;
      },
    };
    const broken = await both('sse', 'HTTP-02', { fault });
    expect(broken).toMatchObject({ outcome: 'fail' });
    expect(broken.reason).toMatch(/^A right request after bad ones got no answer/);
  });

  it.each(ERAS)('%s: passes with all variants and big bodies', async (era) => {
    const more = { thorough: true, active: true };
    const result = await run(url(era), 'HTTP-02', more);
    expect(result, result.reason).toMatchObject({ outcome: 'pass' });
    expect(result.requests).toBeGreaterThanOrEqual(8);
  });
});

describe('HTTP-03', () => {
  it.each(ERAS)('%s: a parser before the guard fails', async (era) => {
    const fault: Fault = {
      request: (request) =>
        request.method === 'POST' && bodyOf(request) === undefined
          ? { status: 400, body: 'no JSON' }
          : undefined,
    };
    const broken = await both(era, 'HTTP-03', { fault });
    expect(broken).toMatchObject({ outcome: 'fail' });
    expect(broken.reason).toContain('without credentials was answered 400');
  });

  it('5 MB without a credential are refused for the credential', async () => {
    const result = await run(url('sessions'), 'HTTP-03', { active: true });
    expect(result, result.reason).toMatchObject({ outcome: 'pass', requests: 2 });
  });

  it('does not apply to an open server', async () => {
    const open = await startBearer();
    try {
      const { results } = await audit({ url: open.mcpUrl, checks: HTTP_CHECKS, only: ['HTTP-03'] });
      expect(results.get('HTTP-03')).toMatchObject({ outcome: 'not_applicable' });
    } finally {
      await open.close();
    }
  });
});

describe('HTTP-04', () => {
  it.each(ERAS)('%s: an unknown method that is served fails', async (era) => {
    const harmless = era === 'stateless' ? 'server/discover' : 'ping';
    const fault: Fault = {
      request: rewriteBody((body) =>
        String(body['method']).startsWith('ostler/') ? { ...body, method: harmless } : undefined,
      ),
    };
    const broken = await both(era, 'HTTP-04', { fault });
    expect(broken).toMatchObject({ outcome: 'fail' });
    expect(broken.reason).toContain('unknown method');
  });

  it.each(ERAS)('%s: wrong arguments that are run fail', async (era) => {
    // 2026-07-28: no tool of that server says that it only reads, so it is named.
    const args = { number1: 1, number2: 2 };
    const more = era === 'stateless' ? { tool: { name: 'add_numbers', arguments: args } } : {};
    const fault: Fault = {
      request: rewriteBody((body) =>
        JSON.stringify(body).includes('wrong type')
          ? {
              ...body,
              params: {
                ...paramsOf(body),
                name: era === 'stateless' ? 'add_numbers' : 'say_hello',
                arguments: era === 'stateless' ? args : { name: 'x' },
              },
            }
          : undefined,
      ),
    };
    const broken = await both(era, 'HTTP-04', { fault, ...more });
    expect(broken).toMatchObject({ outcome: 'fail' });
    expect(broken.reason).toContain('was run with arguments');
  });

  it.each(ERAS)('%s: an unknown tool that is run fails', async (era) => {
    const known = { name: 'add_numbers', arguments: { number1: 1, number2: 2 } };
    const fault: Fault = {
      request: rewriteBody((body) =>
        JSON.stringify(body).includes('ostler_unknown_tool')
          ? { ...body, params: { ...paramsOf(body), ...known } }
          : undefined,
      ),
    };
    const broken = await both(era, 'HTTP-04', { fault });
    expect(broken).toMatchObject({ outcome: 'fail' });
    expect(broken.reason).toContain('unknown tool');
  });

  it('an unknown tool told by isError is doubtful: the SDK’s own way', async () => {
    const sdk = await startBearer({ token: TOKEN });
    try {
      expect(await run(sdk.mcpUrl, 'HTTP-04')).toMatchObject({ outcome: 'warn' });
    } finally {
      await sdk.close();
    }
  });

  it('2026-07-28: -32601 with 200 is doubtful', async () => {
    const fault: Fault = {
      response(response) {
        if (response.status === 404) response.status = 200;
      },
    };
    const broken = await both('stateless', 'HTTP-04', { fault });
    expect(broken).toMatchObject({ outcome: 'warn' });
    expect(broken.reason).toContain('instead of 404');
  });

  it('says when wrong arguments were not tried, and calls no tool that was not named', async () => {
    const result = await run(url('stateless'), 'HTTP-04');
    expect(result).toMatchObject({ outcome: 'pass', requests: 2 });
    expect(result.reason).toContain('not tried');
  });
});
