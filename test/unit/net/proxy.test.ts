import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import net, { type Socket } from 'node:net';
import { generate } from 'selfsigned';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { redact, REDACTED } from '../../../src/core/redact.js';
import { createFetch } from '../../../src/net/fetch.js';
import { proxyFor } from '../../../src/net/proxy.js';
import { failureOf, listen, listening, printed, silent, tcp, until } from './fixtures.js';

const NAMES = ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'];

beforeEach(() => {
  for (const name of NAMES) {
    vi.stubEnv(name, '');
    vi.stubEnv(name.toUpperCase(), '');
  }
});

interface Seen {
  line: string;
  host: string | undefined;
  proxyAuthorization: string | undefined;
  authorization: string | undefined;
}

/** A proxy that writes down what it is asked and leads every name to one port. */
async function startProxy(port: number, refuse?: number) {
  const seen: Seen[] = [];
  const write = ({ method, url, headers }: IncomingMessage) =>
    seen.push({
      line: `${method} ${url}`,
      host: headers.host,
      proxyAuthorization: headers['proxy-authorization'],
      authorization: headers.authorization,
    });
  const server = http.createServer((message, response) => {
    write(message);
    if (refuse !== undefined) return void response.writeHead(refuse).end('proxy page');
    const { pathname, search } = new URL(message.url ?? '');
    const { method, headers } = message;
    const onward = http.request({ port, method, headers, path: pathname + search }, (answer) => {
      response.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.pipe(response);
    });
    return void message.pipe(onward);
  });
  server.on('connect', (message: IncomingMessage, socket: Socket) => {
    write(message);
    socket.on('error', () => {});
    if (refuse !== undefined) return void socket.end(`HTTP/1.1 ${refuse} No\r\n\r\nproxy page`);
    const onward = net.connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    onward.on('error', () => socket.destroy());
    return undefined;
  });
  const own = await listen(server, () => server.closeAllConnections());
  return { seen, origin: `http://127.0.0.1:${own}` };
}

async function secureServer() {
  const names = [{ type: 2 as const, value: 'mcp.invalid' }];
  const own = await generate([{ name: 'commonName', value: 'test' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: names },
    ],
  });
  const seen: string[] = [];
  const server = https.createServer({ key: own.private, cert: own.cert }, (message, response) => {
    seen.push(message.headers.authorization ?? '');
    response.end('secure');
  });
  return { ca: own.cert, port: await listen(server, () => server.closeAllConnections()), seen };
}

