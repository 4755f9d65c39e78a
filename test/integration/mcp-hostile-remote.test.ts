import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { RemoteServer } from '../../src/config/types.js';
import { failureOf, open, quiet, textOf } from '../servers/connect.js';
import { bearer, remote } from '../servers/definitions.js';
import { startHttp, startSilent } from '../servers/http.js';
import { startRawHttp, startRawSse, type RawAnswer } from '../servers/raw-mcp.js';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

async function kept<T extends { close: () => Promise<void> }>(starting: Promise<T>): Promise<T> {
  const fixture = await starting;
  stops.push(fixture.close);
  return fixture;
}

const http = (server: { url: string }, overrides: Partial<RemoteServer> = {}) =>
  remote(`${server.url}/mcp`, overrides);
const sse = (server: { url: string }, overrides: Partial<RemoteServer> = {}) =>
  remote(`${server.url}/sse`, overrides);

const page: Parameters<typeof startHttp>[0] = (_, response) => {
  response.writeHead(200, { 'content-type': 'text/html' });
  response.end('<html><title>Please \u001b[31mlog in</title></html>');
};

describe('a server that keeps silent', () => {
  for (const path of ['/sse', '/mcp']) {
    it(`from the start is given up in time: ${path}`, async () => {
      const server = await kept(startSilent());
      const began = performance.now();
      const error = await failureOf(open(remote(server.url + path, { connectTimeoutMs: 400 })));
      expect(error).toMatchObject({ code: 'server_unreachable', server: 'docs', exitCode: 4 });
      expect(error.message).toContain('Connecting to docs took longer than 0.4 s');
      expect(performance.now() - began).toBeLessThan(4000);
    });
  }

  it('after opening the stream is given up in time', async () => {
    const server = await kept(startRawSse((response) => response.write(': hello\n\n')));
    const error = await failureOf(open(sse(server, { connectTimeoutMs: 400 })));
    expect(error.code).toBe('server_unreachable');
  });

  it('instead of the handshake is given up in time', async () => {
    const server = await kept(startRawHttp(({ method }) => method === 'initialize'));
    const error = await failureOf(open(http(server, { connectTimeoutMs: 400 })));
    expect(error.code).toBe('server_unreachable');
  });

  it('on the question for the new revision is asked in the old way', async () => {
    const server = await kept(startRawHttp(({ method }) => method === 'server/discover'));
    const connection = await kept(open(http(server, { connectTimeoutMs: 3000 })));
    expect(connection.info.era).toBe('legacy');
  });

  it('instead of the list of tools is given up in time', async () => {
    const server = await kept(startRawHttp(({ method }) => method === 'tools/list'));
    const error = await failureOf(open(http(server, { connectTimeoutMs: 400 })));
    expect(error.code).toBe('server_unreachable');
  });
});

it('an interrupt ends connecting at once', async () => {
  const server = await kept(startSilent());
  const controller = new AbortController();
  const attempt = open(remote(`${server.url}/mcp`), { signal: controller.signal });
  setTimeout(() => controller.abort(), 50);
  expect((await failureOf(attempt)).code).toBe('interrupted');
});

