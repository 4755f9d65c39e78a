import type { RequestListener } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createFetch } from '../../../src/net/fetch.js';
import { failureOf, listening, printed } from './fixtures.js';

const SECRET = 'canary-secret-99';
const HEADERS = [
  ['Authorization', `Bearer ${SECRET}`],
  ['X-API-Key', SECRET],
  ['Cookie', `sid=${SECRET}`],
] as const;
const STATUSES = [301, 302, 303, 307, 308];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
const WITH_BODY = new Set(['POST', 'PUT', 'PATCH']);

const fetch = createFetch({ headers: HEADERS });
const request = (method: string) => ({
  method,
  ...(WITH_BODY.has(method) ? { body: '{"secret":true}' } : {}),
});

function redirectingTo(location: string, status = 307): RequestListener {
  return (message, response) => {
    message.resume();
    response.writeHead(status, { location }).end();
  };
}

describe('to another origin', () => {
  for (const status of STATUSES) {
    for (const method of METHODS) {
      it(`a ${status} of ${method} is refused, and the other gets nothing`, async () => {
        const other = await listening((_, response) => response.end('stolen'));
        const server = await listening(
          redirectingTo(`http://user:pw@127.0.0.1:${other.port}/path?token=abc`, status),
        );
        const error = await failureOf(fetch(`${server.url}/start?key=1`, request(method)));
        expect(error).toMatchObject({ code: 'cross_origin_redirect', exitCode: 3, status });
        expect(error.message).toContain(`to http://127.0.0.1:${other.port} (`);
        expect(printed(error)).not.toMatch(/canary|token=abc|\/path|key=1|user:pw/);
        expect(other.seen).toEqual([]);
      });
    }
  }

  it.each([
    ['another host name', 'http://localhost:PORT/'],
    ['a subdomain', 'http://a.localhost:PORT/'],
    ['another scheme on the same port', 'https://127.0.0.1:PORT/'],
    ['a URL without a scheme', '//localhost:PORT/'],
    ['backslashes', '\\\\localhost:PORT\\'],
    ['another address of this machine', 'http://127.0.0.2:PORT/'],
    ['the default port', 'http://127.0.0.1/'],
    ['a file', 'file:///etc/passwd'],
    ['a script', 'javascript:alert(1)'],
    ['data', 'data:text/plain,hello'],
  ])('is what %s is: %s', async (_, location) => {
    const server = await listening((message, response) => {
      const target = location.replace('PORT', String(server.port));
      redirectingTo(target)(message, response);
    });
    const error = await failureOf(fetch(server.url));
    expect(error.code).toBe('cross_origin_redirect');
    expect(server.seen).toHaveLength(1);
  });

  it('is noticed on any hop', async () => {
    const other = await listening((_, response) => response.end());
    const server = await listening((message, response) => {
      redirectingTo(message.url === '/two' ? `${other.url}/three` : '/two')(message, response);
    });
    const error = await failureOf(fetch(`${server.url}/one`));
    expect(error.code).toBe('cross_origin_redirect');
    expect(server.seen.map(({ path }) => path)).toEqual(['/one', '/two']);
    expect(other.seen).toEqual([]);
  });
});

