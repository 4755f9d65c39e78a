import { spawn } from 'node:child_process';
import { getEventListeners, once } from 'node:events';
import net from 'node:net';
import { describe, expect, it } from 'vitest';
import { OstlerError } from '../../../src/core/errors.js';
import { createFetch } from '../../../src/net/fetch.js';
import { failureOf, listening, onStop, silent, tcp, until } from './fixtures.js';

/** A port whose queue of waiting connections is full: a new one neither stands nor fails. */
async function fullPort(): Promise<number> {
  const script =
    'require("net").createServer().listen({port:0,host:"127.0.0.1",backlog:1},function(){console.log(this.address().port)})';
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  onStop(() => void child.kill('SIGKILL'));
  const [line] = await once(child.stdout, 'data');
  const port = Number(line);
  child.kill('SIGSTOP');
  for (;;) {
    const socket = net.connect(port, '127.0.0.1');
    onStop(() => void socket.destroy());
    const stands = await Promise.race([
      once(socket, 'connect').then(() => true),
      new Promise((resolve) => {
        setTimeout(() => resolve(false), 500);
      }),
    ]);
    if (stands === false) return port;
  }
}

describe('a server that is silent', () => {
  it('while connecting ends with a timeout', async () => {
    const url = `http://127.0.0.1:${await fullPort()}`;
    const error = await failureOf(createFetch({ connectTimeoutMs: 200 })(url));
    expect(error).toMatchObject({ code: 'timeout', exitCode: 124 });
    expect(error.message).toBe(`${url} did not accept the connection within 0.2 s.`);
  });

  it('while connecting ends when the caller says so', async () => {
    const controller = new AbortController();
    const url = `http://127.0.0.1:${await fullPort()}`;
    const answer = createFetch()(url, { signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    expect((await failureOf(answer)).code).toBe('interrupted');
  });

  it('in the TLS handshake ends with a timeout', async () => {
    const url = (await silent()).replace('http:', 'https:');
    const error = await failureOf(createFetch({ connectTimeoutMs: 200 })(url));
    expect(error.code).toBe('timeout');
  });

  it('instead of answering ends with a timeout, when one is set', async () => {
    const url = await silent();
    const error = await failureOf(createFetch({ headersTimeoutMs: 100 })(url));
    expect(error).toMatchObject({ code: 'timeout' });
    expect(error.message).toBe(`${url} did not answer within 0.1 s.`);
  });

  it('for longer than connecting may take is waited for: an answer has no limit of its own', async () => {
    const server = await listening((_, response) => setTimeout(() => response.end('late'), 400));
    const response = await createFetch({ connectTimeoutMs: 100 })(server.url);
    expect(await response.text()).toBe('late');
  });

  it('in the middle of its headers ends with a timeout too', async () => {
    const port = await tcp((socket) => {
      const timer = setInterval(() => socket.write('x'), 20);
      socket.write('HTTP/1.1 200 OK\r\nX-Slow: ');
      socket.on('close', () => clearInterval(timer));
    });
    const fetch = createFetch({ headersTimeoutMs: 200 });
    expect((await failureOf(fetch(`http://127.0.0.1:${port}`))).code).toBe('timeout');
  });

  it('is waited for however large the limit is', async () => {
    const server = await listening((_, response) => setTimeout(() => response.end('ok'), 50));
    for (const ms of [1e12, Infinity]) {
      const fetch = createFetch({ connectTimeoutMs: ms, headersTimeoutMs: ms });
      expect((await fetch(server.url)).status).toBe(200);
    }
  });
});

describe('an abort', () => {
  const reason = new OstlerError('terminated', 'Terminated.');

  it('before the call sends nothing', async () => {
    const server = await listening((_, response) => response.end());
    const signal = AbortSignal.abort(reason);
    expect(await failureOf(createFetch()(server.url, { signal }))).toBe(reason);
    expect(server.seen).toEqual([]);
  });

  it.each(['http', 'https'])('in the same moment as the call sends nothing: %s', async (scheme) => {
    let connections = 0;
    const port = await tcp(() => (connections += 1));
    const controller = new AbortController();
    const url = `${scheme}://127.0.0.1:${port}`;
    const answer = createFetch()(url, { signal: controller.signal });
    controller.abort(reason);
    expect(await failureOf(answer)).toBe(reason);
    expect(connections).toBe(0);
  });

  it('before the headers closes the connection and leaves no listener', async () => {
    let closed = false;
    const server = await listening((_, response) => response.on('close', () => (closed = true)));
    const controller = new AbortController();
    const answer = createFetch()(server.url, { signal: controller.signal });
    await until(() => server.seen.length === 1);
    controller.abort(reason);
    expect(await failureOf(answer)).toBe(reason);
    await until(() => closed);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  it('during the body ends the reading with its reason', async () => {
    let closed = false;
    const server = await listening((_, response) => {
      response.on('close', () => (closed = true));
      response.write('begin');
    });
    const controller = new AbortController();
    const response = await createFetch()(server.url, { signal: controller.signal });
    const reader = response.body.getReader();
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('begin');
    const next = reader.read();
    controller.abort(reason);
    expect(await failureOf(next)).toBe(reason);
    await until(() => closed);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  it('between headers and reading is told to the reader', async () => {
    const server = await listening((_, response) => response.write('begin'));
    const controller = new AbortController();
    const response = await createFetch()(server.url, { signal: controller.signal });
    controller.abort(reason);
    expect(await failureOf(response.text())).toBe(reason);
  });

  it('by a time limit of the platform is a timeout', async () => {
    const url = await silent();
    const error = await failureOf(createFetch()(url, { signal: AbortSignal.timeout(50) }));
    expect(error.code).toBe('timeout');
  });

  it('after the body is over does nothing, and no listener is left', async () => {
    const server = await listening((_, response) => response.end('ok'));
    const controller = new AbortController();
    const fetch = createFetch();
    for (let count = 0; count < 20; count += 1) {
      await (await fetch(server.url, { signal: controller.signal })).text();
    }
    await until(() => getEventListeners(controller.signal, 'abort').length === 0);
    controller.abort(reason);
  });
});

describe('a connection', () => {
  it('is used again for request after request', async () => {
    const sockets = new Set<unknown>();
    const server = await listening((message, response) => {
      sockets.add(message.socket);
      message.resume();
      response.end('ok');
    });
    const fetch = createFetch();
    for (let count = 0; count < 20; count += 1) {
      const init = count % 2 === 0 ? {} : { method: 'POST', body: 'x' };
      expect(await (await fetch(server.url, init)).text()).toBe('ok');
    }
    expect(server.seen).toHaveLength(20);
    expect(sockets.size).toBe(1);
  });

  it('may be silent while it works, and is closed when it idles', async () => {
    let idleClosed = false;
    const busy = await listening((_, response) => setTimeout(() => response.end('done'), 4500));
    const idle = await listening((message, response) => {
      message.socket.on('close', () => (idleClosed = true));
      response.end('ok');
    });
    const fetch = createFetch();
    const slow = fetch(busy.url).then((response) => response.text());
    expect(await (await fetch(idle.url)).text()).toBe('ok');
    expect(await slow).toBe('done');
    await until(() => idleClosed);
  });
});
