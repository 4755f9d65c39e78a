import { afterEach, describe, expect, it } from 'vitest';
import { startBearer } from '../servers/bearer.js';
import { failureOf, open, quiet } from '../servers/connect.js';
import { remote } from '../servers/definitions.js';
import { startHttp, type HttpFixture } from '../servers/http.js';

const SECRET = 'canary-secret-99';
const HEADERS = [
  ['Authorization', `Bearer ${SECRET}`],
  ['X-API-Key', SECRET],
  ['Cookie', `sid=${SECRET}`],
  ['X-Custom', SECRET],
] as const;

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

async function listening(...args: Parameters<typeof startHttp>): Promise<HttpFixture> {
  const fixture = await startHttp(...args);
  stops.push(fixture.close);
  return fixture;
}

describe('a redirect to another origin is refused and nothing arrives there', () => {
  for (const status of [301, 302, 303, 307, 308]) {
    for (const path of ['/sse', '/mcp']) {
      it(`${status} from ${path}`, async () => {
        const other = await listening((_, response) => response.end());
        const server = await listening((_, response) => {
          response.writeHead(status, { location: `${other.url}/secret/path?token=abc` }).end();
        });
        const error = await failureOf(
          open(remote(server.url + path, { headers: HEADERS, fallback: true })),
        );
        expect(error).toMatchObject({ code: 'cross_origin_redirect', server: 'docs', exitCode: 3 });
        expect(error.message).toContain(other.url);
        expect(error.message).not.toContain('token=abc');
        expect(error.message).not.toContain(SECRET);
        expect(other.seen).toEqual([]);
      });
    }
  }

  it('also when only the host name differs', async () => {
    const server = await listening((_, response) => {
      response.writeHead(307, { location: `http://localhost:${server.port}/elsewhere` }).end();
    });
    const error = await failureOf(open(remote(`${server.url}/mcp`, { headers: HEADERS })));
    expect(error.code).toBe('cross_origin_redirect');
    expect(server.seen.map(({ path }) => path)).not.toContain('/elsewhere');
  });

  it('also for a message in the middle of a session', async () => {
    const other = await listening((_, response) => response.end());
    const server = await listening((request, response) => {
      if (request.method === 'GET') {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write('event: endpoint\ndata: /messages\n\n');
      } else response.writeHead(307, { location: `${other.url}/messages` }).end();
    });
    const error = await failureOf(open(remote(`${server.url}/sse`, { headers: HEADERS })));
    expect(error.code).toBe('cross_origin_redirect');
    expect(other.seen).toEqual([]);
  });

  it('also for the DELETE that ends a session', async () => {
    const other = await listening((_, response) => response.end());
    const server = await listening((request, response) => {
      if (request.method === 'DELETE') {
        response.writeHead(308, { location: `${other.url}/mcp` }).end();
        return;
      }
      answerInitialize(request, response);
    });
    const connection = await open(
      remote(`${server.url}/mcp`, { headers: HEADERS, protocol: 'legacy' }),
    );
    await connection.close();
    expect(server.seen.map(({ method }) => method)).toContain('DELETE');
    expect(other.seen).toEqual([]);
  });
});

describe('a redirect within the origin', () => {
  it('is followed with the headers', async () => {
    const server = await listening((request, response) => {
      if (request.url === '/mcp') response.writeHead(307, { location: '/moved/mcp' }).end();
      else answerInitialize(request, response);
    });
    const connection = await open(remote(`${server.url}/mcp`, { headers: HEADERS }));
    await connection.close();
    const moved = server.seen.filter(({ path }) => path === '/moved/mcp');
    expect(moved.length).toBeGreaterThan(1);
    expect(moved.every(({ headers }) => headers['x-api-key'] === SECRET)).toBe(true);
  });

  it('is not followed for ever', async () => {
    const server = await listening((request, response) => {
      response.writeHead(307, { location: `/more${request.url ?? ''}` }).end();
    });
    const error = await failureOf(open(remote(`${server.url}/mcp`, { headers: HEADERS })));
    expect(error.message).toContain('redirects more than 5 times');
  });
});

it('one server never sees the headers of another', async () => {
  const [one, two] = await Promise.all([
    startBearer({ token: 'token-of-one' }),
    startBearer({ token: 'token-of-two' }),
  ]);
  stops.push(one.close, two.close);
  const connections = await Promise.all([
    open(remote(one.mcpUrl, { id: 'one', headers: [['Authorization', 'Bearer token-of-one']] })),
    open(remote(two.sseUrl, { id: 'two', headers: [['Authorization', 'Bearer token-of-two']] })),
  ]);
  await Promise.all(
    connections.map((connection) => connection.call('say_hello', { name: 'x' }, quiet)),
  );
  await Promise.all(connections.map((connection) => connection.close()));
  expect(new Set(one.seen.map(({ headers }) => headers.authorization))).toEqual(
    new Set(['Bearer token-of-one']),
  );
  expect(new Set(two.seen.map(({ headers }) => headers.authorization))).toEqual(
    new Set(['Bearer token-of-two']),
  );
});

function answerInitialize(
  request: Parameters<Parameters<typeof startHttp>[0]>[0],
  response: Parameters<Parameters<typeof startHttp>[0]>[1],
): void {
  if (request.method !== 'POST') return void response.writeHead(405).end();
  let body = '';
  request.on('data', (chunk) => (body += String(chunk)));
  request.on('end', () => {
    const { id, method } = JSON.parse(body) as { id?: number; method: string };
    if (id === undefined) return void response.writeHead(202).end();
    const result =
      method === 'initialize'
        ? {
            protocolVersion: '2025-11-25',
            capabilities: {},
            serverInfo: { name: 'raw', version: '1' },
          }
        : {};
    response.writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': 'session-1' });
    response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
  });
}
