import { mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ServerDefinition } from '../../src/config/types.js';
import { createEraCache, forgetEra, type EraCache } from '../../src/mcp/era-cache.js';
import { failureOf, open, quiet, textOf } from '../servers/connect.js';
import { bearer, local, remote } from '../servers/definitions.js';
import { startModern } from '../servers/modern.js';
import { EVERYTHING, startFastMcp, startMcpProxy } from '../servers/peers.js';
import { sendJson, startRawHttp, type RawAnswer } from '../servers/raw-mcp.js';
import { endKept, kept } from '../support/kept.js';

const ERAS = path.join(import.meta.dirname, '../servers/eras.mjs');
const MODERN_STDIO = path.join(import.meta.dirname, '../servers/stdio-modern.mjs');

let home = '';
let log = '';
let eras: EraCache;
beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'eras-'));
  log = path.join(home, 'log');
  eras = newCache();
});
afterEach(async () => {
  await endKept();
  await eras.settled();
  await rm(home, { recursive: true, force: true });
});

function newCache(now?: () => number): EraCache {
  return createEraCache({ OSTLER_HOME: home }, now);
}

/** Connects as a new run of the program would, closes, and tells the era and the processes that were started. */
async function visit(server: ServerDefinition, cache: EraCache = newCache()) {
  const pids: number[] = [];
  const connection = await open(server, {
    dial: { eras: cache, onProcess: ({ pid }) => pids.push(pid) },
  });
  const { era } = connection.info;
  const names = connection.tools.map(({ name }) => name);
  const said = names.includes('echo') ? textOf(await connection.call('echo', {}, quiet)) : '';
  await connection.close();
  await cache.settled();
  return { era, processes: pids.length, said };
}

/** What the server of eras.mjs was sent since the last time. */
async function heard(): Promise<string[]> {
  const lines = (await readFile(log, 'utf8')).trim().split('\n');
  await writeFile(log, '');
  return lines.filter((line) => line !== 'tools/list' && line !== 'tools/call');
}

const ours = (mode: string) => local(process.execPath, [ERAS, log, mode]);
const LEGACY = ['initialize', 'notifications/initialized'];

describe('a child process', () => {
  for (const mode of ['legacy', 'odd', 'silent']) {
    it(`of the old revisions (${mode}) is asked on its own pipe, and never again`, async () => {
      expect(await visit(ours(mode))).toEqual({ era: 'legacy', processes: 1, said: 'legacy' });
      expect(await heard()).toEqual(['start', 'server/discover', ...LEGACY]);
      expect(await visit(ours(mode))).toEqual({ era: 'legacy', processes: 1, said: 'legacy' });
      expect(await heard()).toEqual(['start', ...LEGACY]);
    });
  }

  it('that dies of the question is started once more, and never asked again', async () => {
    expect(await visit(ours('dies'))).toEqual({ era: 'legacy', processes: 2, said: 'legacy' });
    expect(await heard()).toEqual(['start', 'server/discover', 'start', ...LEGACY]);
    expect(await visit(ours('dies'))).toMatchObject({ era: 'legacy', processes: 1 });
    expect(await heard()).toEqual(['start', ...LEGACY]);
  });

  it('of the new revision is known the second time', async () => {
    expect(await visit(ours('modern'))).toEqual({ era: 'modern', processes: 1, said: 'modern' });
    expect(await heard()).toEqual(['start', 'server/discover']);
    expect(await visit(ours('modern'))).toEqual({ era: 'modern', processes: 1, said: 'modern' });
    expect(await heard()).toEqual(['start']);
  });

  it('is asked again once it is forgotten, also by those who knew it', async () => {
    const cache = newCache();
    await visit(ours('modern'), cache);
    await heard();
    await forgetEra(ours('modern'), { OSTLER_HOME: home });
    await visit(ours('modern'), cache);
    expect(await heard()).toEqual(['start', 'server/discover']);
  });

  it('that was upgraded is asked once more, and the cache corrected', async () => {
    const mode = path.join(home, 'mode');
    await writeFile(mode, 'legacy');
    await visit(ours(mode));
    await writeFile(mode, 'modern');
    await heard();
    expect(await visit(ours(mode))).toMatchObject({ era: 'modern', processes: 2 });
    expect(await heard()).toEqual(['start', 'initialize', 'start', 'server/discover']);
    expect(await visit(ours(mode))).toMatchObject({ era: 'modern', processes: 1 });
  });

  it('that was downgraded is asked once more, and the cache corrected', async () => {
    const mode = path.join(home, 'mode');
    await writeFile(mode, 'modern');
    await visit(ours(mode));
    await writeFile(mode, 'legacy');
    expect(await visit(ours(mode))).toMatchObject({ era: 'legacy', processes: 2 });
    expect(await visit(ours(mode))).toMatchObject({ era: 'legacy', processes: 1 });
  });

  it('that names the revision it wants gets it', async () => {
    const connection = await kept(open(ours('old')));
    expect(connection.info).toMatchObject({ era: 'legacy', protocolVersion: '2024-11-05' });
  });

  it('is asked again when the program has changed', async () => {
    const program = path.join(home, 'server');
    await writeFile(program, `#!/bin/sh\nexec '${process.execPath}' '${ERAS}' '${log}' legacy\n`, {
      mode: 0o700,
    });
    await visit(local(program, []));
    await visit(local(program, []));
    expect(await heard()).toEqual(['start', 'server/discover', ...LEGACY, 'start', ...LEGACY]);
    await utimes(program, new Date(1), new Date(1));
    await visit(local(program, []));
    expect(await heard()).toContain('server/discover');
  });

  it('that cannot be started is tried once', async () => {
    const error = await failureOf(visit(local(path.join(home, 'nothing'), [])));
    expect(error.message).toContain('no such command');
  });

  for (const [name, args, era] of [
    ['server-everything', [EVERYTHING, 'stdio'], 'legacy'],
    ['one that serves the new revision with the SDK', [MODERN_STDIO], 'modern'],
  ] as const) {
    it(`of real code takes the question: ${name}`, async () => {
      const server = local(process.execPath, args);
      expect(await visit(server)).toMatchObject({ era, processes: 1 });
      expect(await visit(server)).toMatchObject({ era, processes: 1 });
    });
  }
});

