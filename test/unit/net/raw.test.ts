import { gzipSync } from 'node:zlib';
import https from 'node:https';
import net, { type Socket } from 'node:net';
import { generate } from 'selfsigned';
import { describe, expect, it, vi } from 'vitest';
import { OstlerError } from '../../../src/core/errors.js';
import { openRaw, sendRaw, type RawOptions, type RawRequest } from '../../../src/net/raw.js';
import { freePort } from '../../servers/http.js';
import { failureOf, listen, listening, silent, tcp, until } from './fixtures.js';

const signal = new AbortController().signal;
const QUICK: RawOptions = { signal, timeoutMs: 5000 };

function request(origin: string, more: Partial<RawRequest> = {}): RawRequest {
  return { origin: new URL(origin), method: 'GET', path: '/', headers: [], ...more };
}

/** A TCP server that answers every request with the same bytes and keeps what it was sent. */
async function recorder(answer = 'HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n') {
  const heard: string[] = [];
  const sockets: Socket[] = [];
  const port = await tcp((socket) => {
    sockets.push(socket);
    const at = heard.push('') - 1;
    socket.on('data', (chunk: Buffer) => {
      heard[at] += chunk.toString('latin1');
      if (heard[at]?.includes('\r\n\r\n') === true) socket.end(answer);
    });
  });
  return { origin: `http://127.0.0.1:${port}`, heard, sockets };
}

describe('what is written', () => {
  it('is the request byte by byte, with nothing of ours but Host', async () => {
    const { origin, heard } = await recorder();
    const answer = await sendRaw(
      request(origin, {
        path: '//mcp/../sse/.;x?a=%2e&b=<"',
        headers: [
          ['X-One', '1'],
          ['authorization', 'Bearer good'],
          ['Authorization', 'Bearer bad'],
        ],
      }),
      QUICK,
    );
    expect(answer).toMatchObject({ status: 204, statusText: 'No Content', cut: false });
    expect(heard[0]?.split('\r\n')).toEqual([
      'GET //mcp/../sse/.;x?a=%2e&b=<" HTTP/1.1',
      `Host: ${new URL(origin).host}`,
      'X-One: 1',
      'authorization: Bearer good',
      'Authorization: Bearer bad',
      'Connection: close',
      '',
      '',
    ]);
  });

  it('takes a Host in place of the right one, and the case of the method', async () => {
    const { origin, heard } = await recorder();
    await sendRaw(request(origin, { method: 'post', headers: [['host', 'evil.test']] }), QUICK);
    expect(heard[0]).toMatch(/^post \/ HTTP\/1\.1\r\nhost: evil\.test\r\n/);
    expect(heard[0]?.match(/host:/gi)).toHaveLength(1);
    expect(heard[0]).toContain('Content-Length: 0');
  });

  it('tells the length of a body, unless that is given', async () => {
    const { origin, heard } = await recorder();
    const body = Buffer.from('grüße');
    await sendRaw(request(origin, { method: 'POST', body }), QUICK);
    await sendRaw(
      request(origin, { method: 'POST', body, headers: [['content-length', '7']] }),
      QUICK,
    );
    expect(heard.map((text) => text.match(/content-length: \d+/gi))).toEqual([
      ['Content-Length: 7'],
      ['content-length: 7'],
    ]);
  });

  it('goes over a connection of its own each time', async () => {
    const ports = new Set<number | undefined>();
    const server = await listening((incoming, response) => {
      ports.add(incoming.socket.remotePort);
      response.end('ok');
    });
    for (let times = 0; times < 3; times += 1) await sendRaw(request(server.url), QUICK);
    expect(ports.size).toBe(3);
  });

  it('tells in a problem what cannot be written, without the value', async () => {
    const origin = 'http://127.0.0.1:9';
    const cases = [
      request(origin, { headers: [['Authorization', 'Bearer ca\nnary']] }),
      request(origin, { headers: [['Bad Name', 'x']] }),
      request(origin, { path: '/a b' }),
      request(origin, { method: 'G T' }),
    ];
    for (const item of cases) {
      const answer = await sendRaw(item, QUICK);
      expect(answer).toMatchObject({ status: 0, code: 'config_invalid' });
      expect(answer.problem).toMatch(/HTTP/);
      expect(answer.problem).not.toMatch(/nary|\n/);
    }
  });
});

