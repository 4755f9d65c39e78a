import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { startBearer } from '../servers/bearer.js';
import { startHttp } from '../servers/http.js';
import { startModern } from '../servers/modern.js';
import { sendJson, startRawHttp } from '../servers/raw-mcp.js';
import { endKept, kept } from '../support/kept.js';
import {
  frame,
  listen,
  LISTEN_TOKEN as CANARY,
  logFrame,
  SSE,
  startTalker,
} from '../support/talker.js';

const live = fileURLToPath(new URL('../servers/live.mjs', import.meta.url));
const modernStdio = fileURLToPath(new URL('../servers/stdio-modern.mjs', import.meta.url));

afterEach(endKept);

const events = (stdout: string) =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
describe('listen makes the handshake and tells what the server says by itself', () => {
  it('over legacy SSE', async () => {
    const server = await kept(
      startTalker((response) => {
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
    const server = await kept(startBearer({ token: CANARY }));
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
    const server = await kept(startModern());
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
    const server = await kept(
      startRawHttp(({ method, id }, response) => {
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
    const server = await kept(
      startHttp((_, response) => {
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
    const server = await kept(
      startHttp((_, response) => {
        response.writeHead(200, SSE).write('data: 1\n\ndata: 2\n\ndata: 3\n\n');
      }),
    );
    const { stdout } = await listen([server.url, '--no-handshake', '--raw', '--count', '2']);
    expect(stdout).toBe('data: 1\n\ndata: 2\n\n');
  });

  it('decodes frames without it, and keeps quiet what the handshake would send', async () => {
    const server = await kept(
      startHttp((_, response) => {
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

describe('how listen ends', () => {
  it.each(['/sse', '/mcp'])('with 3 when %s wants credentials', async (where) => {
    const server = await kept(startBearer({ token: CANARY }));
    const { code, stderr, stdout } = await listen([`${server.url}${where}`, '--json']);
    expect(code).toBe(3);
    expect(stdout).toBe('');
    expect(stderr).toContain('"code":"auth_required"');
  });

  it('with 4 when nothing is there, without another try', async () => {
    const { code, stderr } = await listen(['http://127.0.0.1:1/sse']);
    expect(code).toBe(4);
    expect(stderr).toContain('nothing listens there');
    expect(stderr).not.toContain('reconnecting');
  });

  it('with 0 when the reader of stdout leaves', async () => {
    const server = await kept(
      startTalker((response) => {
        const timer = setInterval(() => response.write(logFrame('more')), 5);
        response.once('close', () => clearInterval(timer));
      }),
    );
    const { code, stderr } = await listen([`${server.url}/sse`], {
      onStdout(text, child) {
        if (text.includes('more')) child.stdout?.destroy();
      },
    });
    expect(code).toBe(0);
    expect(stderr).not.toContain('✗');
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('%s closes the session', async (signal) => {
    const server = await kept(startBearer());
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
    const server = await kept(startTalker(() => {}));
    expect((await listen([`${server.url}/sse`, '--timeout', '3s'])).code).toBe(0);
  });

  it('with 124 after --timeout, when not all of --count came', async () => {
    const server = await kept(startTalker((response) => response.write(logFrame('one'))));
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
