import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { generate } from 'selfsigned';
import { afterEach, describe, expect, it } from 'vitest';
import { startHttp } from '../servers/http.js';
import { sendJson } from '../servers/raw-mcp.js';
import { inspect, wordsOf } from '../support/inspect.js';

const DAY = 86_400_000;
const TOKEN = 'canary-of-tls-0123456789';
const env = { TOKEN };
const withToken = ['--token-env', 'TOKEN'];

interface Front {
  url: string;
  /** File of its own authority. */
  ca: string;
  seen: string[];
  close: () => Promise<void>;
}

const open: { close: () => Promise<void> | void }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

/** A modern server behind TLS, valid for these names and days. */
async function start({ name = 'localhost', from = -1, to = 365 } = {}): Promise<Front> {
  const pems = await generate([{ name: 'commonName', value: name }], {
    notBeforeDate: new Date(Date.now() + from * DAY),
    notAfterDate: new Date(Date.now() + to * DAY),
    algorithm: 'sha256',
    extensions: [
      { name: 'subjectAltName', altNames: [{ type: 2, value: name }] },
      { name: 'basicConstraints', cA: true },
    ],
  });
  const dir = mkdtempSync(path.join(tmpdir(), 'ostler-tls-'));
  const ca = path.join(dir, 'ca.pem');
  writeFileSync(ca, pems.cert);
  const seen: string[] = [];
  const server = https.createServer({ key: pems.private, cert: pems.cert }, (request, response) => {
    seen.push(`${request.method ?? ''} ${request.headers.authorization ?? ''}`);
    if (request.method !== 'POST') {
      response.writeHead(405).end();
      return;
    }
    const answer = async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(Buffer.from(chunk as Buffer));
      const { id, method } = JSON.parse(Buffer.concat(chunks).toString()) as {
        id?: number;
        method: string;
      };
      if (id === undefined) response.writeHead(202).end();
      else sendJson(response, { jsonrpc: '2.0', id, result: resultOf(method) });
    };
    answer().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const front = {
    url: `https://localhost:${(server.address() as AddressInfo).port}/mcp`,
    ca,
    seen,
    async close() {
      rmSync(dir, { recursive: true, force: true });
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
  open.push(front);
  return front;
}

function resultOf(method: string): unknown {
  if (method !== 'initialize') return { tools: [] };
  return {
    protocolVersion: '2025-11-25',
    capabilities: { tools: {} },
    serverInfo: { name: 'tls', version: '1' },
  };
}

const legacy = ['--protocol', 'legacy'];

describe('a certificate', () => {
  it('of its own is named, and refused, before anything is sent', async () => {
    const front = await start();
    const found = await inspect([front.url, ...withToken, ...legacy], { env });
    expect(found.code).toBe(4);
    expect(found.failed?.name).toBe('tls');
    expect(found.failed?.text).toContain('self-signed');
    expect(found.failed?.hint).toContain('--ca FILE');
    expect(found.failed?.hint).toContain('--insecure');
    expect(wordsOf(found.rung('tls'))).toContain('names: DNS:localhost');
    expect(found.rung('http').status).toBe('skipped');
    expect(front.seen).toEqual([]);
  });

  it('is fine with its authority, and tells how long', async () => {
    const front = await start();
    const found = await inspect([front.url, '--ca', front.ca, ...withToken, ...legacy], { env });
    expect(found.code).toBe(0);
    expect(found.rung('tls')).toMatchObject({ status: 'ok' });
    expect(found.rung('tls').text).toMatch(
      /^TLSv1\.3, TLS_\w+, valid until \d{4}-\d\d-\d\d \(36\d days left\)$/,
    );
    expect(found.rung('tls').data).toMatchObject({ faults: [], subject: 'localhost' });
  });

  it('that ends soon is a warning', async () => {
    const front = await start({ to: 5 });
    const found = await inspect([front.url, '--ca', front.ca, ...legacy]);
    expect(found.code).toBe(0);
    expect(found.rung('tls').status).toBe('warning');
    expect(found.rung('tls').text).toContain('4 days left');
  });

  it('that has expired is named as such, also when it is self-signed', async () => {
    const front = await start({ from: -20, to: -2 });
    const trusted = await inspect([front.url, '--ca', front.ca, ...legacy]);
    expect(trusted.code).toBe(4);
    expect(trusted.rung('tls').data?.['faults']).toEqual(['CERT_HAS_EXPIRED']);
    expect(trusted.rung('tls').hint).toContain('new certificate');
    const both = await inspect([front.url, ...legacy]);
    expect(both.rung('tls').text).toContain('expired');
    expect(both.rung('tls').text).toContain('self-signed');
  });

  it('for another host is named as such', async () => {
    const front = await start({ name: 'other.example' });
    const found = await inspect([front.url, '--ca', front.ca, ...legacy]);
    expect(found.code).toBe(4);
    expect(found.failed?.text).toContain('another host name');
    expect(wordsOf(found.rung('tls'))).toContain('DNS:other.example');
  });

  it('is looked at and let through with --insecure, which is told', async () => {
    const front = await start({ name: 'other.example', from: -20, to: -2 });
    const found = await inspect([front.url, '--insecure', ...withToken, ...legacy], { env });
    expect(found.code).toBe(0);
    expect(found.rung('tls').status).toBe('warning');
    for (const word of ['--insecure', 'expired', 'another host name', 'self-signed']) {
      expect(found.rung('tls').text).toContain(word);
    }
    expect(found.stdout + found.stderr).not.toContain(TOKEN);
  });
});

describe('the wrong scheme', () => {
  it('https on a port without TLS is told', async () => {
    const plain = await startHttp((_, response) => void response.writeHead(200).end());
    open.push(plain);
    const found = await inspect([`${plain.url.replace('http:', 'https:')}/mcp`]);
    expect(found.code).toBe(4);
    expect(found.failed?.name).toBe('tls');
    expect(found.failed?.text).toContain('does not speak TLS');
    expect(found.failed?.hint).toContain('http://');
  });

  it('http on a port with TLS is told', async () => {
    const front = await start();
    const found = await inspect([front.url.replace('https:', 'http:'), ...legacy]);
    expect(found.code).toBe(4);
    expect(found.failed?.name).toBe('http');
    expect(found.failed?.hint).toContain('https://');
  });
});
