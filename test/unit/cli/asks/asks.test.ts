import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it, vi } from 'vitest';
import type { SamplingRequest, UrlRequest } from '../../../../src/core/asks.js';
import { createTerminalAsks } from '../../../../src/cli/asks/terminal-asks.js';
import { makeHome } from '../../../support/ostler.js';
import { openDesk } from './desk.js';

const signal = () => new AbortController().signal;

const PAGE: UrlRequest = {
  id: '1',
  server: 'docs',
  mode: 'url',
  message: 'Pay here',
  url: `https://pay.example.com/x?token=${'y'.repeat(150)}`,
  host: 'pay.example.com',
};
const LOGIN = {
  id: '1',
  server: 'docs',
  url: 'https://auth.example.com/authorize?state=s',
  host: 'auth.example.com',
  redirectUri: 'http://127.0.0.1:1234/callback',
};

it('drops what was typed before a question stood there', async () => {
  const desk = openDesk();
  desk.write('\r\ry\n');
  const answer = desk.asks.roots(
    { id: '1', server: 'docs', roots: [{ uri: 'file:///work', name: 'work' }] },
    signal(),
  );
  await desk.waitFor('file:///work (work)');
  await desk.waitFor('Tell docs of them?');
  await new Promise((resolve) => {
    setTimeout(resolve, 100);
  });
  // Nothing has answered it: the choice still stands open.
  expect(desk.text()).toContain('● No');
  desk.press('down', 'enter');
  expect(await answer).toBe(true);
});

it('takes Ctrl+C for a cancel even before the question stands there', async () => {
  const desk = openDesk();
  desk.write('\u0003');
  expect(await desk.asks.elicit(PAGE, signal())).toEqual({ action: 'cancel' });
});

it('tells no folder unless it is told to', async () => {
  const desk = openDesk();
  const roots = [{ uri: 'file:///work' }];
  const answer = desk.asks.roots({ id: '1', server: 'docs', roots }, signal());
  await desk.when('Tell docs of them?', 'enter');
  expect(await answer).toBe(false);
});

it('shows the whole address, its host alone, and opens it on a yes', async () => {
  const home = makeHome();
  try {
    const browser = path.join(home.dir, 'browser');
    const log = path.join(home.dir, 'log');
    writeFileSync(browser, `#!/bin/sh\nprintf '%s\\n' "$@" > "${log}"\n`);
    chmodSync(browser, 0o755);
    const desk = openDesk({ env: { BROWSER: browser } });
    const answer = desk.asks.elicit(PAGE, signal());
    await desk.waitFor('Host: pay.example.com');
    await desk.waitFor('Open this page of pay.example.com?');
    expect(desk.text().replaceAll('\n', '')).toContain(PAGE.url);
    desk.press('down', 'enter');
    expect(await answer).toEqual({ action: 'accept' });
    await vi.waitFor(() => expect(readFileSync(log, 'utf8')).toBe(`${PAGE.url}\n`));
  } finally {
    home.remove();
  }
});

it.each([
  [['enter'], { action: 'decline' }],
  [['down', 'down', 'enter'], { action: 'accept' }],
  [['down', 'down', 'down', 'enter'], { action: 'cancel' }],
  [['escape'], { action: 'cancel' }],
])('opens no page by itself: %j', async (keys, expected) => {
  const desk = openDesk({ env: { BROWSER: '/nowhere/browser' } });
  const answer = desk.asks.elicit(PAGE, signal());
  await desk.when('Open this page of pay.example.com?', ...keys);
  expect(await answer).toEqual(expected);
  expect(desk.text()).not.toContain('could not be opened');
});

it('says that a browser could not be opened, and leaves it to the person', async () => {
  const desk = openDesk({ env: { BROWSER: '/nowhere/browser' } });
  const answer = desk.asks.elicit(PAGE, signal());
  await desk.when('Open this page of pay.example.com?', 'down', 'enter');
  await desk.waitFor('A browser could not be opened');
  expect(await answer).toEqual({ action: 'accept' });
});

it('warns of names in other letters', async () => {
  const desk = openDesk();
  const url = 'https://xn--80ak6aa92e.com/login';
  const answer = desk.asks.login({ ...LOGIN, url, host: 'xn--80ak6aa92e.com' }, signal());
  await desk.waitFor('Host: xn--80ak6aa92e.com');
  await desk.waitFor('other letters');
  await desk.when('Log in at xn--80ak6aa92e.com?', 'escape');
  expect(await answer).toEqual({ kind: 'cancel' });
});

