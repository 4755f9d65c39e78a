import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { CATALOGUE } from '../../src/check/catalogue.js';
import { toMarkdownList } from '../../src/render/check/list.js';
import { toCode, toTable } from './markdown.js';

/** What one audit of a real server found. The audits of test/integration/check-real.test.ts are held to it. */
export interface Verdicts {
  /** Names the run in the test. */
  id: string;
  server: string;
  /** Path of the URL that is given. */
  path: string;
  /** With a token of a second principal. */
  second: boolean;
  /** Ids, in the catalogue's order. */
  fail: readonly string[];
  warn: readonly string[];
}

/** The catalogue of docs/checks.md. */
export function checkCatalogue(): string {
  return toMarkdownList(CATALOGUE).trimEnd();
}

/** What real servers get, from test/servers/audited/verdicts.json. */
export async function realServers(root: string): Promise<string> {
  const file = path.join(root, 'test/servers/audited/verdicts.json');
  const runs = JSON.parse(await readFile(file, 'utf8')) as readonly Verdicts[];
  const rows = runs.map(({ server, path, fail, warn }) => [
    server,
    toCode(path),
    fail.join(', ') || 'none',
    warn.join(', ') || 'none',
  ]);
  return toTable(['server', 'at', 'fails', 'warnings'], rows);
}
