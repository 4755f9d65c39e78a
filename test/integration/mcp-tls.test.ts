import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureOf, open, quiet, textOf } from '../servers/connect.js';
import { bearer, remote } from '../servers/definitions.js';
import { startBearer, type BearerFixture } from '../servers/bearer.js';

/** TLS before a server that speaks plain HTTP: bytes go through as they are. */
let origin: BearerFixture;
let front: https.Server;
let url: string;
let ca: string;

beforeAll(async () => {
  origin = await startBearer({ token: 'tls-token' });
  const pems = await generate([{ name: 'commonName', value: 'localhost' }], {
    extensions: [
      { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] },
      { name: 'basicConstraints', cA: true },
    ],
  });
  ca = pems.cert;
  front = https.createServer({ key: pems.private, cert: pems.cert }, (request, response) => {
    const forward = async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(Buffer.from(chunk));
      const answer = await fetch(`${origin.url}${request.url ?? ''}`, {
        method: request.method ?? 'GET',
        headers: { ...pick(request.headers, ['authorization', 'accept', 'content-type']) },
        ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
      });
      response.writeHead(answer.status, {
        'content-type': answer.headers.get('content-type') ?? '',
      });
      if (answer.body !== null) for await (const chunk of answer.body) response.write(chunk);
      response.end();
    };
    forward().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => {
    front.listen(0, '127.0.0.1', resolve);
  });
  url = `https://localhost:${(front.address() as AddressInfo).port}/sse`;
});

afterAll(async () => {
  await origin.close();
  front.closeAllConnections();
  await new Promise((resolve) => {
    front.close(resolve);
  });
});

function pick(headers: https.RequestOptions['headers'] & object, names: string[]) {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      names.includes(name) ? [[name, String(value)]] : [],
    ),
  );
}

const headers = bearer('tls-token');

describe('a server with a certificate of its own', () => {
  it('is refused, with what to do about it, and gets no credentials', async () => {
    const error = await failureOf(open(remote(url, { headers })));
    expect(error).toMatchObject({ code: 'tls_error', server: 'docs' });
    expect(error.message).toContain('self-signed');
    expect(error.hint).toContain('--ca');
    expect(origin.seen).toEqual([]);
  });

  it('is refused for another host name even when its authority is known', async () => {
    const error = await failureOf(
      open(remote(url.replace('localhost', '127.0.0.1'), { headers, ca })),
    );
    expect(error.code).toBe('tls_error');
    expect(error.message).toContain('another host name');
  });

  for (const [name, trust] of [
    ['with its authority', () => ({ ca })],
    ['unchecked', () => ({ insecure: true })],
  ] as const) {
    it(`works ${name}`, async () => {
      const connection = await open(remote(url, { headers, ...trust() }));
      const result = await connection.call('say_hello', { name: 'Bob' }, quiet);
      await connection.close();
      expect(textOf(result)).toBe('Hello Bob');
    });
  }

  it('is not reached by plain HTTP on its port, and the other way round', async () => {
    const plain = await failureOf(open(remote(url.replace('https:', 'http:'), { headers })));
    expect(plain.server).toBe('docs');
    const secure = await failureOf(
      open(remote(origin.sseUrl.replace('http:', 'https:'), { headers })),
    );
    expect(secure).toMatchObject({ code: 'tls_error', server: 'docs' });
    expect(secure.hint).toContain('http://');
  });
});