describe('a page instead of an answer', () => {
  it('is told as such over SSE', async () => {
    const server = await kept(startHttp(page));
    const error = await failureOf(open(sse(server)));
    expect(error).toMatchObject({ code: 'protocol_error', server: 'docs' });
    expect(error.message).toContain('expected text/event-stream');
    expect(error.message).toContain('text/html');
    expect(error.message).toContain('log in');
    expect(error.message).not.toContain('\u001b');
  });

  it('is told as such over Streamable HTTP', async () => {
    const server = await kept(startHttp(page));
    const error = await failureOf(open(http(server)));
    expect(error).toMatchObject({ code: 'protocol_error', server: 'docs' });
    expect(error.message).toContain('text/html');
  });

  it('of an error is cut short and harmless', async () => {
    const server = await kept(
      startHttp((_, response) => {
        response.writeHead(500, { 'content-type': 'text/html' });
        response.end(`\u001b]0;owned\u0007${'x'.repeat(5 * 1024 * 1024)}`);
      }),
    );
    for (const definition of [http(server), sse(server)]) {
      const error = await failureOf(open(definition));
      expect(error).toMatchObject({ code: 'server_failed', status: 500 });
      expect(error.message.length).toBeLessThan(500);
      expect(error.message).not.toContain('\u001b');
    }
  });

  it('that repeats the token does not show it', async () => {
    const { registerHeaderSecret, forgetSecrets } = await import('../../src/core/redact.js');
    registerHeaderSecret('Bearer canary-echo-1234');
    const server = await kept(
      startHttp((request, response) => {
        response.writeHead(500).end(`you sent ${request.headers.authorization ?? ''}`);
      }),
    );
    for (const definition of [http, sse]) {
      const error = await failureOf(
        open(definition(server, { headers: bearer('canary-echo-1234') })),
      );
      expect(error.message).toContain('you sent');
      expect(error.message).not.toContain('canary-echo-1234');
    }
    forgetSecrets();
  });
});

describe('403', () => {
  it('is forbidden, with the scope that is missing', async () => {
    const server = await kept(
      startHttp((_, response) => {
        response
          .writeHead(403, {
            'www-authenticate': 'Bearer error="insufficient_scope", scope="files:write"',
          })
          .end();
      }),
    );
    for (const definition of [http(server), sse(server)]) {
      const error = await failureOf(open(definition));
      expect(error).toMatchObject({ code: 'forbidden', status: 403, server: 'docs' });
      expect(error.message).toContain('insufficient_scope, scope files:write');
    }
  });
});

describe('too much', () => {
  it('in one event over SSE ends the connection', async () => {
    const server = await kept(startRawSse(endless));
    const error = await failureOf(open(sse(server)));
    expect(error).toMatchObject({ code: 'server_failed', server: 'docs' });
    expect(error.message).toContain('event larger than');
  });

  it('in one event over Streamable HTTP ends the call', async () => {
    const server = await kept(
      startRawHttp(({ method }, response) => {
        if (method !== 'tools/call') return false;
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        endless(response);
        return true;
      }),
    );
    const connection = await kept(open(http(server)));
    const error = await failureOf(connection.call('echo', {}, quiet));
    expect(error.code).toBe('server_failed');
    expect(error.message).toContain('event larger than');
  });

  it('in a compressed answer ends the call without the memory for it', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x20));
    const server = await kept(
      startRawHttp(({ method }, response) => {
        if (method !== 'tools/call') return false;
        response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
        response.end(bomb);
        return true;
      }),
    );
    const connection = await kept(open(http(server)));
    const error = await failureOf(connection.call('echo', {}, quiet));
    expect(error.code).toBe('server_failed');
    expect(error.message).toContain('larger than');
  });
});

describe('a broken answer', () => {
  const broken: Record<string, RawAnswer> = {
    'that ends before its result': (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(': nothing\n\n');
      return true;
    },
    'that is reset in the stream': (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(': wait\n\n');
      setTimeout(() => response.socket?.resetAndDestroy(), 50);
      return true;
    },
    'that is reset in its JSON': (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"jsonrpc"');
      setTimeout(() => response.socket?.resetAndDestroy(), 50);
      return true;
    },
    'that is reset before the headers': (_, response) => {
      response.socket?.resetAndDestroy();
      return true;
    },
  };
  for (const [name, answer] of Object.entries(broken)) {
    it(`${name} rejects the call at once`, async () => {
      const server = await kept(
        startRawHttp(
          (message, response) => message.method === 'tools/call' && answer(message, response),
        ),
      );
      const connection = await kept(open(http(server)));
      const error = await failureOf(connection.call('echo', {}, quiet));
      expect(error).toMatchObject({ code: 'server_failed', server: 'docs' });
      expect(error.message).toContain('may or may not have run');
    });
  }

  it('of a session that is gone is told as that', async () => {
    const server = await kept(
      startRawHttp(({ method }, response) => {
        if (method !== 'tools/call') return false;
        response.writeHead(404).end();
        return true;
      }),
    );
    const connection = await kept(open(http(server)));
    const error = await failureOf(connection.call('echo', {}, quiet));
    expect(error).toMatchObject({ code: 'server_failed', status: 404 });
    expect(error.message).toContain('has ended the session');
  });

  it('that is no JSON is a protocol error', async () => {
    const server = await kept(
      startRawHttp(({ method }, response) => {
        if (method !== 'initialize') return false;
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"jsonrpc":');
        return true;
      }),
    );
    expect((await failureOf(open(http(server)))).code).toBe('protocol_error');
  });
});

