import { describe, expect, it } from 'vitest';
import { createBoundToLoopback } from '../../src/check/checks/network/bind.js';
import { NETWORK_CHECKS } from '../../src/check/checks/network/index.js';
import { ERAS } from '../../src/core/check-events.js';
import { startSampleServer } from '../../src/serve/server.js';
import { startBearer } from '../servers/bearer.js';
import { startHttp } from '../servers/http.js';
import { setValue, startRewriting, valueOf } from '../servers/rewriting-proxy.js';
import { audit } from '../support/audit.js';
import { checking, type Fault, TOKEN } from '../support/right-servers.js';

const { url, run, both } = checking(NETWORK_CHECKS);
const headers = [['Authorization', `Bearer ${TOKEN}`]] as const;

const withoutOrigin: Fault = { request: (request) => setValue(request, 'Origin', undefined) };
const evilOnly: Fault = {
  request(request) {
    if (valueOf(request, 'origin') !== 'https://evil.example') {
      setValue(request, 'Origin', undefined);
    }
  },
};

describe('NET-01', () => {
  it.each(ERAS)('%s: a foreign Origin that is let in fails', async (era) => {
    const broken = await both(era, 'NET-01', { fault: withoutOrigin });
    expect(broken).toMatchObject({ outcome: 'fail', severity: 'high' });
    expect(broken.reason).toContain('POST with Origin: https://evil.example was answered 20');
    expect(broken.requests).toBeLessThanOrEqual(3);
  });

  it('one that is refused, and served on the stream all the same, fails', async () => {
    const fault: Fault = {
      request: withoutOrigin.request ?? (() => {}),
      response(response, request) {
        if (valueOf(request, 'origin') !== undefined) response.status = 403;
      },
    };
    const broken = await both('sse', 'NET-01', { fault });
    expect(broken).toMatchObject({ outcome: 'fail' });
    expect(broken.reason).toContain('served on the stream');
    expect(JSON.stringify(broken.evidence)).toContain('seenOnStream');
  });

  it('DELETE is tried with --active, on a session of its own', async () => {
    const more = { active: true };
    const right = await run(url('sessions'), 'NET-01', more);
    expect(right, right.reason).toMatchObject({ outcome: 'pass' });
    const fault: Fault = {
      request: (r) => (r.method === 'DELETE' ? setValue(r, 'Origin', undefined) : undefined),
    };
    const broken = await both('sessions', 'NET-01', { fault, ...more });
    expect(broken).toMatchObject({ outcome: 'fail' });
    expect(broken.reason).toMatch(/^DELETE with Origin/);
  });

  it('says that it is critical on loopback without a credential', async () => {
    const open = await startBearer();
    try {
      const { results } = await audit({ url: open.sseUrl, checks: NETWORK_CHECKS });
      expect(results.get('NET-01')).toMatchObject({ outcome: 'fail' });
      expect(results.get('NET-01')).toMatchObject({ outcome: 'fail', severity: 'critical' });
    } finally {
      await open.close();
    }
  });

  it('a refusal other than 403 is doubtful', async () => {
    const fault: Fault = {
      response(response) {
        if (response.status === 403) response.status = 400;
      },
    };
    expect(await both('sessions', 'NET-01', { fault })).toMatchObject({ outcome: 'warn' });
  });
});

describe('NET-02', () => {
  it.each(ERAS)('%s: origins that look alike are told from the right one', async (era) => {
    const broken = await both(era, 'NET-02', { fault: evilOnly, thorough: true });
    expect(broken).toMatchObject({ outcome: 'fail', severity: 'medium' });
    expect(broken.reason).toContain('Origin: null');
    expect(broken.reason).toContain('localhost.evil.example');
  });

  it('asks for nothing more where every Origin is let in', async () => {
    const broken = await both('sessions', 'NET-02', { fault: withoutOrigin });
    expect(broken).toMatchObject({ outcome: 'fail' });
    expect(broken.reason).toMatch(/^Every Origin is let in/);
  });

  it('a page of another program on this machine is doubtful only', async () => {
    const fault: Fault = {
      request(request) {
        if (valueOf(request, 'origin') === 'http://127.0.0.1:1')
          setValue(request, 'Origin', undefined);
      },
    };
    const broken = await both('sessions', 'NET-02', { fault, thorough: true });
    expect(broken).toMatchObject({ outcome: 'warn' });
  });
});

describe('NET-03', () => {
  it.each(ERAS)('%s: a foreign Host that is let in fails', async (era) => {
    const fault: Fault = { request: (request) => setValue(request, 'Host', undefined) };
    const broken = await both(era, 'NET-03', { fault, thorough: true });
    expect(broken).toMatchObject({ outcome: 'fail', severity: 'high' });
    expect(broken.reason).toContain('Host: evil.example');
  });
});