/** A raw server, and the methods it was asked, one visit at a time. */
async function startCounting(answer: RawAnswer = () => undefined) {
  let methods: string[] = [];
  const server = await kept(
    startRawHttp((message, response) => {
      methods.push(message.method);
      return answer(message, response);
    }),
  );
  return {
    url: `${server.url}/mcp`,
    asked: () => {
      const seen = methods;
      methods = [];
      return seen.filter((method) => !method.startsWith('tools/'));
    },
  };
}

describe('a server over HTTP', () => {
  it('of the old revisions is asked once', async () => {
    const { url, asked } = await startCounting();
    expect((await visit(remote(url))).era).toBe('legacy');
    expect(asked()).toEqual(['server/discover', ...LEGACY]);
    expect((await visit(remote(url))).era).toBe('legacy');
    expect(asked()).toEqual(LEGACY);
  });

  it('of the new revision is asked once', async () => {
    const server = await kept(startModern());
    await visit(remote(server.mcpUrl));
    const { length } = server.seen;
    expect((await visit(remote(server.mcpUrl))).era).toBe('modern');
    const second = server.seen.slice(length).map(({ headers }) => headers['mcp-method']);
    expect(second).toEqual(['tools/list']);
  });

  it('is asked again with other credentials', async () => {
    const { url, asked } = await startCounting();
    await visit(remote(url, { headers: bearer('of-alice') }));
    asked();
    await visit(remote(url, { headers: bearer('of-bob') }));
    expect(asked()).toEqual(['server/discover', ...LEGACY]);
  });

  it('that was replaced by one of the other revision is asked once more', async () => {
    let modern = await startModern();
    const { port } = modern;
    await visit(remote(modern.mcpUrl));
    await modern.close();
    const old = await startRawHttp(() => undefined, undefined, port);
    expect((await visit(remote(`${old.url}/mcp`))).era).toBe('legacy');
    await old.close();
    modern = await kept(startModern({ port }));
    expect((await visit(remote(modern.mcpUrl))).era).toBe('modern');
    const { length } = modern.seen;
    await visit(remote(modern.mcpUrl));
    expect(modern.seen.slice(length)).toHaveLength(1);
  });

  for (const status of [401, 403, 429, 500, 503]) {
    it(`that answers ${status} has told nothing`, async () => {
      let broken = true;
      const { url, asked } = await startCounting(({ method }, response) => {
        if (!broken || method !== 'server/discover') return false;
        response.writeHead(status).end();
        return true;
      });
      await visit(remote(url)).catch(() => {});
      broken = false;
      asked();
      await visit(remote(url));
      expect(asked()).toEqual(['server/discover', ...LEGACY]);
    });
  }

  it('that is away now keeps what is known of it', async () => {
    let broken = false;
    const { url, asked } = await startCounting((_, response) => {
      if (broken) response.writeHead(503).end();
      return broken;
    });
    await visit(remote(url));
    broken = true;
    await failureOf(visit(remote(url)));
    broken = false;
    asked();
    await visit(remote(url));
    expect(asked()).toEqual(LEGACY);
  });

  it('that speaks only what nobody knows says so', async () => {
    const { url } = await startCounting(({ id }, response) => {
      const data = { supported: ['2031-01-01\u001b[2J'], requested: '2026-07-28' };
      sendJson(response, { jsonrpc: '2.0', id, error: { code: -32_022, message: 'No', data } });
      return true;
    });
    const error = await failureOf(visit(remote(url)));
    expect(error.message).toContain('2031-01-01');
    expect(error.message).not.toContain('\u001b');
  });

  it('of real code is known the second time', async () => {
    const [proxy, fast] = await Promise.all([
      kept(startMcpProxy('key')),
      kept(startFastMcp('token')),
    ]);
    const dual = remote(`${proxy.url}/mcp`, { headers: [['X-API-Key', 'key']] });
    const old = remote(`${fast.url}/mcp`, { headers: bearer('token') });
    for (let run = 0; run < 2; run += 1) {
      expect((await visit(dual)).era).toBe('modern');
      expect((await visit(old)).era).toBe('legacy');
    }
  });
});