describe('within the origin', () => {
  for (const status of STATUSES) {
    for (const method of METHODS) {
      const refused = method === 'POST' && (status === 301 || status === 302);
      it(`a ${status} of ${method} is ${refused ? 'refused' : 'followed'}`, async () => {
        const bodies: string[] = [];
        const server = await listening((message, response) => {
          let body = '';
          message.on('data', (chunk: Buffer) => (body += chunk.toString()));
          message.on('end', () => {
            bodies.push(body);
            if (message.url === '/end') response.end('done');
            else response.writeHead(status, { location: '/end' }).end();
          });
        });
        const answer = fetch(`${server.url}/start`, request(method));
        if (refused) {
          const error = await failureOf(answer);
          expect(error).toMatchObject({ code: 'server_failed', status });
          expect(error.hint).toContain(`${server.url}/end`);
          return expect(server.seen).toHaveLength(1);
        }
        const response = await answer;
        const last = method === 'HEAD' ? 'HEAD' : status === 303 ? 'GET' : method;
        expect(await response.text()).toBe(method === 'HEAD' ? '' : 'done');
        expect(response.url).toBe(`${server.url}/end`);
        expect(server.seen.map((seen) => seen.method)).toEqual([method, last]);
        expect(server.seen[1]?.headers).toMatchObject({
          authorization: `Bearer ${SECRET}`,
          'x-api-key': SECRET,
        });
        expect(bodies[1]).toBe(WITH_BODY.has(last) ? '{"secret":true}' : '');
        return undefined;
      });
    }
  }

  it('a 303 drops what described the body', async () => {
    const server = await listening((message, response) => {
      message.resume();
      if (message.url === '/end') response.end('done');
      else response.writeHead(303, { location: '/end' }).end();
    });
    const headers = { 'Content-Type': 'application/json', 'content-length': '2', 'X-Own': '1' };
    const response = await fetch(server.url, { method: 'POST', body: '{}', headers });
    expect(await response.text()).toBe('done');
    expect(server.seen[1]?.headers).toMatchObject({ 'x-own': '1' });
    expect(server.seen[1]?.headers).not.toHaveProperty('content-type');
    expect(server.seen[1]?.headers).not.toHaveProperty('content-length');
  });

  it('five are followed, a sixth is not', async () => {
    const server = await listening((message, response) => {
      const at = Number(message.url?.slice(1));
      if (at === 0) response.end('home');
      else redirectingTo(`/${at - 1}`)(message, response);
    });
    expect(await (await fetch(`${server.url}/5`)).text()).toBe('home');
    const error = await failureOf(fetch(`${server.url}/6`));
    expect(error).toMatchObject({ code: 'server_failed', status: 307 });
    expect(error.message).toMatch(/more than 5 times/);
  });

  it('a loop ends', async () => {
    const server = await listening(redirectingTo('/'));
    expect((await failureOf(fetch(server.url))).code).toBe('server_failed');
    expect(server.seen).toHaveLength(6);
  });

  it('the user name and password of the URL go along, and are not shown', async () => {
    const server = await listening((message, response) => {
      if (message.url === '/end') response.end('done');
      else redirectingTo(message.url === '/' ? '/two' : `${server.url}/end`)(message, response);
    });
    const own = createFetch();
    const response = await own(server.url.replace('//', '//bob:pass%20word@'));
    expect(await response.text()).toBe('done');
    expect(response.url).toBe(`${server.url}/end`);
    const basic = `Basic ${Buffer.from('bob:pass word').toString('base64')}`;
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual([basic, basic, basic]);
  });

  it('a target with credentials of its own is refused', async () => {
    const server = await listening((message, response) => {
      redirectingTo(server.url.replace('//', '//eve:x@'))(message, response);
    });
    const error = await failureOf(fetch(server.url));
    expect(error.code).toBe('cross_origin_redirect');
    expect(printed(error)).not.toContain('eve');
  });
});

describe('the caller decides', () => {
  it('manual: gets the 3xx itself', async () => {
    const server = await listening(redirectingTo('https://elsewhere.invalid/'));
    const response = await fetch(server.url, { redirect: 'manual' });
    expect(response.status).toBe(307);
    expect(response.ok).toBe(false);
    expect(response.headers.get('Location')).toBe('https://elsewhere.invalid/');
  });

  it('error: none is followed', async () => {
    const server = await listening(redirectingTo('/next'));
    expect((await failureOf(fetch(server.url, { redirect: 'error' }))).code).toBe('server_failed');
    expect(server.seen).toHaveLength(1);
  });

  it('a 3xx that leads nowhere is an ordinary response', async () => {
    const server = await listening((message, response) => {
      if (message.url === '/bad') response.writeHead(302, { location: 'http://[' });
      else response.writeHead(message.url === '/300' ? 300 : 302);
      response.end('here');
    });
    for (const path of ['/bad', '/300', '/none']) {
      expect(await (await fetch(server.url + path)).text()).toBe('here');
    }
  });
});
