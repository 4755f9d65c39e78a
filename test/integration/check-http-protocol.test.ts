import { describe, expect, it } from 'vitest';
import { HTTP_CHECKS } from '../../src/check/checks/http/index.js';
import { ERAS } from '../../src/core/check-events.js';
import { startBearer } from '../servers/bearer.js';
import { bodyOf, setValue, valueOf } from '../servers/rewriting-proxy.js';
import { checking, type Fault, setRightHeaders, TOKEN } from '../support/right-servers.js';

const SESSION_ERAS = ['sse', 'sessions'] as const;
const POST_ERAS = ['sessions', 'stateless'] as const;
const { url, run, both } = checking(HTTP_CHECKS);

describe('HTTP-05', () => {
  it('sessions: a version from 1999 that is served fails', async () => {
    const fault: Fault = {
      request(request) {
        if (valueOf(request, 'mcp-protocol-version')?.startsWith('1999') === true) {
          setValue(request, 'MCP-Protocol-Version', undefined);
        }
      },
    };
    const broken = await both('sessions', 'HTTP-05', { fault, thorough: true });
    expect(broken).toMatchObject({ outcome: 'fail' });
    expect(broken.reason).toContain('1999-01-01 was answered 200');
  });

  it('2026-07-28: headers that nobody compares with the body fail', async () => {
    const fault: Fault = {
      request(request) {
        const body = bodyOf(request);
        if (body !== undefined) setRightHeaders(request, body);
        if (body !== undefined) setValue(request, 'Mcp-Method', String(body['method']));
        setValue(request, 'MCP-Protocol-Version', '2026-07-28');
      },
    };
    const broken = await both('stateless', 'HTTP-05', { fault, thorough: true });
    expect(broken).toMatchObject({ outcome: 'fail' });
    expect(broken.reason).toMatch(/another version.*without Mcp-Method/);
  });

  it('2026-07-28: 400 without -32020 is doubtful', async () => {
    const fault: Fault = {
      response(response) {
        response.text = (piece) => piece.replace('-32020', '-32600');
      },
    };
    const broken = await both('stateless', 'HTTP-05', { fault });
    expect(broken).toMatchObject({ outcome: 'warn' });
  });
});

describe('HTTP-06', () => {
  it('sessions: a list without a session fails', async () => {
    const fault: Fault = {
      request: (request) =>
        valueOf(request, 'mcp-session-id') === undefined &&
        bodyOf(request)?.['method'] === 'tools/list'
          ? {
              status: 200,
              headers: [['Content-Type', 'application/json']],
              body: JSON.stringify({ jsonrpc: '2.0', id: bodyOf(request)?.['id'], result: {} }),
            }
          : undefined,
    };
    const broken = await both('sessions', 'HTTP-06', { fault });
    expect(broken).toMatchObject({ outcome: 'fail' });
    expect(broken.reason).toContain('without a session');
  });

  it('sessions: a list without a session fails, however long it is', async () => {
    const tools = [{ name: 'long', description: 'd'.repeat(100_000), inputSchema: {} }];
    const fault: Fault = {
      request: (request) =>
        valueOf(request, 'mcp-session-id') === undefined &&
        bodyOf(request)?.['method'] === 'tools/list'
          ? {
              status: 200,
              headers: [['Content-Type', 'application/json']],
              body: JSON.stringify({
                jsonrpc: '2.0',
                id: bodyOf(request)?.['id'],
                result: { tools },
              }),
            }
          : undefined,
    };
    expect(await both('sessions', 'HTTP-06', { fault })).toMatchObject({ outcome: 'fail' });
  });

  it.each(SESSION_ERAS)('%s: a list before the handshake is doubtful', async (era) => {
    const right = await run(url(era), 'HTTP-06', { thorough: true });
    expect(right, right.reason).toMatchObject({ outcome: 'pass' });
    const sdk = await startBearer({ token: TOKEN });
    try {
      const sdkUrl = era === 'sse' ? sdk.sseUrl : sdk.mcpUrl;
      const found = await run(sdkUrl, 'HTTP-06', { thorough: true });
      expect(found).toMatchObject({ outcome: 'warn' });
      expect(found.reason).toContain('before the handshake');
    } finally {
      await sdk.close();
    }
  });
});

describe('HTTP-07', () => {
  it.each(POST_ERAS)('%s: a batch that is served fails', async (era) => {
    const fault: Fault = {
      request(request) {
        const batch: unknown = bodyOf(request);
        if (!Array.isArray(batch)) return undefined;
        const results = batch.map(({ id }: { id: string }) => ({ jsonrpc: '2.0', id, result: {} }));
        return {
          status: 200,
          headers: [['Content-Type', 'application/json']],
          body: JSON.stringify(results),
        };
      },
    };
    const broken = await both(era, 'HTTP-07', { fault });
    expect(broken).toMatchObject({ outcome: 'fail', severity: 'info' });
    expect(broken.reason).toContain('with 2 results');
  });
});

describe('HTTP-08', () => {
  it.each(SESSION_ERAS)('%s: a stream that may be cached and buffered is doubtful', async (era) => {
    const fault: Fault = {
      response(response) {
        setValue(response, 'Cache-Control', undefined);
        setValue(response, 'X-Accel-Buffering', undefined);
      },
    };
    const broken = await both(era, 'HTTP-08', { fault });
    expect(broken).toMatchObject({ outcome: 'warn' });
    expect(broken.reason).toMatch(/Cache-Control.*X-Accel-Buffering/);
  });

  it('does not apply where there is no stream', async () => {
    const result = await run(url('stateless'), 'HTTP-08');
    expect(result).toMatchObject({ outcome: 'not_applicable' });
  });
});

describe('HTTP-09', () => {
  const cached = (value: string | undefined): Fault => ({
    response: (response) => setValue(response, 'Cache-Control', value),
  });
  const with401 = { only: ['HTTP-03', 'HTTP-09'] };

  it.each(ERAS)('%s: answers for everybody’s cache fail, silent ones are doubtful', async (era) => {
    const stored = await both(era, 'HTTP-09', { fault: cached('public, max-age=60'), ...with401 });
    expect(stored).toMatchObject({ outcome: 'fail' });
    const silent = await both(era, 'HTTP-09', { fault: cached(undefined), ...with401 });
    expect(silent).toMatchObject({ outcome: 'warn' });
  });
});

describe('HTTP-10', () => {
  it.each(ERAS)('%s: banners fail, guessed types are doubtful', async (era) => {
    const banner: Fault = { response: (r) => setValue(r, 'X-Powered-By', 'Express') };
    const more = { only: ['HTTP-03', 'HTTP-10'] };
    const told = await both(era, 'HTTP-10', { fault: banner, ...more });
    expect(told).toMatchObject({ outcome: 'fail' });
    expect(told.reason).toContain('Express');
    const sniffed: Fault = { response: (r) => setValue(r, 'X-Content-Type-Options', undefined) };
    const guessed = await both(era, 'HTTP-10', { fault: sniffed, ...more });
    expect(guessed).toMatchObject({ outcome: 'warn' });
  });
});
