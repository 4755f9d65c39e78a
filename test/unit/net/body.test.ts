import { randomBytes } from 'node:crypto';
import { brotliCompressSync, createGzip, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createFetch } from '../../../src/net/fetch.js';
import { failureOf, listening, tcp, until } from './fixtures.js';

const fetch = createFetch();

describe('a body', () => {
  it('of 5 MB in chunks arrives whole', async () => {
    const bytes = randomBytes(5_000_000);
    const server = await listening((_, response) => {
      for (let at = 0; at < bytes.length; at += 65_521)
        response.write(bytes.subarray(at, at + 65_521));
      response.end();
    });
    const response = await fetch(server.url);
    expect(response.headers.get('transfer-encoding')).toBe('chunked');
    const chunks: Uint8Array[] = [];
    for await (const chunk of response.body) chunks.push(chunk);
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
  });

  it('keeps characters whole that the network cuts', async () => {
    const text = 'grün 漢字 🦆 '.repeat(50);
    const bytes = Buffer.from(text);
    const server = await listening((_, response) => {
      const writeFrom = (at: number) => {
        if (at === bytes.length) return void response.end();
        response.write(bytes.subarray(at, at + 1));
        return void setImmediate(writeFrom, at + 1);
      };
      writeFrom(0);
    });
    expect(await (await fetch(server.url)).text()).toBe(text);
  });

  it('is JSON with or without a byte order mark', async () => {
    const server = await listening((_, response) => response.end('\ufeff{"a":1}'));
    expect(await (await fetch(server.url)).json()).toEqual({ a: 1 });
  });

  it('that is no JSON is not quoted', async () => {
    const server = await listening((_, response) => response.end('canary-secret <html>'));
    const error = await failureOf((await fetch(server.url)).json());
    expect(error).toMatchObject({
      code: 'server_failed',
      message: `The answer of ${server.url} is no JSON.`,
    });
  });

  it('can be read by a reader, and through a web transform', async () => {
    const server = await listening((_, response) => response.end('one two'));
    const reader = (await fetch(server.url)).body.getReader();
    const first = await reader.read();
    expect(Buffer.from(first.value ?? []).toString()).toBe('one two');
    expect(await reader.read()).toEqual({ done: true, value: undefined });
    reader.releaseLock();
    const piped = (await fetch(server.url)).body.pipeThrough(
      new TextDecoderStream() as unknown as TransformStream<Uint8Array, string>,
    );
    const texts: string[] = [];
    for await (const text of piped) texts.push(text);
    expect(texts.join('')).toBe('one two');
  });

  it('that is given up closes the connection', async () => {
    let closed = 0;
    const server = await listening((_, response) => {
      response.on('close', () => (closed += 1));
      response.write('first');
    });
    const given = await fetch(server.url);
    const reader = given.body.getReader();
    await reader.read();
    const waiting = reader.read();
    await reader.cancel();
    expect(await waiting).toEqual({ done: true, value: undefined });
    for await (const _ of (await fetch(server.url)).body) break;
    await until(() => closed === 2);
  });
});

describe('an encoded body', () => {
  const text = 'hello '.repeat(1000);
  it.each([
    ['gzip', gzipSync(text)],
    ['x-gzip', gzipSync(text)],
    ['GZIP', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['br', brotliCompressSync(text)],
    ['identity', Buffer.from(text)],
  ])('in %s is decoded', async (encoding, bytes) => {
    const server = await listening((_, response) => {
      response.writeHead(200, { 'content-encoding': encoding }).end(bytes);
    });
    expect(await (await fetch(server.url)).text()).toBe(text);
  });

  it.each(['gzip, gzip', 'zstd', 'made-up'])('in %s is refused', async (encoding) => {
    const server = await listening((_, response) => {
      response.writeHead(200, { 'content-encoding': encoding }).end('x');
    });
    expect(await failureOf(fetch(server.url))).toMatchObject({ code: 'server_failed' });
  });

  it.each([
    ['no gzip at all', Buffer.from('plain')],
    ['cut off', gzipSync(randomBytes(10_000)).subarray(0, 5000)],
  ])('that is %s is one clear error', async (_, bytes) => {
    const server = await listening((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bytes);
    });
    const error = await failureOf((await fetch(server.url)).text());
    expect(error).toMatchObject({ code: 'server_failed' });
    expect(error.message).toMatch(/compressed, and broken/);
  });

  it('that is empty is empty', async () => {
    const server = await listening((message, response) => {
      const status = Number(message.url?.slice(1));
      response.writeHead(status, { 'content-encoding': 'gzip', 'content-length': '0' }).end();
    });
    for (const status of [200, 202, 204, 304]) {
      expect(await (await fetch(`${server.url}/${status}`)).text()).toBe('');
    }
    const head = await fetch(`${server.url}/200`, { method: 'HEAD' });
    expect(await head.text()).toBe('');
  });
});

