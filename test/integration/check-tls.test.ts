import { connect, type AddressInfo } from 'node:net';
import tls from 'node:tls';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NETWORK_CHECKS } from '../../src/check/checks/network/index.js';
import type { RemoteServer } from '../../src/config/types.js';
import { startSampleServer } from '../../src/serve/server.js';
import type { SampleServer } from '../../src/serve/types.js';
import { startRewriting, valueOf } from '../servers/rewriting-proxy.js';
import { audit } from '../support/audit.js';
import { TOKEN } from '../support/right-servers.js';

let sample: SampleServer;
beforeAll(async () => {
  const tokens = [{ name: 'alice', token: TOKEN }];
  sample = await startSampleServer({ kind: 'math', tokens, allowedHosts: ['localhost'] });
});
afterAll(() => sample.close());

const DAY_MS = 86_400_000;

/** As servers were set up ten years ago. */
const OLD = { minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;

interface Front {
  url: string;
  certificate: string;
  close: () => Promise<void>;
}

/** TLS before a plain server; the certificate is its own authority. */
async function startTls({
  name = 'localhost',
  days = 90,
  port = sample.port,
  old = false,
}): Promise<Front> {
  const pems = await generate([{ name: 'commonName', value: name }], {
    notBeforeDate: new Date(Date.now() - 30 * DAY_MS),
    notAfterDate: new Date(Date.now() + days * DAY_MS),
    extensions: [
      { name: 'subjectAltName', altNames: [{ type: 2, value: name }] },
      { name: 'basicConstraints', cA: true },
    ],
  });
  const sockets = new Set<tls.TLSSocket>();
  const server = tls.createServer(
    { key: pems.private, cert: pems.cert, ...(old ? OLD : {}) },
    (socket) => {
      const upstream = connect(port, '127.0.0.1');
      sockets.add(socket);
      socket.on('close', () => upstream.destroy()).on('error', () => {});
      upstream.on('close', () => socket.destroy()).on('error', () => {});
      socket.pipe(upstream).pipe(socket);
    },
  );
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}/mcp`,
    certificate: pems.cert,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

async function run(options: Parameters<typeof startTls>[0], server: Partial<RemoteServer> | 'ca') {
  const front = await startTls(options);
  try {
    const { results } = await audit({
      url: front.url,
      headers: [['Authorization', `Bearer ${TOKEN}`]],
      checks: NETWORK_CHECKS,
      server: server === 'ca' ? { ca: front.certificate } : server,
    });
    return results;
  } finally {
    await front.close();
  }
}

describe('NET-06', () => {
  it('a certificate of a known authority passes, and so does what is behind it', async () => {
    const results = await run({}, 'ca');
    expect(results.get('NET-06')).toMatchObject({ outcome: 'pass' });
    expect(results.get('NET-06')?.reason).toMatch(/^TLSv1\.[23], valid for (?:89|90) days/);
    expect(results.get('NET-05')).toMatchObject({ outcome: 'pass' });
    expect(results.get('NET-07')).toMatchObject({ outcome: 'pass' });
  });

  it.each([
    ['has expired', { days: -1 }],
    ['is for another host name', { name: 'other.example' }],
  ])('one that %s fails, the control with it, and with --insecure alone', async (what, options) => {
    const refused = await run(options, 'ca');
    expect(refused.get('NET-06')).toMatchObject({ outcome: 'fail' });
    expect(refused.get('NET-06')?.reason).toContain(what);
    expect(refused.get('NET-01')).toMatchObject({ outcome: 'inconclusive' });
    const insecure = await run(options, { insecure: true });
    expect(insecure.get('NET-06')).toMatchObject({ outcome: 'fail' });
    // Only the first fault is told, and here there are two.
    expect(insecure.get('NET-06')?.reason).toMatch(new RegExp(`signed by itself|${what}`));
    expect(insecure.get('NET-01')).toMatchObject({ outcome: 'pass' });
  });

  it('one that nobody vouches for fails', async () => {
    const results = await run({}, {});
    expect(results.get('NET-06')).toMatchObject({ outcome: 'fail' });
    expect(results.get('NET-06')?.reason).toContain('signed by itself');
  });

  it('one that ends soon is doubtful', async () => {
    const results = await run({ days: 5 }, 'ca');
    expect(results.get('NET-06')).toMatchObject({ outcome: 'warn' });
    expect(results.get('NET-06')?.reason).toMatch(/ends in [45] days/);
  });

  it('a server that still accepts TLS 1.1 fails', async () => {
    const results = await run({ old: true }, 'ca');
    expect(results.get('NET-06')).toMatchObject({ outcome: 'fail' });
    expect(results.get('NET-06')?.reason).toContain('accepts TLSv1.1');
  });

  it('does not apply without TLS', async () => {
    const { results } = await audit({ url: sample.mcpUrl, checks: NETWORK_CHECKS });
    expect(results.get('NET-06')).toMatchObject({ outcome: 'not_applicable' });
    expect(results.get('NET-05')).toMatchObject({ outcome: 'not_applicable' });
  });
});

describe('NET-05', () => {
  it('a way from https to http fails', async () => {
    const proxy = await startRewriting({
      upstream: sample.url,
      request: (request) =>
        valueOf(request, 'authorization') === undefined
          ? { status: 307, headers: [['Location', 'http://localhost/mcp']] }
          : undefined,
    });
    try {
      const results = await run({ port: Number(new URL(proxy.origin).port) }, 'ca');
      expect(results.get('NET-05')).toMatchObject({ outcome: 'fail' });
      expect(results.get('NET-05')?.reason).toContain('plain http');
    } finally {
      await proxy.close();
    }
  });
});
