import { afterEach, describe, expect, it } from 'vitest';
import { failureOf, open, quiet, textOf } from '../servers/connect.js';
import { bearer, remote } from '../servers/definitions.js';
import { startRawSse } from '../servers/raw-mcp.js';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

async function kept<T extends { close: () => Promise<void> }>(starting: Promise<T>): Promise<T> {
  const fixture = await starting;
  stops.push(fixture.close);
  return fixture;
}

/** Endpoints that must not be used, for a server at `origin`. */
const refused = (origin: string) => [
  'http://evil.invalid/messages',
  '//evil.invalid/messages',
  String.raw`\\evil.invalid\messages`,
  'https://127.0.0.1/messages',
  origin.replace('127.0.0.1', 'localhost'),
  origin.replace('http://', 'http://user:hidden-pw@'),
  'javascript:alert(1)',
  'file:///etc/passwd',
  '',
  `/${'x'.repeat(1024 * 1024)}`,
  'http://[broken',
];

describe('the endpoint for messages', () => {
  for (let index = 0; index < refused('http://127.0.0.1:1').length; index += 1) {
    it(`is refused: ${(refused('http://127.0.0.1:1')[index] ?? '').slice(0, 60)}`, async () => {
      let url = '';
      const server = await kept(
        startRawSse((response) => {
          response.write(`event: endpoint\ndata: ${refused(url)[index]}\n\n`);
        }),
      );
      url = server.url;
      const error = await failureOf(
        open(remote(`${server.url}/sse`, { headers: bearer('secret-token') })),
      );
      expect(error).toMatchObject({ code: 'protocol_error', server: 'docs' });
      expect(error.message).not.toContain('hidden-pw');
      expect(server.seen.map(({ method }) => method)).toEqual(['GET']);
    });
  }

  for (const [name, endpoint, path] of [
    ['an absolute URL of the origin', (url: string) => `${url}/m?s=1`, '/m?s=1'],
    ['a query alone', () => '?session=2', '/sse?session=2'],
    ['a path', () => '/m?s=a%20b', '/m?s=a%20b'],
  ] as const) {
    it(`may be ${name}`, async () => {
      let url = '';
      const server = await kept(
        startRawSse((response) => {
          response.write(`event: endpoint\ndata: ${endpoint(url)}\n\n`);
        }),
      );
      url = server.url;
      const connection = await kept(open(remote(`${server.url}/sse`)));
      expect(textOf(await connection.call('echo', { a: 1 }, quiet))).toBe('{"a":1}');
      expect(
        server.seen.filter(({ method }) => method === 'POST').every((seen) => seen.path === path),
      ).toBe(true);
    });
  }

  it('may not change in the middle', async () => {
    let move = () => {};
    const server = await kept(
      startRawSse(
        (response) => {
          response.write('event: endpoint\ndata: /one\n\n');
          move = () => response.write('event: endpoint\ndata: /two\n\n');
        },
        ({ method }) => {
          if (method === 'tools/call') move();
          return method === 'tools/call';
        },
      ),
    );
    const connection = await kept(open(remote(`${server.url}/sse`)));
    const error = await failureOf(connection.call('echo', {}, quiet));
    expect(error.message).toContain('another endpoint');
    expect(server.seen.map(({ path }) => path)).not.toContain('/two');
  });
});
