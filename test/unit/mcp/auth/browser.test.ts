import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { openBrowser } from '../../../../src/mcp/auth/browser.js';
import { makeHome } from '../../../support/ostler.js';

let home: ReturnType<typeof makeHome>;
beforeEach(() => {
  home = makeHome();
});
afterEach(() => home.remove());

/** A program that writes its arguments down, a NUL behind each. */
function program(name: string, ending = ''): string {
  const file = path.join(home.dir, name);
  const log = path.join(home.dir, 'argv');
  writeFileSync(
    file,
    `#!/bin/sh\nprintf '%s\\0' "$@" > "${log}.part"\nmv "${log}.part" "${log}"\n${ending}\n`,
  );
  chmodSync(file, 0o755);
  return file;
}
const argv = () => readFileSync(path.join(home.dir, 'argv'), 'utf8').split('\0').slice(0, -1);
const signal = () => new AbortController().signal;
const env = (BROWSER: string) => ({ ...process.env, BROWSER });

it('gives a browser the address as its only word', async () => {
  const url = 'https://x.example/$(touch%20a)?b=1&calc;id%22';
  await openBrowser(url, { env: env(program('browser')), signal: signal() });
  await vi.waitFor(() => expect(argv()).toEqual([url]));
});

it('calls no shell for what the variable holds', async () => {
  const made = path.join(home.dir, 'made');
  const list = `${path.join(home.dir, 'nothing')};touch ${made}`;
  // It is no program, so the system's own way is taken, which may or may not find a browser here.
  await openBrowser('https://x.example/', {
    env: env(list),
    signal: signal(),
    patienceMs: 1,
  }).catch(() => {});
  expect(existsSync(made)).toBe(false);
});

it('tells when there is no such program', async () => {
  const missing = path.join(home.dir, 'missing');
  await expect(
    openBrowser('https://x.example/', { env: env(missing), signal: signal() }),
  ).rejects.toMatchObject({
    code: 'auth_required',
    message: `A browser could not be opened: there is no ${missing}.`,
    hint: 'Open the address above yourself, here or on another device.',
  });
});

it('tells when the program fails at once', async () => {
  const failing = program('browser', 'exit 3');
  await expect(
    openBrowser('https://x.example/', { env: env(failing), signal: signal(), patienceMs: 20_000 }),
  ).rejects.toMatchObject({ message: expect.stringContaining('ended with 3') as string });
});

it('takes a program that goes on for a browser', async () => {
  const lasting = program('browser', 'exec sleep 2');
  await openBrowser('https://x.example/', { env: env(lasting), signal: signal(), patienceMs: 100 });
});

it('opens nothing for BROWSER=none', async () => {
  await expect(
    openBrowser('https://x.example/', { env: env('none'), signal: signal() }),
  ).rejects.toMatchObject({ code: 'auth_required' });
});

it('ends with its signal', async () => {
  const controller = new AbortController();
  const lasting = program('browser', 'exec sleep 2');
  const opening = openBrowser('https://x.example/', {
    env: env(lasting),
    signal: controller.signal,
    patienceMs: 60_000,
  });
  controller.abort();
  await expect(opening).rejects.toMatchObject({ code: 'interrupted' });
});
