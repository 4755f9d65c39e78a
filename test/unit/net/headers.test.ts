import { afterEach, describe, expect, it } from 'vitest';
import { forgetSecrets, redact, REDACTED } from '../../../src/core/redact.js';
import { createFetch } from '../../../src/net/fetch.js';
import { headerPairs, NetHeaders } from '../../../src/net/headers.js';
import { failureOf, listening, printed } from './fixtures.js';

afterEach(forgetSecrets);

const echo = () => listening((_, response) => response.end('ok'));

describe('the headers of a request', () => {
  it("are the fetch's own and the request's, whose spelling wins", async () => {
    const server = await echo();
    const fetch = createFetch({
      headers: [
        ['X-Shared', 'own'],
        ['Authorization', 'Bearer own-token'],
      ],
    });
    await fetch(server.url, { headers: { 'x-shared': 'request', Accept: 'text/plain' } });
    expect(server.seen[0]?.headers).toMatchObject({
      'x-shared': 'request',
      authorization: 'Bearer own-token',
      accept: 'text/plain',
      'accept-encoding': 'identity',
    });
  });

  it('belong to one fetch: two side by side never mix', async () => {
    const [a, b] = await Promise.all([echo(), echo()]);
    const fetchA = createFetch({ headers: [['Authorization', 'Bearer token-A']] });
    const fetchB = createFetch({ headers: [['X-API-Key', 'token-B']] });
    await Promise.all(
      Array.from({ length: 10 }, () => Promise.all([fetchA(a.url), fetchB(b.url)])),
    );
    expect(a.seen).toHaveLength(10);
    expect(JSON.stringify(a.seen)).not.toContain('token-B');
    expect(JSON.stringify(b.seen)).not.toContain('token-A');
    expect(b.seen.every(({ headers }) => headers['x-api-key'] === 'token-B')).toBe(true);
  });

  it.each([
    ['pairs', [['x-one', '1']]],
    ['a Map', new Map([['x-one', '1']])],
    ['headers of ours', new NetHeaders({ 'X-One': '1' })],
    ['an object', { 'X-One': '1', 'x-none': undefined }],
    ['a number as a value', { 'x-one': 1 }],
  ])('may be given as %s', async (_, headers) => {
    const server = await echo();
    await createFetch()(server.url, { headers });
    expect(server.seen[0]?.headers['x-one']).toBe('1');
    expect(server.seen[0]?.headers).not.toHaveProperty('x-none');
  });

  it('may have the names of the prototype', async () => {
    const server = await echo();
    await createFetch()(server.url, {
      headers: [
        ['__proto__', 'a'],
        ['constructor', 'b'],
        ['toString', 'c'],
      ],
    });
    const { headers } = server.seen[0] ?? { headers: {} };
    expect(Object.entries(headers)).toEqual(
      expect.arrayContaining([
        ['constructor', 'b'],
        ['tostring', 'c'],
      ]),
    );
    expect(new NetHeaders([['__proto__', 'a']]).toWire()).toHaveProperty(['__proto__'], 'a');
  });

  it('give the length of the body in bytes', async () => {
    const server = await echo();
    await createFetch()(server.url, { method: 'POST', body: 'grün €' });
    expect(server.seen[0]?.headers['content-length']).toBe('9');
    expect(server.seen[0]?.headers['transfer-encoding']).toBeUndefined();
  });
});

describe('a header that HTTP does not allow', () => {
  const SECRET = 'canary-secret-99';

  it.each([
    ['a newline', `Bearer ${SECRET}\nX: y`],
    ['CR LF', `Bearer ${SECRET}\r\nX-Evil: 1`],
    ['a zero byte', `${SECRET}\0`],
    ['a sign beyond Latin-1', `${SECRET}€`],
  ])('because of %s is named without its value', async (_, value) => {
    const server = await echo();
    const fetch = createFetch({ headers: [['X-Api-Key', value]] });
    const error = await failureOf(fetch(server.url));
    expect(error).toMatchObject({ code: 'config_invalid', exitCode: 6 });
    expect(error.message).toBe(
      `Header "X-Api-Key" for ${server.url} has a character that HTTP does not allow.`,
    );
    expect(printed(error)).not.toContain(SECRET);
    expect(server.seen).toEqual([]);
  });

  it('in its name is not repeated at all: it may be a value in the wrong place', async () => {
    const server = await echo();
    const fetch = createFetch({ headers: [[`Bearer ${SECRET}`, 'Authorization']] });
    const error = await failureOf(fetch(server.url));
    expect(error.code).toBe('config_invalid');
    expect(printed(error)).not.toContain(SECRET);
  });
});

describe('user name and password in the URL', () => {
  it('become Basic authentication', async () => {
    const server = await echo();
    const { url } = await createFetch()(server.url.replace('//', '//b%40b:p%3Aw%C3%A9@'));
    expect(server.seen[0]?.headers.authorization).toBe(
      `Basic ${Buffer.from('b@b:p:wé').toString('base64')}`,
    );
    expect(url).toBe(`${server.url}/`);
  });

  it('give way to an Authorization header', async () => {
    const server = await echo();
    const url = server.url.replace('//', '//bob:password@');
    await createFetch({ headers: [['Authorization', 'Bearer a']] })(url);
    await createFetch()(url, { headers: { authorization: 'Bearer b' } });
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer a',
      'Bearer b',
    ]);
  });

  it('may hold a stray percent sign', async () => {
    const server = await echo();
    await createFetch()(server.url.replace('//', '//bob:100%@'));
    expect(server.seen[0]?.headers.authorization).toBe(
      `Basic ${Buffer.from('bob:100%').toString('base64')}`,
    );
  });

  it('never show in an error, nor in anything printed later', async () => {
    const server = await echo();
    await server.close();
    const error = await failureOf(
      createFetch()(server.url.replace('//', '//bob:hunter2-password@') + '/path?key=query-secret'),
    );
    expect(error.code).toBe('server_unreachable');
    expect(printed(error)).not.toMatch(/hunter2|bob|query-secret|\/path/);
    expect(redact('it was hunter2-password')).toBe(`it was ${REDACTED}`);
  });
});

describe('what is no URL', () => {
  it.each(['', 'localhost:80', 'http://', '/path', 'http://[', 'ftp://x/', 'file:///etc/passwd'])(
    'is refused: %j',
    async (url) => {
      expect((await failureOf(createFetch()(url))).code).toBe('usage');
    },
  );

  it('is not repeated', async () => {
    const error = await failureOf(createFetch()('http://bob:hunter2@'));
    expect(printed(error)).not.toContain('hunter2');
  });
});

describe('NetHeaders', () => {
  it('finds names in any case, keeps their spelling for the wire, lists them in lower case', () => {
    const headers = new NetHeaders([['X-One', '1']]);
    headers.append('x-one', '2');
    headers.set('X-Two', '3');
    expect(headers.get('X-ONE')).toBe('1, 2');
    expect(headers.has('x-two')).toBe(true);
    expect([...headers]).toEqual([
      ['x-one', '1, 2'],
      ['x-two', '3'],
    ]);
    expect(headers.toWire()).toEqual({ 'X-One': '1, 2', 'X-Two': '3' });
    headers.delete('X-one');
    expect(headers.get('x-one')).toBeNull();
    const seen: string[] = [];
    headers.forEach((value, name) => seen.push(`${name}=${value}`));
    expect(seen).toEqual(['x-two=3']);
  });

  it('takes nothing for nothing', () => {
    for (const init of [undefined, null, {}, []]) expect(headerPairs(init)).toEqual([]);
  });
});
