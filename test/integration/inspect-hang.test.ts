import net from 'node:net';
import type { AddressInfo } from 'node:net';
import type { ChildProcess } from 'node:child_process';
import { afterEach, describe, expect, it } from 'vitest';
import { startBearer } from '../servers/bearer.js';
import { startSilent } from '../servers/http.js';
import { startRawHttp, startRawSse } from '../servers/raw-mcp.js';
import { inspect, wordsOf } from '../support/inspect.js';
import { runOstler } from '../support/ostler.js';

const open: { close: () => Promise<void> }[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});
const keep = <T extends { close: () => Promise<void> }>(server: T): T => {
  open.push(server);
  return server;
};

const soon = ['--server-timeout', '1500ms'];
const legacy = ['--protocol', 'legacy'];

describe('a server that hangs ends by --server-timeout, and the step is named', () => {
  it('http: the connection is taken, and nothing comes', async () => {
    const server = keep(await startSilent());
    const found = await inspect([`${server.url}/mcp`, ...soon]);
    expect(found.code).toBe(4);
    expect(found.failed?.name).toBe('http');
    expect(wordsOf(found.rung('http'))).toContain('sent POST /mcp');
    expect(found.failed?.hint).toContain('--server-timeout');
  });

  it('tls: the connection is taken, and no handshake comes', async () => {
    const server = keep(await startSilent());
    const found = await inspect([`${server.url.replace('http:', 'https:')}/mcp`, ...soon]);
    expect(found.code).toBe(4);
    expect(found.failed?.name).toBe('tls');
    expect(found.failed?.hint).toContain('--server-timeout');
  });

  it('transport: a stream that names no endpoint', async () => {
    const server = keep(await startRawSse((stream) => void stream.write(': hello\n\n')));
    const found = await inspect([`${server.url}/sse`, ...soon]);
    expect(found.code).toBe(4);
    expect(found.rung('http').text).toContain('GET /sse → 200');
    expect(found.failed?.name).toBe('transport');
  });

  it('handshake: initialize is taken and not answered', async () => {
    const server = keep(
      await startRawSse(
        (stream) => void stream.write('event: endpoint\ndata: /messages\n\n'),
        ({ method }, response) => {
          if (method !== 'initialize') return undefined;
          response.writeHead(202).end();
          return true;
        },
      ),
    );
    const found = await inspect([`${server.url}/sse`, ...soon]);
    expect(found.code).toBe(4);
    expect(found.rung('transport').status).toBe('ok');
    expect(found.failed?.name).toBe('handshake');
  });

  it('lists: tools/list is not answered', async () => {
    const server = keep(await startRawHttp(({ method }) => method === 'tools/list'));
    const found = await inspect([`${server.url}/mcp`, ...soon, ...legacy]);
    expect(found.code).toBe(4);
    expect(found.rung('handshake').status).toBe('ok');
    expect(found.failed?.name).toBe('lists');
    expect(wordsOf(found.rung('lists'))).toContain('tools/list');
  });

  it('request: ping is not answered', async () => {
    const server = keep(await startRawHttp(({ method }) => method === 'ping'));
    const found = await inspect([`${server.url}/mcp`, ...soon, ...legacy]);
    expect(found.code).toBe(4);
    expect(found.rung('lists').status).toBe('ok');
    expect(found.failed?.name).toBe('request');
  });

  it('handshake of a process that says nothing', async () => {
    const script = 'console.error("waiting for a licence"); setInterval(() => {}, 1000)';
    const found = await inspect([...soon, '--', process.execPath, '-e', script]);
    expect(found.code).toBe(4);
    expect(found.rung('process').text).toContain('nothing on stdout');
    expect(wordsOf(found.rung('process'))).toContain('waiting for a licence');
    expect(found.failed?.name).toBe('handshake');
  });
});

it('ends by --timeout, with the step under way', async () => {
  const server = keep(await startSilent());
  const found = await inspect([`${server.url}/mcp`, '--timeout', '1500ms']);
  expect(found.code).toBe(124);
  expect(found.failed?.name).toBe('http');
});

it('Ctrl+C in the middle closes the session', async () => {
  const deleted: string[] = [];
  const server = keep(await startBearer({ token: 'canary-of-interrupt-0123456789' }));
  // Lists of tools never come, so that the command is in the middle of its session.
  const proxy = net.createServer((socket) => {
    const up = net.connect(server.port, '127.0.0.1');
    up.on('error', () => socket.destroy());
    socket.on('error', () => up.destroy());
    up.pipe(socket);
    socket.on('data', (chunk) => {
      const text = chunk.toString('latin1');
      if (text.startsWith('DELETE')) deleted.push(text);
      if (text.includes('tools/list')) interrupt();
      else up.write(chunk);
    });
    socket.on('close', () => up.destroy());
  });
  let child: ChildProcess | undefined;
  const interrupt = () => child?.kill('SIGINT');
  await new Promise<void>((resolve) => {
    proxy.listen(0, '127.0.0.1', resolve);
  });
  const { port } = proxy.address() as AddressInfo;
  const result = await runOstler(
    ['inspect', `http://127.0.0.1:${port}/mcp`, '--token-env', 'TOKEN', '--json', ...legacy],
    {
      env: { TOKEN: 'canary-of-interrupt-0123456789' },
      onSpawn: (spawned) => (child = spawned),
    },
  );
  proxy.close();
  expect(result.code).toBe(130);
  const { rungs, error } = JSON.parse(result.stdout) as {
    rungs: { name: string; status: string }[];
    error: { code: string };
  };
  expect(error.code).toBe('interrupted');
  expect(rungs.find(({ status }) => status === 'failed')?.name).toBe('lists');
  expect(deleted).toHaveLength(1);
});

it('a page of metadata that hangs does not hold it up for ever', async () => {
  const silent = keep(await startSilent());
  const server = keep(
    await startRawHttp((_, response) => {
      response.writeHead(401, { 'www-authenticate': `Bearer resource_metadata="${silent.url}/x"` });
      response.end();
      return true;
    }),
  );
  const found = await inspect([`${server.url}/mcp`]);
  expect(found.code).toBe(3);
});