describe('NET-04', () => {
  it.each(ERAS)('%s: a foreign origin that is repeated fails', async (era) => {
    const fault: Fault = {
      response(response, request) {
        const origin = valueOf(request, 'origin');
        if (origin !== undefined) setValue(response, 'Access-Control-Allow-Origin', origin);
      },
    };
    const broken = await both(era, 'NET-04', { fault });
    expect(broken).toMatchObject({ outcome: 'fail', severity: 'high' });
    expect(broken.reason).toContain('as the request');
  });

  it('* with credentials fails; alone it needs a server that asks for none', async () => {
    const star = (credentials: boolean): Fault => ({
      response(response) {
        setValue(response, 'Access-Control-Allow-Origin', '*');
        if (credentials) setValue(response, 'Access-Control-Allow-Credentials', 'true');
      },
    });
    expect(await both('sessions', 'NET-04', { fault: star(true) })).toMatchObject({
      outcome: 'fail',
    });
    expect(await both('sessions', 'NET-04', { fault: star(false) })).toMatchObject({
      outcome: 'pass',
    });
    const open = await startBearer();
    const proxy = await startRewriting({ upstream: open.url, ...star(false) });
    try {
      const { results } = await audit({ url: `${proxy.origin}/mcp`, checks: NETWORK_CHECKS });
      expect(results.get('NET-04')).toMatchObject({ outcome: 'fail' });
      expect(results.get('NET-04')?.reason).toContain('no credential is asked for');
    } finally {
      await proxy.close();
      await open.close();
    }
  });
});

describe('NET-07', () => {
  const sendOn = (location: string): Fault => ({
    request: (request) =>
      valueOf(request, 'authorization') === undefined
        ? { status: 302, headers: [['Location', location]] }
        : undefined,
  });
  const more = { only: ['NET-04', 'NET-07'] };

  it.each(ERAS)('%s: a way to another origin fails, one to the same is doubtful', async (era) => {
    const away = sendOn('https://login.example/?next=x');
    const broken = await both(era, 'NET-07', { fault: away, ...more });
    expect(broken).toMatchObject({ outcome: 'fail', requests: 0 });
    expect(broken.reason).toContain('https://login.example');
    expect(broken.reason).not.toContain('next=x');
    const back = await both(era, 'NET-07', { fault: sendOn('/login'), ...more });
    expect(back).toMatchObject({ outcome: 'warn' });
  });

  it('tells of it when the control failed for it', async () => {
    const away = await startHttp((_request, response) => {
      response.writeHead(307, { location: 'http://evil.example/mcp' }).end();
    });
    try {
      const { results } = await audit({ url: `${away.url}/mcp`, headers, checks: NETWORK_CHECKS });
      expect(results.get('NET-07')).toMatchObject({ outcome: 'fail' });
      expect(results.get('NET-01')).toMatchObject({ outcome: 'inconclusive' });
    } finally {
      await away.close();
    }
  });
});

describe('NET-08', () => {
  // Linux answers for all of 127.0.0.0/8; only a server on every address listens at this one.
  const checks = [createBoundToLoopback(() => ['127.0.0.2'])];
  const tokens = [{ name: 'alice', token: TOKEN }];

  it.skipIf(process.platform !== 'linux')('a server on all addresses fails', async () => {
    const right = await audit({ url: url('sessions'), headers, checks });
    expect(right.results.get('NET-08')).toMatchObject({ outcome: 'pass', requests: 0 });
    const everywhere = await startSampleServer({ kind: 'math', tokens, host: '0.0.0.0' });
    try {
      const at = `http://127.0.0.1:${everywhere.port}/mcp`;
      const { results } = await audit({ url: at, headers, checks });
      expect(results.get('NET-08')).toMatchObject({ outcome: 'fail' });
      expect(results.get('NET-08')?.reason).toContain('127.0.0.2');
    } finally {
      await everywhere.close();
    }
  });

  it.skipIf(process.platform !== 'linux')(
    'another program at the same port is doubtful',
    async () => {
      const { port } = new URL(url('sessions'));
      const other = await startHttp(
        (_request, response) => response.end(),
        '127.0.0.2',
        Number(port),
      );
      try {
        const { results } = await audit({ url: url('sessions'), headers, checks });
        expect(results.get('NET-08')).toMatchObject({ outcome: 'warn' });
      } finally {
        await other.close();
      }
    },
  );

  it('without another address nothing is said', async () => {
    const alone = [createBoundToLoopback(() => [])];
    const { results } = await audit({ url: url('sse'), headers, checks: alone });
    expect(results.get('NET-08')).toMatchObject({ outcome: 'inconclusive' });
  });
});
