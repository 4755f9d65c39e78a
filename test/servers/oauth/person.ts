import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeHome } from '../../support/ostler.js';

const BROWSER = fileURLToPath(new URL('browser.mjs', import.meta.url));

export interface Person {
  home: string;
  /** For the program: this home, and a browser first on PATH. */
  env: Record<string, string>;
  /** Command lines the browser was started with, in order. */
  opened: () => string[][];
  remove: () => void;
}

/** Somebody with a home and a browser that plays logins; `idle`: it only takes down what it is given. */
export function createPerson({ idle = false }: { idle?: boolean } = {}): Person {
  const { dir, remove } = makeHome();
  const bin = path.join(dir, 'bin');
  const log = path.join(dir, 'browser.log');
  mkdirSync(bin);
  for (const name of ['xdg-open', 'open']) {
    const file = path.join(bin, name);
    writeFileSync(file, `#!/bin/sh\nexec "${process.execPath}" "${BROWSER}" "$@"\n`);
    chmodSync(file, 0o755);
  }
  return {
    home: dir,
    env: {
      PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}`,
      HOME: dir,
      OSTLER_HOME: path.join(dir, 'state'),
      FAKE_BROWSER_LOG: log,
      ...(idle ? { FAKE_BROWSER_IDLE: '1' } : {}),
    },
    opened: () =>
      existsSync(log)
        ? readFileSync(log, 'utf8')
            .trimEnd()
            .split('\n')
            .map((line) => JSON.parse(line) as string[])
        : [],
    remove,
  };
}