describe('what is answered', () => {
  it('comes with its headers as they came, redirects not followed', async () => {
    const { origin, heard } = await recorder(
      'HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 2\r\n\r\nhi',
    );
    const answer = await sendRaw(request(origin), QUICK);
    expect(answer.status).toBe(302);
    expect(answer.headers.filter(([name]) => /^x-a$/i.test(name))).toEqual([
      ['X-A', '1'],
      ['x-a', '2'],
    ]);
    expect(Buffer.from(answer.body).toString()).toBe('hi');
    expect(heard).toHaveLength(1);
  });

  it('is kept up to maxBytes, and the rest is not read', async () => {
    let sent = 0;
    const server = await listening((_, response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(65_536))) sent += 65_536;
      };
      response.writeHead(500, { 'content-type': 'text/html' });
      response.on('drain', more);
      more();
    });
    const answer = await sendRaw(request(server.url), { ...QUICK, maxBytes: 1000 });
    expect(answer).toMatchObject({ status: 500, cut: true });
    expect(answer.problem).toBeUndefined();
    expect(answer.body).toHaveLength(1000);
    expect(sent).toBeLessThan(50 * 1024 * 1024);
  });

  it('is without its encoding, the cap counting what is decoded', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    const server = await listening((incoming, response) => {
      if (incoming.url === '/odd') response.writeHead(200, { 'content-encoding': 'zebra' });
      else response.writeHead(200, { 'content-encoding': 'gzip' });
      response.end(incoming.url === '/bomb' ? bomb : gzipSync('small'));
    });
    const small = await sendRaw(request(server.url), QUICK);
    expect(Buffer.from(small.body).toString()).toBe('small');
    const big = await sendRaw(request(server.url, { path: '/bomb' }), QUICK);
    expect(big).toMatchObject({ status: 200, cut: true });
    expect(big.body).toHaveLength(65_536);
    const odd = await sendRaw(request(server.url, { path: '/odd' }), QUICK);
    expect(odd.problem).toMatch(/encoded/);
  });

  it('of an event stream is what came in the time, which is no problem', async () => {
    const server = await listening((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: 1\n\n');
    });
    const answer = await sendRaw(request(server.url), { signal, timeoutMs: 300 });
    expect(answer).toMatchObject({ status: 200, cut: true });
    expect(answer.problem).toBeUndefined();
    expect(Buffer.from(answer.body).toString()).toBe('data: 1\n\n');
  });

  it('ends when `until` has seen enough', async () => {
    const server = await listening((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: enough\n\n');
    });
    const answer = await sendRaw(request(server.url), {
      ...QUICK,
      until: (chunk) => Buffer.from(chunk).includes('enough'),
    });
    expect(answer.cut).toBe(true);
    expect(answer.ms).toBeLessThan(4000);
  });
});

describe('no answer', () => {
  it('is status 0 and says why', async () => {
    const nothing = await sendRaw(request(`http://127.0.0.1:${await freePort()}`), QUICK);
    expect(nothing).toMatchObject({ status: 0, code: 'server_unreachable' });
    expect(nothing.problem).toMatch(/nothing listens/);

    const mute = await sendRaw(request(await silent()), { signal, timeoutMs: 200 });
    expect(mute).toMatchObject({ status: 0, code: 'timeout', problem: 'No answer within 0.2 s.' });

    const { origin } = await recorder('220 ftp.example ready\r\n');
    expect(await sendRaw(request(origin), QUICK)).toMatchObject({ status: 0 });
  });

  it('is told where it broke off or stood still', async () => {
    const { origin } = await recorder('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf');
    const half = await sendRaw(request(origin), QUICK);
    expect(half.status).toBe(200);
    expect(half.problem).toMatch(/broke off/);
    expect(Buffer.from(half.body).toString()).toBe('half');

    const server = await listening((_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      response.write('slow');
    });
    const slow = await sendRaw(request(server.url), { signal, timeoutMs: 300 });
    expect(slow.problem).toBe('The answer did not end within 0.3 s.');
  });

  it('rejects with the reason of the signal, and closes the connection', async () => {
    const server = await listening(() => {});
    const stop = new AbortController();
    const sending = sendRaw(request(server.url), { signal: stop.signal, timeoutMs: 60_000 });
    await until(() => server.seen.length === 1);
    stop.abort(new OstlerError('interrupted', 'Enough.'));
    expect(await failureOf(sending)).toMatchObject({ code: 'interrupted', message: 'Enough.' });
    expect(await failureOf(sendRaw(request(server.url), { signal: stop.signal }))).toMatchObject({
      code: 'interrupted',
    });
    expect(server.seen).toHaveLength(1);
  });
});