it('leaves a login to the browser of this machine or of another one', async () => {
  const desk = openDesk();
  const here = desk.asks.login(LOGIN, signal());
  await desk.when('Log in at auth.example.com?', 'enter');
  expect(await here).toEqual({ kind: 'open' });
  const elsewhere = desk.asks.login(LOGIN, signal());
  await desk.when('Log in at auth.example.com?', 'down', 'enter');
  await desk.waitFor('http://127.0.0.1:1234/callback');
  await desk.type('The address you end at', 'http://127.0.0.1:1234/callback?code=c&state=s');
  expect(await elsewhere).toEqual({
    kind: 'manual',
    redirected: 'http://127.0.0.1:1234/callback?code=c&state=s',
  });
});

it('offers no browser where none is wanted', async () => {
  const desk = openDesk();
  const asks = createTerminalAsks(desk.io, { loginElsewhere: true });
  const answer = asks.login(LOGIN, signal());
  await desk.waitFor(LOGIN.url);
  await desk.type('The address you end at', 'code=c&state=s');
  expect(await answer).toEqual({ kind: 'manual', redirected: 'code=c&state=s' });
  expect(desk.text()).not.toContain('Open it in the browser');
});

const SAMPLING: SamplingRequest = {
  id: '1',
  server: 'docs',
  systemPrompt: 'Be short.',
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello \u001b[2J there' }] }],
  maxTokens: 77,
  modelHints: [],
  tools: [],
  toolChoice: 'auto',
};
const REQUEST = { stage: 'request', request: SAMPLING, model: 'llama', maxTokens: 77 } as const;
const ANSWER = {
  stage: 'answer',
  request: SAMPLING,
  answer: { model: 'llama', content: [{ type: 'text', text: 'Hi' }], stopReason: 'endTurn' },
} as const;

it.each([
  [['enter'], { kind: 'deny' }],
  [['down', 'enter'], { kind: 'once' }],
  [['down', 'down', 'enter'], { kind: 'session' }],
  [['ctrl+c'], { kind: 'deny' }],
])('lets a model answer after a look: %j', async (keys, expected) => {
  const desk = openDesk();
  const verdict = desk.asks.review(REQUEST, signal());
  await desk.waitFor('system: Be short.');
  await desk.waitFor(String.raw`user: Hello \x1b[2J there`);
  await desk.waitFor('At most 77 tokens.');
  await desk.when('Let llama answer docs?', ...keys);
  expect(await verdict).toEqual(expected);
});

it('sends other words in the place of an answer', async () => {
  const desk = openDesk();
  const verdict = desk.asks.review(ANSWER, signal());
  await desk.when('Send this answer to docs?', 'down', 'down', 'down', 'enter');
  await desk.type('The words that are sent in its place', ' there');
  expect(await verdict).toEqual({ kind: 'once', text: 'Hi there' });
});

it('shows a long request piece by piece, and none of it is decided before', async () => {
  const desk = openDesk({ rows: 300 });
  const text = `${'a'.repeat(5000)}THE END`;
  const request = { ...SAMPLING, messages: [{ role: 'user', content: [{ type: 'text', text }] }] };
  const verdict = desk.asks.review({ ...REQUEST, request } as typeof REQUEST, signal());
  await desk.when('more characters.', 'enter');
  await desk.waitFor('THE END');
  await desk.when('Let llama answer docs?', 'down', 'enter');
  expect(await verdict).toEqual({ kind: 'once' });
});

it('asks one question at a time', async () => {
  const desk = openDesk();
  const roots = [{ uri: 'file:///work' }];
  const first = desk.asks.roots({ id: '1', server: 'one', roots }, signal());
  const second = desk.asks.roots({ id: '2', server: 'two', roots }, signal());
  await desk.waitFor('Tell one of them?');
  expect(desk.text()).not.toContain('two wants');
  desk.press('enter');
  await desk.when('Tell two of them?', 'down', 'enter');
  expect(await Promise.all([first, second])).toEqual([false, true]);
});

it('goes away with what it belongs to, and gives the terminal back', async () => {
  const desk = openDesk();
  const controller = new AbortController();
  const answer = desk.asks.elicit(PAGE, controller.signal);
  await desk.waitFor('Open this page of pay.example.com?');
  expect(desk.isRaw()).toBe(true);
  controller.abort();
  await expect(answer).rejects.toMatchObject({ code: 'interrupted' });
  expect(desk.isRaw()).toBe(false);
  const next = desk.asks.elicit(PAGE, signal());
  await desk.when('Open this page of pay.example.com?', 'enter');
  expect(await next).toEqual({ action: 'decline' });
});

it('is not touched by a signal that fires when it was answered long ago', async () => {
  const desk = openDesk();
  const controller = new AbortController();
  const first = desk.asks.elicit(PAGE, controller.signal);
  await desk.when('Open this page of pay.example.com?', 'enter');
  await first;
  const second = desk.asks.elicit(PAGE, signal());
  await desk.waitFor('Open this page of pay.example.com?');
  const before = desk.bytes();
  controller.abort();
  expect(desk.isRaw()).toBe(true);
  expect(desk.bytes()).toBe(before);
  desk.press('enter');
  expect(await second).toEqual({ action: 'decline' });
});
