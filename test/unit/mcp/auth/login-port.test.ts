import http from 'node:http';
import { afterEach, expect, it } from 'vitest';
import type { LoginAnswer, LoginRequest } from '../../../../src/core/asks.js';
import { OstlerError } from '../../../../src/core/errors.js';
import { forgetSecrets } from '../../../../src/core/redact.js';
import { createLoginPort, type LoginPortOptions } from '../../../../src/mcp/auth/login-port.js';
import type { PendingLogin } from '../../../../src/mcp/ports.js';

const open: PendingLogin[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((pending) => pending.close()));
  forgetSecrets();
});

const PAGE = new URL('https://auth.example.com:8443/authorize?state=s');

/** A login whose answers are given one after the other; what was asked, opened and told is kept. */
async function begin(answers: readonly LoginAnswer[], options: Partial<LoginPortOptions> = {}) {
  const asked: LoginRequest[] = [];
  const signals: AbortSignal[] = [];
  const opened: string[] = [];
  const told: string[] = [];
  const controller = new AbortController();
  const left = [...answers];
  const port = createLoginPort({
    env: {},
    ask: async (request, signal) => {
      asked.push(request);
      signals.push(signal);
      const answer = left.shift();
      return answer ?? new Promise(() => {});
    },
    open: async (url) => void opened.push(url),
    onNotice: (text) => void told.push(text),
    ...options,
  });
  const pending = await port.begin({ server: 'docs' }, controller.signal);
  open.push(pending);
  return { pending, asked, signals, opened, told, controller };
}

function get(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    http
      .get(url, { agent: false }, (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
      })
      .on('error', reject);
  });
}

it('asks with everything a person has to know, opens the page, and takes the redirect', async () => {
  const { pending, asked, opened } = await begin([{ kind: 'open' }]);
  const query = pending.authorize(PAGE, 's');
  await get(`${pending.redirectUri}?code=c&state=s`);
  expect((await query).get('code')).toBe('c');
  expect(opened).toEqual([PAGE.href]);
  expect(asked).toEqual([
    expect.objectContaining({
      server: 'docs',
      url: PAGE.href,
      host: 'auth.example.com:8443',
      redirectUri: pending.redirectUri,
    }),
  ]);
});

it('takes the redirect while the question still stands, and ends the question', async () => {
  const { pending, signals, opened } = await begin([]);
  const query = pending.authorize(PAGE, 's');
  await get(`${pending.redirectUri}?code=c&state=s`);
  expect((await query).get('code')).toBe('c');
  expect(signals[0]?.aborted).toBe(true);
  expect(opened).toEqual([]);
});

it.each([
  ['the whole address', (uri: string) => `${uri}?code=c&state=s&iss=https%3A%2F%2Fa`],
  ['it in quotes', (uri: string) => ` "${uri}?code=c&state=s&iss=https%3A%2F%2Fa" \n`],
  ['it without a scheme', (uri: string) => `${uri.slice(7)}?code=c&state=s&iss=https%3A%2F%2Fa`],
  ['its query alone', () => '?code=c&state=s&iss=https%3A%2F%2Fa'],
  ['its parameters alone', () => 'code=c&state=s&iss=https%3A%2F%2Fa'],
  ['it with a fragment', (uri: string) => `${uri}?code=c&state=s&iss=https%3A%2F%2Fa#x`],
])('takes %s from the clipboard', async (_, text) => {
  let redirectUri = '';
  const { pending } = await begin([], {
    ask: async () => ({ kind: 'manual', redirected: text(redirectUri) }),
  });
  ({ redirectUri } = pending);
  const query = await pending.authorize(PAGE, 's');
  expect(Object.fromEntries(query)).toEqual({ code: 'c', state: 's', iss: 'https://a' });
});

it('asks again when what was pasted belongs to no login or another one', async () => {
  const manual = (redirected: string): LoginAnswer => ({ kind: 'manual', redirected });
  const { pending, asked, told } = await begin([
    manual('c'),
    manual('code=c'),
    manual('code=c&state=other'),
    manual(`code=${'c'.repeat(20_000)}&state=s`),
    manual('code=good&state=s'),
  ]);
  const query = await pending.authorize(PAGE, 's');
  expect(query.get('code')).toBe('good');
  expect(asked).toHaveLength(5);
  expect(told).toEqual(Array(4).fill('That is not the address this login ends at.'));
});

it('goes round no more than ten times', async () => {
  let asked = 0;
  const { pending } = await begin([], {
    ask: async () => {
      asked += 1;
      return { kind: 'manual', redirected: 'nonsense' };
    },
  });
  await expect(pending.authorize(PAGE, 's')).rejects.toMatchObject({ code: 'auth_required' });
  expect(asked).toBe(10);
});

it('tells that no browser came up, and asks again', async () => {
  const { pending, asked, told } = await begin(
    [{ kind: 'open' }, { kind: 'manual', redirected: 'code=c&state=s' }],
    { open: () => Promise.reject(new OstlerError('auth_required', 'No browser here.')) },
  );
  expect((await pending.authorize(PAGE, 's')).get('code')).toBe('c');
  expect(told).toEqual(['No browser here.']);
  expect(asked).toHaveLength(2);
});

it('ends when the person gives up', async () => {
  const { pending } = await begin([{ kind: 'cancel' }]);
  await expect(pending.authorize(PAGE, 's')).rejects.toMatchObject({
    code: 'auth_required',
    message: 'The login to docs was given up.',
  });
});

it('ends after its time, and its question with it', async () => {
  const { pending, signals } = await begin([], { timeoutMs: 50 });
  await expect(pending.authorize(PAGE, 's')).rejects.toMatchObject({ code: 'timeout' });
  expect(signals[0]?.aborted).toBe(true);
});

it('gives the port back when it is interrupted, even before anybody was asked', async () => {
  const { pending, controller } = await begin([]);
  const query = pending.authorize(PAGE, 's');
  controller.abort();
  await expect(query).rejects.toMatchObject({ code: 'interrupted' });
  await expect
    .poll(() => get(pending.redirectUri).catch((error: NodeJS.ErrnoException) => error.code))
    .toBe('ECONNREFUSED');
});
