import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { startHttp } from '../servers/http.js';
import { sendJson, startRawSse } from '../servers/raw-mcp.js';
import { endKept, kept } from '../support/kept.js';
import { listen, LISTEN_TOKEN as CANARY, logFrame, SSE } from '../support/talker.js';

afterEach(endKept);

describe('listen connects again as the standard says', () => {
  it('after retry, not sooner than a second, with Last-Event-ID, and says so', async () => {
    const times: number[] = [];
    const server = await kept(
      startHttp((_, response) => {
        times.push(Date.now());
        response.writeHead(200, SSE).end('retry: 0\nid: 17\ndata: x\n\n');
      }),
    );
    const { code, stderr, stdout } = await listen([server.url, '--no-handshake', '--count', '3']);
    expect(code).toBe(0);
    expect(times).toHaveLength(3);
    expect((times[2] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(1900);
    expect(server.seen.map(({ headers }) => headers['last-event-id'])).toEqual([
      undefined,
      '17',
      '17',
    ]);
    expect(stderr).toContain(
      'the stream ended: the server ended it; reconnecting in 1 s (attempt 1, Last-Event-ID 17)',
    );
    expect(stdout).toContain('retry      0 ms; 1000 ms is used');
  });

  it('not later than a minute, whatever the server asks', async () => {
    const server = await kept(
      startHttp((_, response) => {
        response.writeHead(200, SSE).end('retry: 99999999999999\ndata: x\n\n');
      }),
    );
    const { code, stderr } = await listen([server.url, '--no-handshake', '--timeout', '3s']);
    expect(stderr).toContain('reconnecting in 60 s');
    expect(stderr).not.toContain('Warning');
    expect(code).toBe(0);
  });

  it('with a new session over legacy SSE', async () => {
    let streams = 0;
    let stream: ServerResponse | undefined;
    const server = await kept(
      startRawSse(
        (response) => {
          streams += 1;
          stream = response;
          response.write(`retry: 1\nevent: endpoint\ndata: /messages?sessionId=${streams}\n\n`);
        },
        ({ method }, response) => {
          if (method !== 'notifications/initialized') return undefined;
          response.writeHead(202).end();
          const say = () => (streams < 2 ? stream?.destroy() : stream?.write(logFrame('again')));
          setTimeout(say, 100);
          return true;
        },
      ),
    );
    const { code, stdout, stderr } = await listen([`${server.url}/sse`, '--count', '1']);
    expect(code).toBe(0);
    expect(stdout).toContain('log        info again');
    expect(stderr.match(/listening to/g)).toHaveLength(2);
    expect(stderr).toContain('broke off in mid-answer');
  });

  it('and begins a new session when the server has forgotten the old one', async () => {
    let sessions = 0;
    const server = await kept(
      startHttp((request, response) => {
        if (request.method === 'GET') {
          const isOld = request.headers['mcp-session-id'] !== `s${sessions}` || sessions === 0;
          if (
            isOld ||
            (sessions === 1 && server.seen.filter((one) => one.method === 'GET').length > 1)
          ) {
            return void response.writeHead(404).end();
          }
          response.writeHead(200, SSE).write(`retry: 1\n${logFrame(`session ${sessions}`)}`);
          return void (sessions === 1 && setTimeout(() => response.end(), 100));
        }
        if (request.method === 'DELETE') return void response.writeHead(200).end();
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          const { id, method } = JSON.parse(Buffer.concat(chunks).toString()) as Record<
            string,
            string
          >;
          if (method !== 'initialize')
            return void response.writeHead(id === undefined ? 202 : 400).end();
          sessions += 1;
          response.setHeader('mcp-session-id', `s${sessions}`);
          const result = { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: {} };
          sendJson(response, { jsonrpc: '2.0', id, result });
        });
      }),
    );
    const { code, stdout, stderr } = await listen([`${server.url}/mcp`, '--count', '2']);
    expect(stderr).toContain('has forgotten the session (HTTP 404); starting a new one');
    expect(stdout).toContain('session 2');
    expect(code).toBe(0);
  });

  it('until a 204, which is the end', async () => {
    const server = await kept(
      startHttp((_, response) => {
        if (server.seen.length > 1) return void response.writeHead(204).end();
        response.writeHead(200, SSE).end('retry: 1\ndata: x\n\n');
      }),
    );
    const { code, stderr } = await listen([server.url, '--no-handshake']);
    expect(code).toBe(0);
    expect(stderr).toContain('The stream has ended: the server says that there is no more');
    expect(server.seen).toHaveLength(2);
  });

  it('until the token is refused', async () => {
    const server = await kept(
      startHttp((_, response) => {
        if (server.seen.length > 1) return void response.writeHead(401).end(`no ${CANARY}`);
        response.writeHead(200, SSE).end('retry: 1\ndata: x\n\n');
      }),
    );
    const { code, stderr } = await listen([server.url, '--no-handshake', '--token-env', 'CANARY']);
    expect(code).toBe(3);
    expect(stderr).toContain('token rejected');
    expect(stderr).not.toContain(CANARY);
  });
});
