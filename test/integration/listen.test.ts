import type { ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { startBearer } from '../servers/bearer.js';
import { startHttp } from '../servers/http.js';
import { startModern } from '../servers/modern.js';
import { sendJson, startRawHttp, startRawSse } from '../servers/raw-mcp.js';
import { runOstler, type RunOptions } from '../support/ostler.js';
import { frame, logFrame, SSE, startTalker } from '../support/talker.js';

const CANARY = 'canary-7f3a9c21-token';
const live = fileURLToPath(new URL('../servers/live.mjs', import.meta.url));
const modernStdio = fileURLToPath(new URL('../servers/stdio-modern.mjs', import.meta.url));

const open: { close: () => Promise<void> }[] = [];
const kept = <T extends { close: () => Promise<void> }>(server: T): T => {
  open.push(server);
  return server;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

const listen = (args: readonly string[], options: RunOptions = {}) =>
  runOstler(['listen', ...args], {
    ...options,
    env: { CANARY, ...options.env },
  });
const events = (stdout: string) =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
describe('listen makes the handshake and tells what the server says by itself', () => {
  it('over legacy SSE', async () => {
    const server = kept(
      await startTalker((response) => {
        response.write(': keep-alive\n\n');
        response.write(logFrame('hello'));
        response.write(frame({ method: 'notifications/tools/list_changed' }));
        response.write(
          frame({
            method: 'notifications/progress',
            params: { progressToken: 7, progress: 3, total: 10, message: 'half' },
          }),
        );
        response.write(
          frame({ method: 'notifications/resources/updated', params: { uri: 'mem://a' } }),
        );
        response.write(frame({ method: 'notifications/own', params: { a: [1] } }));
        response.write('event: weather\nid: 9\ndata: rain\ndata: wind\n\n');
      }),
    );
    const { code, stdout, stderr } = await listen([`${server.url}/sse`, '--count', '6']);
    expect(code).toBe(0);
    const lines = stdout.split('\n').map((line) => line.replace(/^[\d:.]+ +/, ''));
    expect(lines).toEqual([
      'frame      endpoint: /messages?sessionId=1',
      'comment    keep-alive',
      'log        info hello',
      'changed    tools',
      'progress   3/10 half (token 7)',
      'updated    mem://a',
      'notified   notifications/own {"a":[1]}',
      'frame      weather: rain\\nwind (id 9)',
      '',
    ]);
    expect(stderr).toContain('listening to 127.0.0.1 (raw 1) over sse, 2025-11-25');
  });

  it('over Streamable HTTP with a session, which it deletes', async () => {
    const server = kept(await startBearer({ token: CANARY }));
    const run = listen([server.mcpUrl, '--token-env', 'CANARY', '--json', '--count', '2'], {
      onStdout(text) {
        if (text.includes('"listening"')) {
          for (const one of server.servers) void one.server.sendToolListChanged();
        }
      },
    });
    const { code, stdout } = await run;
    expect(code).toBe(0);
    expect(events(stdout).filter(({ type }) => type === 'notification')).toHaveLength(2);
    expect(server.seen.map(({ method }) => method)).toEqual(
      expect.arrayContaining(['POST', 'GET', 'DELETE']),
    );
    for (const { headers } of server.seen) expect(headers.authorization).toBe(`Bearer ${CANARY}`);
  });

  it('over Streamable HTTP of 2026-07-28', async () => {
    const server = kept(await startModern());
    const { code, stdout, stderr } = await listen([server.mcpUrl, '--count', '1'], {
      onStdout(text) {
        if (text.includes('granted')) server.addTool('another');
      },
    });
    expect(code).toBe(0);
    expect(stdout).toContain('granted    toolsListChanged, promptsListChanged');
    expect(stdout).toContain('changed    tools');
    expect(stderr).toContain('over http, 2026-07-28; asked for changes of tools');
  });

  it('over stdio, with its stderr', async () => {
    const script = [
      'process.stderr.write("warming up\\n");',
      'const say = (m) => process.stdout.write(JSON.stringify({jsonrpc:"2.0",...m})+"\\n");',
      'require("readline").createInterface({input:process.stdin}).on("line",(l)=>{const m=JSON.parse(l);',
      'if(m.method==="initialize")say({id:m.id,result:{protocolVersion:"2025-11-25",capabilities:{resources:{subscribe:true}},serverInfo:{name:"own",version:"3"}}});',
      'else if(m.method==="resources/subscribe"){say({id:m.id,result:{}});say({method:"notifications/resources/updated",params:m.params});say({id:"s1",method:"sampling/createMessage",params:{}});}',
      'else if(m.id==="s1")say({method:"notifications/answered",params:m.error});});',
    ].join('');
    const options = ['--subscribe', 'mem://a', '--json', '--count', '3'];
    const { code, stdout, stderr } = await listen([
      ...options,
      '--',
      process.execPath,
      '-e',
      script,
    ]);
    expect(stderr).toContain('asked for updates of mem://a');
    expect(code).toBe(0);
    const told = events(stdout);
    expect(told.map(({ type }) => type)).toContain('stderr');
    expect(told.filter(({ type }) => type === 'request')).toMatchObject([
      { method: 'sampling/createMessage', request_id: 's1' },
    ]);
    expect(told.filter(({ type }) => type === 'notification')).toMatchObject([
      { method: 'notifications/resources/updated' },
      { method: 'notifications/answered', params: { code: -32_601 } },
    ]);
  });

  it('over stdio of 2026-07-28', async () => {
    const { code, stdout, stderr } = await listen([
      '--timeout',
      '4s',
      '--',
      process.execPath,
      modernStdio,
    ]);
    expect(code).toBe(0);
    expect(stderr).toContain('over stdio, 2026-07-28');
    expect(stdout).toContain('granted    toolsListChanged');
  });

  it('and sets the log level that is asked for', async () => {
    const { stdout, code } = await listen([
      '--log-level',
      'error',
      '--json',
      '--timeout',
      '3s',
      '--',
      process.execPath,
      live,
    ]);
    expect(code).toBe(0);
    expect(events(stdout).find(({ type }) => type === 'listening')).toMatchObject({
      asked: ['log messages from error on'],
    });
  });

  it('on the other transport when the first is not served there', async () => {
    const server = kept(
      await startRawHttp(({ method, id }, response) => {
        if (method !== 'initialize') return undefined;
        sendJson(response, { jsonrpc: '2.0', id, result: { capabilities: {}, serverInfo: {} } });
        return true;
      }),
    );
    const { code, stderr } = await listen([`${server.url}/sse`]);
    expect(stderr).toContain('GET answered 405, so Streamable HTTP is tried');
    expect(stderr).toContain('offers no stream to listen to (GET answered 405)');
    expect(code).toBe(4);
  });
});

describe('listen --raw', () => {
  const BYTES = '\uFEFFid: 1\r\n: hi\r\nretry: 10\rdata: a\r\rdata:b\n\nevent: x\ndata: é\n\n';

  it('prints the bytes as they come, with whatever line ends', async () => {
    const server = kept(
      await startHttp((_, response) => {
        response.writeHead(200, SSE);
        const bytes = Buffer.from(BYTES);
        // In the middle of a CRLF, of a character and of a frame.
        for (const [from, to] of [[0, 9], [9, 31], [31, bytes.length - 3], [bytes.length - 3]]) {
          setTimeout(() => response.write(bytes.subarray(from, to)), (from ?? 0) * 3);
        }
      }),
    );
    const { code, stdout } = await listen([server.url, '--no-handshake', '--raw', '--count', '3']);
    expect(stdout).toBe(BYTES);
    expect(code).toBe(0);
  });

  it('ends with the frame that was counted to', async () => {
    const server = kept(
      await startHttp((_, response) => {
        response.writeHead(200, SSE).write('data: 1\n\ndata: 2\n\ndata: 3\n\n');
      }),
    );
    const { stdout } = await listen([server.url, '--no-handshake', '--raw', '--count', '2']);
    expect(stdout).toBe('data: 1\n\ndata: 2\n\n');
  });

  it('decodes frames without it, and keeps quiet what the handshake would send', async () => {
    const server = kept(
      await startHttp((_, response) => {
        response.writeHead(200, SSE).write('event: endpoint\ndata: /m\n\nid: 4\ndata: {"a":1}\n\n');
      }),
    );
    const { stdout } = await listen([server.url, '--no-handshake', '--json', '--count', '2']);
    expect(events(stdout).slice(1)).toMatchObject([
      { type: 'frame', event: 'endpoint', data: '/m' },
      { type: 'frame', event: 'message', data: '{"a":1}', id: '4' },
    ]);
    expect(server.seen.map(({ method }) => method)).toEqual(['GET']);
  });
});

describe('listen connects again as the standard says', () => {
  it('after retry, not sooner than a second, with Last-Event-ID, and says so', async () => {
    const times: number[] = [];
    const server = kept(
      await startHttp((_, response) => {
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
    const server = kept(
      await startHttp((_, response) => {
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
    const server = kept(
      await startRawSse(
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
    const server = kept(
      await startHttp((request, response) => {
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
    const server = kept(
      await startHttp((_, response) => {
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
    const server = kept(
      await startHttp((_, response) => {
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

describe('how listen ends', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('%s closes the session', async (signal) => {
    const server = kept(await startBearer());
    const { code, stderr } = await listen([server.mcpUrl, '--json'], {
      onStdout: (text, child) => {
        if (text.includes('"listening"')) child.kill(signal);
      },
    });
    expect(code).toBe(signal === 'SIGINT' ? 130 : 143);
    expect(server.seen.at(-1)?.method).toBe('DELETE');
    expect(stderr).not.toContain('✗');
  });

  it('with 0 after --timeout, when it did listen', async () => {
    const server = kept(await startTalker(() => {}));
    expect((await listen([`${server.url}/sse`, '--timeout', '3s'])).code).toBe(0);
  });

  it('with 124 after --timeout, when not all of --count came', async () => {
    const server = kept(await startTalker((response) => response.write(logFrame('one'))));
    const args = [`${server.url}/sse`, '--timeout', '3s', '--count', '2'];
    expect((await listen(args)).code).toBe(124);
  });

  it('with 4 when the process ends, and its reason', async () => {
    const { code, stderr } = await listen(['--', process.execPath, live, 'dies', '500']);
    expect(code).toBe(4);
    expect(stderr).toContain('exited with code 3');
  });

  it.each([
    [['--count', '0', 'http://127.0.0.1:1/sse'], '--count must be a whole number'],
    [['--log-level', 'loud', 'http://127.0.0.1:1/sse'], 'argument'],
    [[], 'Which server?'],
    [['http://127.0.0.1:1/sse', '--', 'node'], 'Which server?'],
  ])('%j is wrong usage', async (args, words) => {
    const { code, stderr } = await listen(args);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
  });
});