describe('the choice of a proxy', () => {
  const H = 'http://p:1';
  const S = 'http://s:2';
  it.each<[string, Record<string, string>, string | undefined]>([
    ['http://a.example/', {}, undefined],
    ['http://a.example/', { HTTP_PROXY: H }, H],
    ['http://a.example/', { http_proxy: H, HTTP_PROXY: S }, H],
    ['http://a.example/', { HTTPS_PROXY: S }, undefined],
    ['https://a.example/', { HTTP_PROXY: H }, undefined],
    ['https://a.example/', { HTTPS_PROXY: S, HTTP_PROXY: H }, S],
    ['https://a.example/', { ALL_PROXY: H }, H],
    ['https://a.example/', { ALL_PROXY: H, https_proxy: S }, S],
    ['http://a.example/', { HTTP_PROXY: 'p:1' }, H],
    ['http://a.example/', { HTTP_PROXY: '' }, undefined],
    ['http://localhost:1/', { HTTP_PROXY: H }, undefined],
    ['http://x.localhost/', { HTTP_PROXY: H }, undefined],
    ['http://127.0.0.1/', { HTTP_PROXY: H }, undefined],
    ['http://127.9.9.9/', { HTTP_PROXY: H }, undefined],
    ['http://[::1]:5/', { HTTP_PROXY: H }, undefined],
    ['http://[::ffff:127.0.0.1]/', { HTTP_PROXY: H }, undefined],
    ['http://0x7f.1/', { HTTP_PROXY: H }, undefined],
    ['http://10.0.0.1/', { HTTP_PROXY: H }, H],
    ['http://localhost.evil/', { HTTP_PROXY: H }, H],
    ['http://a.example/', { HTTP_PROXY: H, NO_PROXY: '*' }, undefined],
    ['http://a.example/', { HTTP_PROXY: H, NO_PROXY: 'a.example' }, undefined],
    ['http://A.EXAMPLE/', { HTTP_PROXY: H, NO_PROXY: 'a.Example' }, undefined],
    ['http://b.a.example/', { HTTP_PROXY: H, NO_PROXY: 'a.example' }, undefined],
    ['http://b.a.example/', { HTTP_PROXY: H, NO_PROXY: '.a.example' }, undefined],
    ['http://b.a.example/', { HTTP_PROXY: H, NO_PROXY: '*.a.example' }, undefined],
    ['http://ba.example/', { HTTP_PROXY: H, NO_PROXY: 'a.example' }, H],
    ['http://a.example/', { HTTP_PROXY: H, NO_PROXY: 'x, y  a.example' }, undefined],
    ['http://a.example/', { HTTP_PROXY: H, no_proxy: 'a.example', NO_PROXY: 'x' }, undefined],
    ['http://a.example/', { HTTP_PROXY: H, NO_PROXY: 'a.example:80' }, undefined],
    ['http://a.example/', { HTTP_PROXY: H, NO_PROXY: 'a.example:81' }, H],
    ['https://a.example/', { HTTPS_PROXY: S, NO_PROXY: 'a.example:443' }, undefined],
    ['http://a.example/', { HTTP_PROXY: H, NO_PROXY: ', ,:80,.' }, H],
    ['http://10.1.2.3/', { HTTP_PROXY: H, NO_PROXY: '10.0.0.0/8' }, undefined],
    ['http://11.1.2.3/', { HTTP_PROXY: H, NO_PROXY: '10.0.0.0/8' }, H],
    ['http://10.1.2.3/', { HTTP_PROXY: H, NO_PROXY: '10.0.0.0/99,10.0.0.0/,x/8' }, H],
    ['http://a.example/', { HTTP_PROXY: H, NO_PROXY: '0.0.0.0/0' }, H],
    ['http://[fe80::1]/', { HTTP_PROXY: H, NO_PROXY: 'fe80::1' }, undefined],
    ['http://[fe80::1]:8080/', { HTTP_PROXY: H, NO_PROXY: '[fe80::1]:8080' }, undefined],
    ['http://[fe80::2]/', { HTTP_PROXY: H, NO_PROXY: 'fe80::1' }, H],
    ['http://[fe80::2]/', { HTTP_PROXY: H, NO_PROXY: 'fe80::/10' }, undefined],
  ])('%s with %j is %s', (url, env, expected) => {
    expect(proxyFor(new URL(url), env)).toBe(expected);
  });
});

describe('through a proxy', () => {
  it('http goes as an absolute URL, the name is the proxy’s to look up', async () => {
    const server = await listening((_, response) => response.end('hello'));
    const { seen, origin } = await startProxy(server.port);
    vi.stubEnv('HTTP_PROXY', origin.replace('//', '//bob:proxy-password@'));
    const fetch = createFetch({ headers: [['Authorization', 'Bearer token-1']] });
    for (let count = 0; count < 2; count += 1) {
      const response = await fetch('http://mcp.invalid:8080/sse?a=1');
      expect(await response.text()).toBe('hello');
    }
    expect(seen[0]).toEqual({
      line: 'GET http://mcp.invalid:8080/sse?a=1',
      host: 'mcp.invalid:8080',
      proxyAuthorization: `Basic ${Buffer.from('bob:proxy-password').toString('base64')}`,
      authorization: 'Bearer token-1',
    });
    expect(seen[1]).toEqual(seen[0]);
    expect(redact('proxy-password')).toBe(REDACTED);
  });

  it('https goes through a tunnel: the proxy sees neither path nor credentials', async () => {
    const target = await secureServer();
    const { seen, origin } = await startProxy(target.port);
    vi.stubEnv('https_proxy', origin);
    const fetch = createFetch({ ca: target.ca, headers: [['Authorization', 'Bearer token-1']] });
    for (let count = 0; count < 2; count += 1) {
      const response = await fetch('https://mcp.invalid/secret/path');
      expect(await response.text()).toBe('secure');
    }
    expect(seen.map(({ line }) => line)).toEqual(['CONNECT mcp.invalid:443']);
    expect(JSON.stringify(seen)).not.toMatch(/token-1|secret/);
    expect(target.seen).toEqual(['Bearer token-1', 'Bearer token-1']);
  });

  it('the certificate of the server is still checked', async () => {
    const target = await secureServer();
    const { origin } = await startProxy(target.port);
    vi.stubEnv('https_proxy', origin);
    expect((await failureOf(createFetch()('https://mcp.invalid/'))).code).toBe('tls_error');
    const other = await failureOf(createFetch({ ca: target.ca })('https://other.invalid/'));
    expect(other.message).toContain('for another host name');
    const response = await createFetch({ insecure: true })('https://other.invalid/');
    expect(await response.text()).toBe('secure');
  });

  it('a redirect is judged as without one', async () => {
    const server = await listening((_, response) => {
      response.writeHead(307, { location: 'http://elsewhere.invalid/' }).end();
    });
    const { seen, origin } = await startProxy(server.port);
    vi.stubEnv('HTTP_PROXY', origin);
    const error = await failureOf(createFetch()('http://mcp.invalid/'));
    expect(error.code).toBe('cross_origin_redirect');
    expect(seen).toHaveLength(1);
  });

  it('loopback never goes', async () => {
    const server = await listening((_, response) => response.end('direct'));
    const { seen, origin } = await startProxy(server.port);
    for (const name of NAMES) if (name !== 'no_proxy') vi.stubEnv(name, origin);
    for (const host of ['127.0.0.1', 'localhost']) {
      const response = await createFetch()(`http://${host}:${server.port}/`);
      expect(await response.text()).toBe('direct');
    }
    expect(seen).toEqual([]);
  });

  it('what NO_PROXY names never goes', async () => {
    const { seen, origin } = await startProxy(1);
    vi.stubEnv('HTTP_PROXY', origin);
    vi.stubEnv('NO_PROXY', '.invalid');
    const error = await failureOf(createFetch()('http://mcp.invalid/'));
    expect(error.message).toMatch(/^Cannot reach http:\/\/mcp\.invalid: /);
    expect(seen).toEqual([]);
  });
});

