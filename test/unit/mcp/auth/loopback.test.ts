import http from 'node:http';
import { afterEach, expect, it, vi } from 'vitest';
import { forgetSecrets, redact } from '../../../../src/core/redact.js';
import { openLoopback, type Loopback } from '../../../../src/mcp/auth/loopback.js';
import { freePort, startHttp } from '../../../servers/http.js';

const open: Loopback[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((loopback) => loopback.close()));
  forgetSecrets();
});

const signal = () => new AbortController().signal;

async function begin(redirectUri?: string): Promise<Loopback> {
  const options = { server: 'docs', ...(redirectUri === undefined ? {} : { redirectUri }) };
  const loopback = await openLoopback(options, signal());
  open.push(loopback);
  return loopback;
}

interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
}

function ask(url: string, options: http.RequestOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { agent: false, ...options }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    request.on('error', reject);
    request.end();
  });
}

/** Whether it has settled by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void promise.then(() => (settled = true));
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  return settled;
}

it('resolves to the query of the redirect, iss and all, and answers with a page', async () => {
  const back = await begin();
  expect(back.redirectUri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback$/);
  const redirect = back.redirect('the-state');
  const page = await ask(`${back.redirectUri}?code=the-code&state=the-state&iss=https%3A%2F%2Fa`);
  expect(Object.fromEntries(await redirect)).toEqual({
    code: 'the-code',
    state: 'the-state',
    iss: 'https://a',
  });
  expect(page.status).toBe(200);
  expect(page.body).toContain('You can close this window');
  expect(page.body).not.toMatch(/<script|the-code|the-state/);
  expect(page.headers).toMatchObject({
    'cache-control': 'no-store',
    connection: 'close',
    'referrer-policy': 'no-referrer',
    'content-type': 'text/html; charset=utf-8',
  });
  expect(page.headers['content-security-policy']).toContain("default-src 'none'");
});

it('registers the code as a secret', async () => {
  const back = await begin();
  const redirect = back.redirect('s');
  await ask(`${back.redirectUri}?code=CANARY-code&state=s`);
  await redirect;
  expect(redact('x CANARY-code x')).toBe('x [REDACTED] x');
});

it('turns away whatever is not the redirect, and goes on waiting', async () => {
  const back = await begin();
  const redirect = back.redirect('right');
  const { origin, host } = new URL(back.redirectUri);
  const uri = back.redirectUri;
  const wrong: [string, http.RequestOptions, number][] = [
    [`${uri}?code=a&state=wrong`, {}, 400],
    [`${uri}?code=a&state=righ`, {}, 400],
    [`${uri}?code=a&state=right2`, {}, 400],
    [`${uri}?code=a`, {}, 400],
    [`${uri}?state=right`, {}, 400],
    [`${uri}?code=a&state=right&state=right`, {}, 400],
    [`${uri}?code=a&code=b&state=right`, {}, 400],
    [`${uri}?code=a&error=b&state=right`, {}, 400],
    [`${uri}?code=a&state=right`, { headers: { host: 'evil.example' } }, 400],
    [
      `${uri}?code=a&state=right`,
      { headers: { host: host.replace('127.0.0.1', 'localhost') } },
      400,
    ],
    [`${uri}?code=a&state=right`, { method: 'POST' }, 404],
    [`${uri}?code=a&state=right`, { method: 'HEAD' }, 404],
    [uri, {}, 404],
    [`${origin}/favicon.ico`, {}, 404],
    [`${origin}/?code=a&state=right`, {}, 404],
    [`${origin}/callback/?code=a&state=right`, {}, 404],
    [`${origin}//callback?code=a&state=right`, {}, 404],
  ];
  for (const [url, options, status] of wrong) {
    expect([url, options, (await ask(url, options)).status]).toEqual([url, options, status]);
  }
  expect(await isSettled(redirect)).toBe(false);
  await ask(`${uri}?code=good&state=right`);
  expect((await redirect).get('code')).toBe('good');
});

it('takes no second redirect', async () => {
  const back = await begin();
  const redirect = back.redirect('s');
  await ask(`${back.redirectUri}?code=first&state=s`);
  const second = await ask(`${back.redirectUri}?code=second&state=s`);
  expect(second.status).toBe(404);
  expect((await redirect).get('code')).toBe('first');
});

it('knows no redirect before it knows the state', async () => {
  const back = await begin();
  expect((await ask(`${back.redirectUri}?code=a&state=`)).status).toBe(404);
  expect((await ask(`${back.redirectUri}?code=a&state=undefined`)).status).toBe(404);
});

it('says nothing of an error that came from outside', async () => {
  const back = await begin();
  const redirect = back.redirect('s');
  const script = encodeURIComponent('<script>alert(1)</script>');
  const page = await ask(
    `${back.redirectUri}?error=access_denied&error_description=${script}&state=s`,
  );
  expect(page.body).toContain('Not logged in');
  expect(page.body).not.toMatch(/script|access_denied/);
  expect((await redirect).get('error')).toBe('access_denied');
});

it('listens where it is registered', async () => {
  const port = await freePort();
  const uri = `http://localhost:${port}/oauth/done`;
  const back = await begin(uri);
  expect(back.redirectUri).toBe(uri);
  const redirect = back.redirect('s');
  const host = `localhost:${port}`;
  const url = `http://127.0.0.1:${port}/oauth/done?code=a&state=s`;
  expect((await ask(url, { headers: { host: `127.0.0.1:${port}` } })).status).toBe(400);
  expect((await ask(url, { headers: { host } })).status).toBe(200);
  expect((await redirect).get('code')).toBe('a');
});

it('takes any port where none is registered', async () => {
  const back = await begin('http://127.0.0.1/done');
  expect(back.redirectUri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/done$/);
});

it.each([
  'https://127.0.0.1:1/callback',
  'http://example.com:8080/callback',
  'http://10.0.0.1:8080/callback',
  'http://u:p@127.0.0.1:1/callback',
  'http://127.0.0.1:1/callback?x=1',
  'com.example:/callback',
  'nothing',
])('listens at no address such as %s', async (uri) => {
  await expect(begin(uri)).rejects.toMatchObject({ code: 'config_invalid', server: 'docs' });
});

it('names a port that another program has', async () => {
  const other = await startHttp((_, response) => response.end());
  try {
    await expect(begin(`http://127.0.0.1:${other.port}/callback`)).rejects.toMatchObject({
      code: 'auth_required',
      message: `The browser's way back to docs, port ${other.port} of 127.0.0.1, cannot be opened: another program has it.`,
      hint: expect.stringContaining(String(other.port)) as string,
    });
  } finally {
    await other.close();
  }
});

it('waits for a port that is about to be free', async () => {
  const other = await startHttp((_, response) => response.end());
  const opening = begin(`http://127.0.0.1:${other.port}/callback`);
  await other.close();
  expect((await opening).redirectUri).toContain(String(other.port));
});

it('gives up on a taken port with its signal', async () => {
  const other = await startHttp((_, response) => response.end());
  const controller = new AbortController();
  try {
    const opening = openLoopback(
      { server: 'docs', redirectUri: `http://127.0.0.1:${other.port}/callback` },
      controller.signal,
    );
    controller.abort();
    await expect(opening).rejects.toMatchObject({ code: 'interrupted' });
  } finally {
    await other.close();
  }
});

it('gives the port back at once, whoever still holds on to it', async () => {
  const back = await begin();
  const idle = http.get(back.redirectUri, { agent: new http.Agent({ keepAlive: true }) });
  idle.on('error', () => {});
  await new Promise((resolve) => {
    idle.once('response', (response) => resolve(response.resume()));
  });
  await back.close();
  await back.close();
  await vi.waitFor(async () => {
    await expect(ask(back.redirectUri)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
