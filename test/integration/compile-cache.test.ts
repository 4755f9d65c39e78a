import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeHome, runOstler } from '../support/ostler.js';

let home: ReturnType<typeof makeHome>;
beforeEach(() => {
  home = makeHome();
});
afterEach(() => home.remove());

const folder = () => path.join(home.dir, 'state/cache');
const run = (more: Record<string, string> = {}) =>
  runOstler(['config', 'schema'], {
    env: { OSTLER_HOME: path.join(home.dir, 'state'), NODE_DISABLE_COMPILE_CACHE: '', ...more },
  });
/** Every file below the folder. */
const files = () =>
  readdirSync(folder(), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.join(parentPath, name));

it('keeps compiled code for its user alone, and uses it', async () => {
  const first = await run();
  expect([first.code, first.stderr]).toEqual([0, '']);
  expect(files().length).toBeGreaterThan(0);
  expect(statSync(folder()).mode & 0o777).toBe(0o700);
  const before = files().map((file) => [file, readFileSync(file).length]);
  const second = await run();
  expect([second.code, second.stdout]).toEqual([0, first.stdout]);
  expect(files().map((file) => [file, readFileSync(file).length])).toEqual(before);
});

it('does without when the cache is broken, or the home cannot be written', async () => {
  const { stdout } = await run();
  for (const file of files()) truncateSync(file, 100);
  expect(await run()).toMatchObject({ code: 0, stdout });
  for (const file of files()) writeFileSync(file, 'not compiled code');
  expect(await run()).toMatchObject({ code: 0, stdout });
  expect(await run({ OSTLER_HOME: '/dev/null/nowhere' })).toMatchObject({ code: 0, stdout });
});