describe('openRaw', () => {
  it('gives the headers first and the body as it comes, and cuts the connection', async () => {
    let gone = false;
    const server = await listening((incoming, response) => {
      incoming.socket.on('close', () => {
        gone = true;
      });
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('one');
    });
    const stream = await openRaw(request(server.url), QUICK);
    expect(stream).toMatchObject({ status: 200, problem: undefined });
    for await (const chunk of stream.chunks()) {
      expect(Buffer.from(chunk).toString()).toBe('one');
      stream.close();
    }
    expect(stream.problem).toBeUndefined();
    await until(() => gone);
  });

  it('says why the body broke', async () => {
    const server = await listening((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('one');
    });
    const stream = await openRaw(request(server.url), QUICK);
    for await (const chunk of stream.chunks()) if (chunk.length > 0) server.cut();
    expect(stream.problem).toMatch(/broke off in mid-answer/);
  });
});

describe('through a proxy', () => {
  it('writes plain http as it is, and the password in a header only', async () => {
    const { origin, heard } = await recorder();
    const { host } = new URL(origin);
    vi.stubEnv('http_proxy', `http://user:canary-pass@${host}`);
    vi.stubEnv('no_proxy', '');
    const answer = await sendRaw(
      request('http://mcp.test:8080', { path: '//mcp/.', headers: [['X-A', '1']] }),
      QUICK,
    );
    expect(answer.status).toBe(204);
    const credentials = Buffer.from('user:canary-pass').toString('base64');
    expect(heard[0]?.split('\r\n').slice(0, 4)).toEqual([
      'GET http://mcp.test:8080//mcp/. HTTP/1.1',
      'Host: mcp.test:8080',
      'X-A: 1',
      `Proxy-Authorization: Basic ${credentials}`,
    ]);
  });

  it('reaches https by its host name, headers as they are', async () => {
    const pems = await generate([{ name: 'commonName', value: 'mcp.test' }]);
    const heard: string[][] = [];
    const server = https.createServer(
      { key: pems.private, cert: pems.cert },
      (incoming, answer) => {
        heard.push(incoming.rawHeaders);
        answer.end();
      },
    );
    const port = await listen(server, () => server.closeAllConnections());
    const asked: string[] = [];
    const proxy = await tcp((socket) => {
      socket.once('data', (chunk: Buffer) => {
        asked.push(chunk.toString().split('\r\n')[0] ?? '');
        const onward = net.connect(port, '127.0.0.1', () => {
          socket.write('HTTP/1.1 200 OK\r\n\r\n');
          socket.pipe(onward).pipe(socket);
        });
        onward.on('error', () => socket.destroy());
      });
    });
    vi.stubEnv('https_proxy', `http://127.0.0.1:${proxy}`);
    vi.stubEnv('no_proxy', '');
    const headers = [
      ['X-A', '1'],
      ['X-A', '2'],
    ] as const;
    const origin = 'https://mcp.test';
    const loose = request(origin, { path: '//mcp', headers, insecure: true });
    expect(await sendRaw(loose, QUICK)).toMatchObject({ status: 200 });
    expect(asked).toEqual(['CONNECT mcp.test:443 HTTP/1.1']);
    expect(heard[0]?.slice(0, 6)).toEqual(['Host', 'mcp.test', 'X-A', '1', 'X-A', '2']);
    expect(await sendRaw(request(origin), QUICK)).toMatchObject({ status: 0, code: 'tls_error' });
  });
});

describe('over TLS', () => {
  it('trusts the given authority, or nobody who has none', async () => {
    const pems = await generate([{ name: 'commonName', value: 'localhost' }], {
      extensions: [
        { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] },
        { name: 'basicConstraints', cA: true },
      ],
    });
    const server = https.createServer(
      { key: pems.private, cert: pems.cert },
      (_, response) => void response.end('secure'),
    );
    const port = await listen(server, () => server.closeAllConnections());
    const origin = `https://localhost:${port}`;
    for (let times = 0; times < 2; times += 1) {
      const trusting = await sendRaw(request(origin, { ca: pems.cert }), QUICK);
      expect(trusting).toMatchObject({ status: 200 });
    }
    expect(await sendRaw(request(origin, { insecure: true }), QUICK)).toMatchObject({
      status: 200,
    });
    expect(await sendRaw(request(origin), QUICK)).toMatchObject({ status: 0, code: 'tls_error' });
  });
});
