import https from 'node:https';
import { generate } from 'selfsigned';
import { describe, expect, it } from 'vitest';
import { createFetch } from '../../../src/net/fetch.js';
import { failureOf, listen, listening, printed, silent, tcp } from './fixtures.js';

type Certificate = Awaited<ReturnType<typeof generate>>;
type Options = Parameters<typeof generate>[1];

function certificate(options: Options = {}): Promise<Certificate> {
  return generate([{ name: 'commonName', value: 'test' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ],
    ...options,
  });
}

async function secure({ private: key, cert }: Certificate): Promise<string> {
  const server = https.createServer({ key, cert }, (_, response) => response.end('secure'));
  return `https://127.0.0.1:${await listen(server, () => server.closeAllConnections())}`;
}

describe('a host that cannot be reached', () => {
  it('refuses', async () => {
    const server = await listening(() => {});
    await server.close();
    const error = await failureOf(createFetch()(`${server.url}/path?secret=1`));
    expect(error).toMatchObject({ code: 'server_unreachable', exitCode: 4 });
    expect(error.message).toBe(`Cannot reach ${server.url}: nothing listens there (ECONNREFUSED).`);
  });

  it('refuses on both addresses of localhost', async () => {
    const server = await listening(() => {});
    await server.close();
    const error = await failureOf(createFetch()(`http://localhost:${server.port}`));
    expect(error.message).toContain('nothing listens there (ECONNREFUSED)');
  });

  it('listens on one address of localhost only, and is found', async () => {
    const server = await listening((_, response) => response.end('v4'));
    expect(await (await createFetch()(`http://localhost:${server.port}`)).text()).toBe('v4');
  });

  it('has no name', async () => {
    const error = await failureOf(createFetch()('http://test.invalid/path'));
    expect(error.code).toBe('server_unreachable');
    expect(error.message).toMatch(
      /^Cannot reach http:\/\/test\.invalid: (there is no such host name|the host name could not be looked up) \(\w+\)\.$/,
    );
  });

  it('hangs up without a word', async () => {
    const port = await tcp((socket) => socket.resetAndDestroy());
    const error = await failureOf(createFetch()(`http://127.0.0.1:${port}`));
    expect(error.message).toMatch(/the connection was reset \(ECONNRESET\)\.$/);
  });

  it('does not speak HTTP', async () => {
    const port = await tcp((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
    const error = await failureOf(createFetch()(`http://127.0.0.1:${port}`));
    expect(error.code).toBe('server_unreachable');
    expect(error.message).toMatch(/it does not speak HTTP \(HPE_\w+\)\.$/);
  });

  it('sends headers without end', async () => {
    const port = await tcp((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const fill = () => {
        while (!socket.destroyed && socket.write(`X-A: ${'a'.repeat(1000)}\r\n`));
      };
      socket.on('drain', fill);
      fill();
    });
    const error = await failureOf(createFetch()(`http://127.0.0.1:${port}`));
    expect(error.code).toBe('server_unreachable');
    expect(error.message.length).toBeLessThan(200);
  });
});

describe('TLS', () => {
  it('with an unknown certificate is refused, and the hint says how to trust it', async () => {
    const url = await secure(await certificate());
    const error = await failureOf(createFetch({ headers: [['X-Key', 'canary-secret']] })(url));
    expect(error).toMatchObject({ code: 'tls_error', exitCode: 4 });
    expect(error.message).toBe(
      `No secure connection to ${url}: its certificate is self-signed (DEPTH_ZERO_SELF_SIGNED_CERT).`,
    );
    expect(error.hint).toContain('--ca FILE');
    expect(printed(error)).not.toContain('canary-secret');
  });

  it('with its authority given works', async () => {
    const own = await certificate();
    const url = await secure(own);
    const response = await createFetch({ ca: own.cert })(url);
    expect(await response.text()).toBe('secure');
  });

  it('with another authority given does not', async () => {
    const [own, other] = await Promise.all([certificate(), certificate()]);
    const url = await secure(own);
    expect((await failureOf(createFetch({ ca: other.cert })(url))).code).toBe('tls_error');
  });

  it('works unchecked when that is asked for', async () => {
    const url = await secure(await certificate());
    expect(await (await createFetch({ insecure: true })(url)).text()).toBe('secure');
    // Not a leak into other fetches of the process.
    expect((await failureOf(createFetch()(url))).code).toBe('tls_error');
  });

  it('for another host name is refused, and the hint is about the name', async () => {
    const own = await certificate({
      extensions: [
        { name: 'basicConstraints', cA: true },
        { name: 'subjectAltName', altNames: [{ type: 2, value: 'example.org' }] },
      ],
    });
    const error = await failureOf(createFetch({ ca: own.cert })(await secure(own)));
    expect(error.message).toContain('for another host name (ERR_TLS_CERT_ALTNAME_INVALID)');
    expect(error.hint).not.toContain('--ca');
  });

  it.each([
    ['expired', { notBeforeDate: new Date('2020-01-01'), notAfterDate: new Date('2021-01-01') }],
    [
      'not valid yet',
      { notBeforeDate: new Date('2090-01-01'), notAfterDate: new Date('2091-01-01') },
    ],
  ])('that is %s is refused with that reason', async (what, dates) => {
    const own = await certificate(dates);
    const error = await failureOf(createFetch({ ca: own.cert })(await secure(own)));
    expect(error.code).toBe('tls_error');
    expect(error.message).toContain(what);
    expect(error.hint).not.toContain('--ca');
  });

  it('on a port without it is told apart', async () => {
    const server = await listening((_, response) => response.end());
    const url = server.url.replace('http:', 'https:');
    const error = await failureOf(createFetch()(url));
    expect(error.code).toBe('tls_error');
    expect(error.message).toContain('it does not speak TLS on this port');
    expect(error.hint).toContain('http://');
    expect(server.seen).toEqual([]);
  });

  it('that fails for another reason is not called no TLS', async () => {
    const own = await certificate();
    const server = https.createServer({ key: own.private, cert: own.cert, maxVersion: 'TLSv1.1' });
    const url = `https://127.0.0.1:${await listen(server)}`;
    const error = await failureOf(createFetch()(url));
    expect(error.code).toBe('tls_error');
    expect(error.message).toContain('the TLS handshake failed');
  });

  it('asked for in plain text is refused by the server, in words', async () => {
    const url = (await secure(await certificate())).replace('https:', 'http:');
    expect((await failureOf(createFetch()(url))).code).toBe('server_unreachable');
  });

  it('is not fallen back from', async () => {
    const url = (await silent()).replace('http:', 'https:');
    const error = await failureOf(createFetch({ connectTimeoutMs: 100 })(url));
    expect(error.code).toBe('timeout');
  });
});
