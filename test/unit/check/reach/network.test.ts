import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { climb } from '../../../../src/check/reach/ladder.js';
import { climbNetwork } from '../../../../src/check/reach/network.js';
import { OstlerError } from '../../../../src/core/errors.js';
import type { InspectEvent, Rung } from '../../../../src/core/rungs.js';
import type { Lookup } from '../../../../src/net/probe-dns.js';

const open: net.Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

async function listen(onConnection: (socket: net.Socket) => void = () => {}): Promise<number> {
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    onConnection(socket);
  });
  open.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

interface Options {
  env?: NodeJS.ProcessEnv;
  lookup?: Lookup;
  limitMs?: number;
  signal?: AbortSignal;
}

async function reach(
  url: string,
  { env = {}, lookup, limitMs = 5000, signal = new AbortController().signal }: Options = {},
) {
  const events: InspectEvent[] = [];
  const ladder = climb({
    server: 'a',
    names: ['proxy', 'dns', 'tcp', 'tls'],
    signal,
    work: (steps) =>
      climbNetwork(steps, { url: new URL(url), insecure: false, limitMs }, { env, lookup }),
  });
  for await (const event of ladder) events.push(event);
  const rungs = events.filter((event): event is Rung => event.type === 'rung');
  const end = events.at(-1);
  return {
    rungs,
    rung: (name: string) => rungs.find((each) => each.name === name),
    error: end?.type === 'inspect_end' ? end.error : null,
  };
}

const answering =
  (...addresses: string[]): Lookup =>
  () =>
    Promise.resolve(
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );

describe('the way to a host', () => {
  it('tells all addresses, and which of them answers', async () => {
    const port = await listen();
    const found = await reach(`http://twice.test:${port}/`, {
      lookup: answering('127.0.0.2', '127.0.0.1'),
    });
    expect(found.rung('dns')?.text).toBe('127.0.0.2, 127.0.0.1');
    expect(found.rung('tcp')?.text).toBe(`127.0.0.1:${port} answers`);
    expect(found.rung('tcp')?.details).toEqual([
      `127.0.0.2:${port}: nothing listens there (ECONNREFUSED)`,
    ]);
    expect(found.error).toBeNull();
  });

  it('tells each address when none answers', async () => {
    const port = await listen();
    open.splice(0).forEach((server) => server.close());
    const found = await reach(`http://twice.test:${port}/`, {
      lookup: answering('127.0.0.1', '127.0.0.2'),
    });
    expect(found.rung('tcp')).toMatchObject({
      status: 'failed',
      text: `none of 2 addresses answers on port ${port}`,
    });
    expect(found.rung('tcp')?.details).toHaveLength(2);
    expect(found.error?.code).toBe('server_unreachable');
  });

  it('ends a name server that hangs', async () => {
    const lookup: Lookup = () => new Promise(() => {});
    const found = await reach('http://slow.test/', { lookup, limitMs: 100 });
    expect(found.rung('dns')).toMatchObject({ status: 'failed' });
    expect(found.rung('dns')?.hint).toContain('--server-timeout');
    expect(found.rung('tcp')).toMatchObject({ status: 'skipped', text: 'not reached' });
    expect(found.error?.code).toBe('server_unreachable');
  });

  it('is interrupted at once', async () => {
    const controller = new AbortController();
    const lookup: Lookup = () => {
      controller.abort(new OstlerError('interrupted', 'Interrupted.'));
      return new Promise(() => {});
    };
    const found = await reach('http://slow.test/', { lookup, signal: controller.signal });
    expect(found.error?.code).toBe('interrupted');
    expect(found.rung('dns')).toMatchObject({ status: 'failed', text: 'Interrupted.' });
  });
});

describe('a proxy on the way', () => {
  it('is told with its variable, and is what is reached; its password is not shown', async () => {
    const port = await listen();
    const env = { http_proxy: `http://ann:hunter22@127.0.0.1:${port}` };
    const found = await reach('http://far.test/mcp', { env });
    expect(found.rung('proxy')).toMatchObject({
      status: 'warning',
      text: `http://127.0.0.1:${port}, by http_proxy`,
    });
    expect(found.rung('dns')?.text).toContain('127.0.0.1');
    expect(found.rung('tcp')?.status).toBe('ok');
    expect(JSON.stringify(found)).not.toContain('hunter22');
  });

  it('is left out for loopback and for NO_PROXY, which is told', async () => {
    const port = await listen();
    const env = { HTTP_PROXY: 'http://127.0.0.1:1', NO_PROXY: 'near.test' };
    const lookup = answering('127.0.0.1');
    const loopback = await reach(`http://127.0.0.1:${port}/`, { env });
    expect(loopback.rung('proxy')?.text).toContain('loopback');
    const exempt = await reach(`http://near.test:${port}/`, { env, lookup });
    expect(exempt.rung('proxy')?.text).toBe('none: NO_PROXY lists the host');
    expect(exempt.error).toBeNull();
  });

  it('that refuses the way is told at tls', async () => {
    const port = await listen((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'));
    });
    const env = { HTTPS_PROXY: `127.0.0.1:${port}` };
    const found = await reach('https://far.test/mcp', { env });
    expect(found.rung('tls')).toMatchObject({ status: 'failed' });
    expect(found.rung('tls')?.text).toContain('HTTP 407');
    expect(found.rung('tls')?.hint).toContain('user:password');
  });

  it('that is no URL is told, without its text', async () => {
    const found = await reach('http://far.test/mcp', { env: { HTTP_PROXY: 'socks5://secret' } });
    expect(found.rung('proxy')).toMatchObject({ status: 'failed' });
    expect(found.error?.code).toBe('config_invalid');
    expect(JSON.stringify(found)).not.toContain('secret');
  });
});

describe('a ladder', () => {
  it('throws a bug, after what came before it', async () => {
    const seen: string[] = [];
    const ladder = climb({
      server: 'a',
      names: ['config'],
      signal: new AbortController().signal,
      async work(steps) {
        steps.ok('config', { text: 'here' });
        await Promise.resolve();
        throw new TypeError('a bug');
      },
    });
    const read = async () => {
      for await (const event of ladder) seen.push(event.type);
    };
    await expect(read()).rejects.toThrow('a bug');
    expect(seen).toEqual(['rung']);
  });

  it('ends its work when nobody reads on, and waits for that', async () => {
    let closed = false;
    const ladder = climb({
      server: 'a',
      names: ['config', 'http'],
      signal: new AbortController().signal,
      async work(steps) {
        steps.ok('config', { text: 'here' });
        await new Promise((_, reject) => {
          steps.signal.addEventListener('abort', () => reject(new OstlerError('interrupted', 'x')));
        });
      },
      async after() {
        await Promise.resolve();
        closed = true;
      },
    });
    for await (const event of ladder) {
      expect(event.type).toBe('rung');
      break;
    }
    expect(closed).toBe(true);
  });
});