describe('a body that is too large', () => {
  it.each(['text', 'json', 'chunks'])('ends with an error: %s', async (how) => {
    let closed = false;
    const server = await listening((_, response) => {
      response.on('close', () => (closed = true));
      const write = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, 'x')));
      };
      response.on('drain', write);
      write();
    });
    const response = await createFetch({ maxBodyBytes: 1_000_000 })(server.url);
    const read = async () => {
      if (how !== 'chunks') return how === 'text' ? response.text() : response.json();
      let size = 0;
      for await (const chunk of response.body) expect((size += chunk.length)).toBeLessThan(1e6 + 1);
      return size;
    };
    const error = await failureOf(read());
    expect(error.code).toBe('server_failed');
    expect(error.message).toBe(`The answer of ${server.url} is larger than 1000000 bytes.`);
    await until(() => closed);
  });

  it('counts after decoding: a gzip bomb costs no memory', async () => {
    const server = await listening((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      const bomb = createGzip();
      bomb.pipe(response);
      const block = Buffer.alloc(1024 * 1024);
      let blocks = 0;
      const write = () => {
        while (blocks < 200 && bomb.write(block)) blocks += 1;
        if (blocks < 200) bomb.once('drain', write);
        else bomb.end();
      };
      write();
    });
    const before = process.memoryUsage().rss;
    const response = await createFetch({ maxBodyBytes: 160 * 1024 * 1024 })(server.url);
    let most = 0;
    const read = async () => {
      for await (const _ of response.body) most = Math.max(most, process.memoryUsage().rss);
    };
    expect((await failureOf(read())).message).toMatch(/is larger than/);
    expect(most - before).toBeLessThan(90 * 1024 * 1024);
  });

  it('is none without a cap', async () => {
    const server = await listening((_, response) => response.end('x'.repeat(100_000)));
    const response = await createFetch({ maxBodyBytes: Infinity })(server.url);
    expect(await response.text()).toHaveLength(100_000);
  });
});

describe('an error page', () => {
  it('is read to its limit, the rest is not waited for', async () => {
    let closed = false;
    const server = await listening((_, response) => {
      response.on('close', () => (closed = true));
      response.writeHead(500).write('e'.repeat(5000));
    });
    const response = await fetch(server.url);
    expect(await response.excerpt(100)).toBe('e'.repeat(100));
    await until(() => closed);
  });

  it('that breaks off is as much as came', async () => {
    const server = await listening((_, response) => {
      response.writeHead(500, { 'content-length': '100' }).write('half');
      setImmediate(server.cut);
    });
    expect(['', 'half']).toContain(await (await fetch(server.url)).excerpt());
  });
});

describe('a connection that breaks in the middle of the body', () => {
  it.each([
    ['by a reset', (cut: () => void) => cut()],
    ['in a chunk', undefined],
  ])('%s is an error in words', async (_, how) => {
    const server = await listening((_, response) => {
      response.writeHead(200, { 'transfer-encoding': 'chunked' });
      response.write('partial', () => {
        if (how === undefined) response.socket?.end();
        else setTimeout(() => how(server.cut), 20);
      });
    });
    const response = await fetch(server.url);
    const error = await failureOf(response.text());
    expect(error).toMatchObject({ code: 'server_unreachable', exitCode: 4 });
    expect(error.message).toMatch(
      new RegExp(`^${server.url} broke off in mid-answer: the connection was \\w+ \\(\\w+\\)\\.$`),
    );
  });

  it('before anybody reads it is still an error, and no crash', async () => {
    const server = await listening((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('partial', () => setTimeout(server.cut, 10));
    });
    const response = await fetch(server.url);
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
    expect((await failureOf(response.text())).code).toBe('server_unreachable');
  });

  it('with too few bytes is an error', async () => {
    const port = await tcp((socket) => {
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfour');
    });
    const response = await fetch(`http://127.0.0.1:${port}/`);
    expect((await failureOf(response.text())).code).toBe('server_unreachable');
  });
});