describe('the file of eras', () => {
  const file = () => path.join(home, 'cache', 'eras.json');

  it('is private and holds no secret', async () => {
    const { url } = await startCounting();
    await visit(remote(`${url}?key=secret-key`, { headers: bearer('secret-token') }));
    const { mode } = await stat(file());
    expect(mode & 0o777).toBe(0o600);
    const text = await readFile(file(), 'utf8');
    expect(text).toContain('legacy');
    expect(text).not.toMatch(/secret|127\.0\.0\.1/);
  });

  for (const text of ['', 'nonsense', '[]', '{"version":2}', '{"version":1,"entries":{"a":5}}']) {
    it(`is empty when it holds ${text === '' ? 'nothing' : text}`, async () => {
      const { url, asked } = await startCounting();
      await visit(remote(url));
      await writeFile(file(), text);
      asked();
      await visit(remote(url));
      expect(asked()).toContain('server/discover');
      await visit(remote(url));
      expect(asked()).not.toContain('server/discover');
    });
  }

  it('forgets after a week, and keeps 200', async () => {
    const { url, asked } = await startCounting();
    await visit(remote(url));
    asked();
    const week = 7 * 24 * 60 * 60 * 1000;
    await visit(
      remote(url),
      newCache(() => Date.now() + week),
    );
    expect(asked()).toContain('server/discover');
    const cache = newCache();
    for (let n = 0; n < 250; n += 1) {
      cache.remember(remote(`http://127.0.0.1:1/${n}`), { era: 'legacy' });
    }
    await cache.settled();
    const { entries } = JSON.parse(await readFile(file(), 'utf8')) as { entries: object };
    expect(Object.keys(entries)).toHaveLength(200);
  });

  it('that cannot be written is no failure', async () => {
    await writeFile(path.join(home, 'cache'), 'a file where the folder would be');
    const { url } = await startCounting();
    expect((await visit(remote(url))).era).toBe('legacy');
  });

  it('is brought up to date beside the work when it is old', async () => {
    const server = await kept(startModern());
    await visit(remote(server.mcpUrl));
    const { length } = server.seen;
    const connection = await kept(
      open(remote(server.mcpUrl), { dial: { eras: newCache(() => Date.now() + 3_600_000) } }),
    );
    expect(connection.info.era).toBe('modern');
    const methods = () => server.seen.slice(length).map(({ headers }) => headers['mcp-method']);
    await expect.poll(methods, { timeout: 10_000 }).toEqual(['tools/list', 'server/discover']);
  });
});