describe('a proxy that fails', () => {
  it.each([407, 403, 502])('with %i is not taken for the server', async (status) => {
    const { origin } = await startProxy(1, status);
    vi.stubEnv('HTTPS_PROXY', origin.replace('//', '//bob:wrong-password@'));
    const error = await failureOf(createFetch()('https://mcp.invalid/'));
    expect(error.code).toBe('server_unreachable');
    expect(error.message).toBe(
      `The proxy ${origin} refuses the way to https://mcp.invalid (HTTP ${status}).`,
    );
    expect(printed(error)).not.toMatch(/wrong-password|bob/);
  });

  it('because nothing listens is named', async () => {
    const server = await listening(() => {});
    await server.close();
    for (const scheme of ['http', 'https']) {
      vi.stubEnv(`${scheme}_proxy`, server.url.replace('//', '//bob:pass-word@'));
      const error = await failureOf(createFetch()(`${scheme}://mcp.invalid/`));
      expect(error.message).toBe(
        `Cannot reach ${scheme}://mcp.invalid through the proxy ${server.url}: nothing listens there (ECONNREFUSED).`,
      );
      expect(printed(error)).not.toMatch(/pass-word|bob/);
    }
  });

  it.each(['http', 'https'])('by silence ends in time, and when asked to: %s', async (scheme) => {
    vi.stubEnv(`${scheme}_proxy`, await silent());
    const url = `${scheme}://mcp.invalid/`;
    const limits = { connectTimeoutMs: 200, headersTimeoutMs: 200 };
    expect((await failureOf(createFetch(limits)(url))).code).toBe('timeout');
    const controller = new AbortController();
    const answer = createFetch()(url, { signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    expect((await failureOf(answer)).code).toBe('interrupted');
  });

  it('by silence behind it ends in time too', async () => {
    let connected = 0;
    const port = await tcp(() => (connected += 1));
    const { origin } = await startProxy(port);
    vi.stubEnv('https_proxy', origin);
    const error = await failureOf(createFetch({ connectTimeoutMs: 300 })('https://mcp.invalid/'));
    expect(error.code).toBe('timeout');
    await until(() => connected === 1);
  });

  it.each(['socks5://127.0.0.1:1', 'http://[', 'http://bob:pass-word@'])(
    'because %s is no proxy for HTTP is a matter of configuration',
    async (value) => {
      vi.stubEnv('ALL_PROXY', value);
      const error = await failureOf(createFetch()('https://mcp.invalid/'));
      expect(error).toMatchObject({ code: 'config_invalid' });
      expect(printed(error)).not.toContain('pass-word');
    },
  );
});