describe('a server that asks for no wait between streams', () => {
  it('is not hammered over Streamable HTTP', async () => {
    const server = await kept(
      startRawHttp(
        ({ method }, response) => {
          if (method !== 'tools/call') return false;
          response.writeHead(200, { 'content-type': 'text/event-stream' });
          response.end('id: 1\nretry: 0\ndata:\n\n');
          return true;
        },
        (response) => {
          response.writeHead(200, { 'content-type': 'text/event-stream' });
          response.end('id: 2\nretry: 0\ndata:\n\n');
        },
      ),
    );
    const connection = await kept(open(http(server, { callTimeoutMs: 2500 })));
    expect((await failureOf(connection.call('echo', {}, quiet))).code).toBe('timeout');
    const gets = server.seen.filter(({ method }) => method === 'GET').length;
    expect(gets).toBeGreaterThan(1);
    // One at the start, and two waits that double, for the standing stream and for the call's.
    expect(gets).toBeLessThanOrEqual(7);
  });

  it('is not asked again over SSE: a new stream would be a new session', async () => {
    let end = () => {};
    const server = await kept(
      startRawSse((response) => {
        response.write('retry: 0\nevent: endpoint\ndata: /m\n\n');
        end = () => response.end();
      }),
    );
    const connection = await kept(open(sse(server)));
    const closed = new Promise((resolve) => {
      connection.onClose(resolve);
    });
    end();
    await closed;
    await new Promise((resolve) => {
      setTimeout(resolve, 300);
    });
    expect(server.seen.filter(({ method }) => method === 'GET')).toHaveLength(1);
  });
});

it('a message refused by HTTP fails that call only', async () => {
  const server = await kept(
    startRawSse(
      (response) => response.write('event: endpoint\ndata: /m\n\n'),
      ({ method, params }, response) => {
        if (method !== 'tools/call' || params?.['name'] !== 'bad') return false;
        response.writeHead(429, { 'retry-after': '1' }).end('slow down');
        return true;
      },
    ),
  );
  const connection = await kept(open(sse(server)));
  const error = await failureOf(connection.call('bad', {}, quiet));
  expect(error).toMatchObject({ code: 'server_failed', status: 429 });
  expect(error.message).toContain('slow down');
  expect(textOf(await connection.call('echo', { a: 1 }, quiet))).toBe('{"a":1}');
});

it('stray and malformed events are ignored', async () => {
  const server = await kept(
    startRawSse((response) => {
      response.write('event: endpoint\ndata: /m\n\n');
      response.write('event: ping\ndata: x\n\ndata: not json\n\ndata: {"a":1}\n\nretry: 0\n\n');
      response.write('data: {"jsonrpc":"2.0","id":4711,"result":{}}\n\n');
    }),
  );
  const connection = await kept(open(sse(server)));
  expect(textOf(await connection.call('echo', { b: 2 }, quiet))).toBe('{"b":2}');
});

/** Writes an event that never ends, as fast as it is taken. */
function endless(response: Parameters<Parameters<typeof startRawSse>[0]>[0]): void {
  const piece = 'x'.repeat(256 * 1024);
  response.write('data: ');
  const more = () => {
    while (!response.destroyed && response.write(piece));
    if (!response.destroyed) response.once('drain', more);
  };
  more();
}
