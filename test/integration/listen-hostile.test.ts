import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { startHttp, startSilent } from '../servers/http.js';
import { sendJson, startRawHttp, startRawSse } from '../servers/raw-mcp.js';
import { endKept, kept } from '../support/kept.js';
import { BIN, makeHome } from '../support/ostler.js';
import {
  frame,
  listen,
  LISTEN_TOKEN as CANARY,
  logFrame,
  SSE,
  startTalker,
} from '../support/talker.js';

afterEach(endKept);

describe('listen to a hostile server', () => {
  it.each([
    ['accepts and is silent', (response: ServerResponse) => void response],
    [
      'names no endpoint',
      (response: ServerResponse) => response.writeHead(200, SSE).write(': hi\n\n'),
    ],
  ])(
    'that %s is given up',
    async (what, answer) => {
      const server = await kept(startHttp((_, response) => void answer(response)));
      const { code, stderr } = await listen(
        [`${server.url}/sse`, '-t', 'sse', '--server-timeout', '1s'],
        { killAfter: 40_000 },
      );
      expect(code).toBe(4);
      expect(stderr).toMatch(what.startsWith('names') ? /named no endpoint/ : /longer than 1 s/);
    },
    45_000,
  );

  it('that hangs on any message is given up, and its session is ended', async () => {
    for (const hangs of ['server/discover', 'initialize', 'notifications/initialized']) {
      const server = await startRawHttp(({ method, id }, response) => {
        if (method === hangs) return true;
        if (method !== 'initialize') return undefined;
        response.setHeader('mcp-session-id', 'abc');
        sendJson(response, { jsonrpc: '2.0', id, result: { capabilities: {}, serverInfo: {} } });
        return true;
      });
      const { code, stderr } = await listen([
        `${server.url}/mcp`,
        '--server-timeout',
        '1s',
        '--timeout',
        '15s',
      ]);
      expect(code, hangs).toBe(4);
      expect(stderr, hangs).toMatch(/took longer than 1 s|offers no stream/);
      const isDeleted = server.seen.some(({ method }) => method === 'DELETE');
      expect(isDeleted, hangs).toBe(hangs !== 'initialize');
      await server.close();
    }
  }, 60_000);

  it('that does not even answer TCP with HTTP is given up', async () => {
    const server = await kept(startSilent());
    const { code } = await listen([`${server.url}/sse`, '--server-timeout', '1s']);
    expect(code).toBe(4);
  });

  it('that redirects elsewhere, or names an endpoint elsewhere, gets no credentials there', async () => {
    const other = await kept(startHttp((_, response) => void response.writeHead(200, SSE)));
    const redirecting = await kept(
      startHttp((_, response) => void response.writeHead(307, { location: other.url }).end()),
    );
    const pointing = await kept(
      startRawSse((response) => response.write(`event: endpoint\ndata: ${other.url}/m\n\n`)),
    );
    for (const { url } of [redirecting, pointing]) {
      const { code, stderr } = await listen([`${url}/sse`, '-t', 'sse', '--token-env', 'CANARY']);
      expect([3, 4]).toContain(code);
      expect(stderr).toContain(other.url);
    }
    expect(other.seen).toEqual([]);
  });

  it('that never ends an event is cut off at 8 MiB', async () => {
    const piece = Buffer.alloc(256 * 1024, 'x');
    const server = await kept(
      startHttp((_, response) => {
        response.writeHead(200, SSE);
        response.write('data: ');
        const more = () => {
          while (!response.destroyed && response.write(piece));
          if (!response.destroyed) response.once('drain', more);
        };
        more();
      }),
    );
    const { code, stderr } = await listen([server.url, '--no-handshake']);
    expect(code).toBe(4);
    expect(stderr).toContain('sent an event larger than 8388608 bytes');
  });

  it('that sends a gzip bomb is cut off as well', async () => {
    const { gzipSync } = await import('node:zlib');
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024, 'x'));
    const server = await kept(
      startHttp((_, response) => {
        response.writeHead(200, { ...SSE, 'content-encoding': 'gzip' }).end(bomb);
      }),
    );
    const { code, stderr } = await listen([server.url, '--no-handshake']);
    expect(code).toBe(4);
    expect(stderr).toContain('larger than 8388608 bytes');
  });

  it('that floods does not deafen: memory is bounded and Ctrl+C works', async () => {
    const piece = Buffer.from(logFrame('flood').repeat(500));
    const server = await kept(
      startTalker((response) => {
        const more = () => {
          while (!response.destroyed && response.write(piece));
          if (!response.destroyed) response.once('drain', more);
        };
        more();
      }),
    );
    const home = makeHome();
    const child = spawn(process.execPath, [BIN, 'listen', `${server.url}/sse`], {
      env: { PATH: process.env['PATH'], OSTLER_HOME: home.dir },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let heard = 0;
    let stopped = 0;
    let peak = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      heard += chunk.length;
      if (heard < 4_000_000 || stopped > 0) return;
      stopped = Date.now();
      peak = residentMiB(child.pid ?? 0);
      child.kill('SIGINT');
    });
    const [code] = (await once(child, 'close')) as [number];
    home.remove();
    expect(code).toBe(130);
    expect(Date.now() - stopped).toBeLessThan(5000);
    expect(peak).toBeLessThan(250);
  }, 40_000);

  it('that sends escape codes and echoes the token shows neither', async () => {
    const server = await kept(
      startTalker((response) => {
        response.write(`: \u001b]0;title\u0007\n`);
        response.write(logFrame(`\u001b[2J${CANARY} \u202e`));
        response.write(frame({ method: `notifications/\u001b[31m${CANARY}`, params: [CANARY] }));
        response.write(`event: \u001b[1m\nid: ${CANARY}\ndata: ${CANARY}\n\n`);
      }),
    );
    for (const more of [[], ['--json'], ['--raw']]) {
      const { stdout, stderr } = await listen([
        `${server.url}/sse`,
        '--token-env',
        'CANARY',
        '--count',
        '3',
        ...more,
      ]);
      expect(stdout + stderr).toContain('[REDACTED]');
      expect(stdout + stderr).not.toContain(CANARY);
      // Raw bytes are raw where no terminal is.
      // oxlint-disable-next-line no-control-regex
      if (!more.includes('--raw')) expect(stdout + stderr).not.toMatch(/[\u001b\u0007\u202e]/);
    }
  });

  it('that moves its endpoint, sends nonsense, or answers what nobody asked is survived or told', async () => {
    const server = await kept(
      startTalker((response) => {
        response.write('data: {"jsonrpc":"2.0","id":99,"result":{}}\n\n');
        response.write('data: [1,null,{"jsonrpc":"2.0"}]\n\ndata: not json\n\ndata\n\n');
        response.write('event: error\ndata: boo\n\nevent: open\ndata: sesame\n\n');
        response.write('event: endpoint\ndata: /elsewhere\n\n');
      }),
    );
    const { code, stdout, stderr } = await listen([`${server.url}/sse`]);
    expect(stdout).toContain('answers    a request that nobody made (99): {}');
    expect(stdout).toContain('frame      message: not json');
    expect(stdout).toContain('frame      error: boo');
    expect(stdout).toContain('frame      open: sesame');
    expect(stderr).toContain('names another endpoint in the middle of the session');
    expect(code).toBe(4);
  });
});

function residentMiB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}
