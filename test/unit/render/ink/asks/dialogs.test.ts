import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type {
  LoginAnswer,
  LoginRequest,
  SamplingAnswer,
  SamplingRequest,
  UrlRequest,
} from '../../../../../src/core/asks.js';
import { OstlerError } from '../../../../../src/core/errors.js';
import { forgetSecrets } from '../../../../../src/core/redact.js';
import type { PagePorts } from '../../../../../src/render/ink/asks/page.js';
import { rootsDialog } from '../../../../../src/render/ink/consent/roots-dialog.js';
import { urlDialog } from '../../../../../src/render/ink/elicitation/url-dialog.js';
import { loginDialog } from '../../../../../src/render/ink/login/login-dialog.js';
import { samplingDialog } from '../../../../../src/render/ink/sampling/review-dialog.js';
import { hostile } from '../hostile.js';
import { ctrl, key, openDialog, type Screen } from './open.js';
import { SAMPLING } from './sampling-fixtures.js';

afterEach(forgetSecrets);

/** What a dialog about a page did to the machine. */
function machine(fails?: Error) {
  const did: [string, string][] = [];
  const ports: PagePorts = {
    openUrl: async (url) => {
      did.push(['open', url]);
      if (fails !== undefined) throw fails;
    },
    copy: (text) => did.push(['copy', text]) > 0,
    printUrl: (url) => did.push(['print', url]),
    changed: () => {},
  };
  return { did, ports };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

const URL_ASK: UrlRequest = {
  id: 'u1',
  server: 'bank',
  mode: 'url',
  message: 'Please confirm the payment.',
  url: 'https://pay.example.com/confirm?id=42',
  host: 'pay.example.com',
};

function openUrl(request: Partial<UrlRequest> = {}, screen: Screen = {}, fails?: Error) {
  const { did, ports } = machine(fails);
  return { did, ...openDialog(urlDialog({ ...URL_ASK, ...request }, ports), screen) };
}

describe('a page', () => {
  it('shows who asks, the host on a row of its own, and the whole address; no is chosen', () => {
    const screen = openUrl();
    expect(screen.rows()).toEqual([
      'bank asks you to open a page',
      '│ Please confirm the payment.',
      'host:',
      '│ pay.example.com',
      'address:',
      '│ https://pay.example.com/confirm?id=42',
      '❯ 1. No, decline             (n / 1)',
      '  2. Open it in the browser  (o / 2)',
      '  3. I open it myself        (m / 3)',
      '  c copy the address · Esc cancel',
    ]);
    expect(screen.did).toEqual([]);
  });

  it('a long address is wrapped, never cut', () => {
    const url = `https://pay.example.com/${'a/b?c='.repeat(400)}`;
    const screen = openUrl({ url }, { maxRows: 60 });
    const shown = screen
      .rows()
      .filter((row) => row.startsWith('│ '))
      .map((row) => row.slice(2))
      .join('');
    expect(shown).toContain(url);
  });

  it.each([
    ['enter', 'decline'],
    ['n', 'decline'],
    ['1', 'decline'],
    ['escape', 'cancel'],
    ['ctrl+c', 'cancel'],
  ])('%s opens nothing', (pressed, action) => {
    const screen = openUrl();
    expect(screen.press(pressed)).toEqual({ action });
    expect(screen.did).toEqual([]);
  });

  it('is opened after a yes', async () => {
    const screen = openUrl();
    expect(screen.press('o', 'o')).toBeUndefined();
    await turn();
    expect(screen.answers).toEqual([{ action: 'accept' }]);
    expect(screen.did).toEqual([['open', URL_ASK.url]]);
  });

  it('that cannot be opened here can still be opened elsewhere', async () => {
    const screen = openUrl({}, {}, new OstlerError('auth_required', 'There is no browser.'));
    screen.press('2');
    await turn();
    expect(screen.answers).toEqual([]);
    expect(screen.text()).toContain('✗ There is no browser. Open it yourself (m), or copy it (c).');
    screen.press('c');
    expect(screen.text()).toContain('✓ The address is in the clipboard.');
    expect(screen.press('m')).toEqual({ action: 'accept' });
    expect(screen.did.slice(1)).toEqual([
      ['copy', URL_ASK.url],
      ['print', URL_ASK.url],
    ]);
  });

  it.each([
    ['http://localhost:1/x', 'localhost:1', 'not encrypted'],
    ['https://xn--pple-43d.com/', 'xn--pple-43d.com', 'in other letters'],
    ['https://xn--pple-43d.com/', 'xn--pple-43d.com', 'mixes letters'],
    ['https://good.com@evil.example/', 'evil.example', 'no part of its name'],
    ['https://xn--bcher-kva.example/', 'xn--bcher-kva.example', 'bücher.example'],
  ])('%s is warned about', (url, host, words) => {
    const text = openUrl({ url, host }).text();
    expect(text).toContain(words);
    expect(text).toContain('│ ' + host);
  });

  it('https is not', () => {
    expect(openUrl().text()).not.toMatch(/^[!⚠] /m);
  });
});

const LOGIN: LoginRequest = {
  id: 'l1',
  server: 'docs',
  url: 'https://auth.example.com/authorize?state=abc',
  host: 'auth.example.com',
  redirectUri: 'http://127.0.0.1:4711/callback',
};

function openLogin(screen: Screen = {}, fails?: Error) {
  const { did, ports } = machine(fails);
  return { did, ...openDialog<LoginAnswer>(loginDialog(LOGIN, ports), screen) };
}

describe('a login', () => {
  it('shows server, host and the whole address; no is chosen', () => {
    const screen = openLogin();
    expect(screen.rows()[0]).toBe('docs wants you to log in at auth.example.com');
    expect(screen.text()).toContain('│ https://auth.example.com/authorize?state=abc');
    expect(screen.press('enter')).toEqual({ kind: 'cancel' });
    expect(screen.did).toEqual([]);
  });

  it('in the browser: says that it waits, and Esc ends it', async () => {
    const screen = openLogin();
    screen.press('o');
    await turn();
    expect(screen.did).toEqual([['open', LOGIN.url]]);
    expect(screen.text()).toContain('Waiting for the browser to come back from auth.example.com');
    expect(screen.press('escape')).toEqual({ kind: 'cancel' });
  });

  it('elsewhere: the address is printed, and where it ended is pasted', () => {
    const screen = openLogin();
    screen.press('m');
    expect(screen.did).toEqual([['print', LOGIN.url]]);
    const redirected = `${LOGIN.redirectUri}?code=c&state=abc`;
    const paste = key('paste', { text: ` ${redirected} ` });
    expect(screen.press(paste, 'enter')).toEqual({ kind: 'manual', redirected });
  });

  it('can be waited for in the background', () => {
    expect(openLogin().press('m', 'enter')).toEqual({ kind: 'manual' });
  });

  it('goes back to the question when there is no browser', async () => {
    const screen = openLogin({}, new OstlerError('auth_required', 'There is no browser.'));
    screen.press('o');
    await turn();
    expect(screen.text()).toContain('✗ There is no browser.');
    expect(screen.press(ctrl('c'))).toEqual({ kind: 'cancel' });
  });
});

describe('folders', () => {
  const request = {
    server: 'files',
    roots: [{ uri: 'file:///home/me/work', name: 'work' }, { uri: 'file:///tmp/x' }],
  };

  it('are named, and no is chosen', () => {
    const screen = openDialog(rootsDialog(request));
    expect(screen.rows()[0]).toBe('files asks which folders it may work in');
    expect(screen.text()).toContain('│ work: file:///home/me/work');
    expect(screen.text()).toContain('│ file:///tmp/x');
    expect(screen.press('enter')).toBe(false);
  });

  it.each([
    ['y', true],
    ['2', true],
    ['n', false],
    ['escape', false],
    ['ctrl+c', false],
  ])('%s', (pressed, answer) => {
    expect(openDialog(rootsDialog(request)).press(pressed)).toBe(answer);
  });
});

describe('hostile text', () => {
  const keys = fc.array(
    fc.constantFrom('down', 'up', 'pagedown', 'right', 'e', 'm', 'c', 'enter', 'x', 'escape'),
    { maxLength: 8 },
  );
  const sizes = [fc.integer({ min: 1, max: 90 }), fc.integer({ min: 0, max: 30 })] as const;

  it('is safe and fits in every dialog, any size, any keys', () => {
    const property = fc.property(
      hostile,
      hostile,
      keys,
      ...sizes,
      fc.boolean(),
      (server, text, pressed, columns, maxRows, screenReader) => {
        const screen = { columns, maxRows, screenReader };
        const { ports } = machine();
        const url = 'https://pay.example.com/';
        const request: SamplingRequest = {
          ...SAMPLING,
          server,
          systemPrompt: text,
          stopSequences: [text],
          modelHints: [text],
          tools: [{ name: text, description: text, inputSchema: {} }],
          messages: [
            {
              role: 'user',
              content: [
                { type: 'text', text },
                { type: 'image', image: { data: new Uint8Array(3), mimeType: text } },
                { type: 'tool_use', id: text, name: text, input: { [text]: text } },
                { type: 'tool_result', toolUseId: text, text, isError: true },
              ],
            },
          ],
        };
        const answer: SamplingAnswer = {
          model: text,
          content: [{ type: 'text', text }],
          stopReason: 'maxTokens',
        };
        openDialog(
          urlDialog({ ...URL_ASK, server, message: text, url, host: text }, ports),
          screen,
        ).press(...pressed);
        openDialog(loginDialog({ ...LOGIN, server, host: text }, ports), screen).press(...pressed);
        openDialog(rootsDialog({ server, roots: [{ uri: text, name: text }] }), screen).press(
          ...pressed,
        );
        openDialog(
          samplingDialog({ stage: 'request', request, model: text, maxTokens: 1 }),
          screen,
        ).press(...pressed);
        openDialog(samplingDialog({ stage: 'answer', request, answer }), screen).press(...pressed);
      },
    );
    fc.assert(property, { numRuns: 60 });
  });
});
