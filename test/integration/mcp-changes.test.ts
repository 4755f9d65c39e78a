import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import type { Connection, ServerNotice } from '../../src/mcp/types.js';
import { startBearer } from '../servers/bearer.js';
import { open, quiet, textOf } from '../servers/connect.js';
import { local, remote } from '../servers/definitions.js';
import { startModern } from '../servers/modern.js';

const LIVE = path.join(path.dirname(fileURLToPath(import.meta.url)), '../servers/live.mjs');
const stops: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

async function kept<T extends { close: () => Promise<void> }>(starting: Promise<T>): Promise<T> {
  const fixture = await starting;
  stops.push(fixture.close);
  return fixture;
}

const live = (...args: string[]) => kept(open(local(process.execPath, [LIVE, ...args])));

/** Everything it tells by itself, and a way to wait for one of them. */
function noticesOf(connection: Connection) {
  const notices: ServerNotice[] = [];
  connection.onNotice((notice) => notices.push(notice));
  const until = async (test: (all: readonly ServerNotice[]) => boolean) =>
    expect.poll(() => test(notices), { timeout: 15_000, interval: 20 }).toBe(true);
  return { notices, until };
}

const namesOf = (tools: readonly { name: string }[]) => tools.map(({ name }) => name);

describe('a changed list of tools', () => {
  it('is read anew: once for many changes', async () => {
    const connection = await live();
    const { until, notices } = noticesOf(connection);
    const before = connection.tools;
    await connection.call('add', { names: ['one', 'two', 'three'] }, quiet);
    await until(() => namesOf(connection.tools).includes('three'));
    expect(notices.filter(({ type }) => type === 'tools')).toEqual([{ type: 'tools', before }]);
    await connection.call('remove', { name: 'two' }, quiet);
    await until(() => !namesOf(connection.tools).includes('two'));
    const { lists } = JSON.parse(textOf(await connection.call('stats', {}, quiet))) as {
      lists: number;
    };
    expect(lists).toBe(3);
  });

  it('is not missed when it changes before anybody listens', async () => {
    const connection = await live('late');
    expect(namesOf(connection.tools)).not.toContain('late');
    const { until } = noticesOf(connection);
    await until(() => namesOf(connection.tools).includes('late'));
  });

  it('is read at most once a second in a storm', async () => {
    const connection = await live();
    noticesOf(connection);
    const startedAt = Date.now();
    for (let n = 0; n < 10; n += 1) {
      await connection.call('storm', { times: 200 }, quiet);
      await new Promise((resolve) => {
        setTimeout(resolve, 150);
      });
    }
    const stats = JSON.parse(textOf(await connection.call('stats', {}, quiet))) as {
      lists: number;
    };
    expect(stats.lists).toBeGreaterThan(1);
    expect(stats.lists).toBeLessThanOrEqual(3 + Math.ceil((Date.now() - startedAt) / 1000));
  });

  for (const how of ['error', 'hang']) {
    it(`that cannot be read (${how}) leaves the old one, with a warning`, async () => {
      const warnings: string[] = [];
      const connection = await kept(
        open(local(process.execPath, [LIVE], { connectTimeoutMs: 1500 }), {
          onWarning: (message) => warnings.push(message),
        }),
      );
      const { notices } = noticesOf(connection);
      const before = connection.tools;
      await connection.call('break', { how }, quiet);
      await expect.poll(() => warnings.length, { timeout: 15_000 }).toBe(1);
      expect(warnings[0]).toContain('local: its changed tools could not be read');
      expect(connection.tools).toBe(before);
      expect(notices).toEqual([]);
    });
  }

  for (const transport of ['sse', 'http'] as const) {
    it(`is told over ${transport} as well`, async () => {
      const server = await kept(startBearer());
      const url = transport === 'sse' ? server.sseUrl : server.mcpUrl;
      const connection = await kept(open(remote(url)));
      const { until } = noticesOf(connection);
      await expect.poll(() => server.seen.some(({ method }) => method === 'GET')).toBe(true);
      const tool = server.servers.at(-1)?.registerTool('fresh', {}, () => ({ content: [] }));
      await until(() => namesOf(connection.tools).includes('fresh'));
      tool?.remove();
      await until(() => !namesOf(connection.tools).includes('fresh'));
    });
  }

  it('is asked for in the revision of 2026-07-28, over and over', async () => {
    const server = await kept(startModern());
    const connection = await kept(open(remote(server.mcpUrl)));
    const { until, notices } = noticesOf(connection);
    await expect.poll(server.listening, { timeout: 15_000 }).toBeGreaterThan(0);
    server.addTool('fresh');
    await until(() => namesOf(connection.tools).includes('fresh'));
    expect(notices.filter(({ type }) => type === 'tools').length).toBeGreaterThan(0);
    expect(textOf(await connection.call('fresh', {}, quiet))).toBe('fresh');
    server.cut();
    server.addTool('fresher');
    await until(() => namesOf(connection.tools).includes('fresher'));
  });

  it('of prompts and resources is only told', async () => {
    const connection = await live();
    const { until } = noticesOf(connection);
    await connection.call('other', {}, quiet);
    await until((all) =>
      ['prompts', 'resources'].every((type) => all.some((n) => n.type === type)),
    );
  });
});

describe('log messages', () => {
  it('are asked for once somebody listens, and told as text', async () => {
    const connection = await live();
    const level = async () =>
      (JSON.parse(textOf(await connection.call('stats', {}, quiet))) as { level: string }).level;
    expect(await level()).toBe('');
    const { until, notices } = noticesOf(connection);
    await expect.poll(level, { timeout: 15_000 }).toBe('info');
    await connection.call('log', { times: 1, data: { a: 1 } }, quiet);
    await until((all) => all.length > 0);
    expect(notices).toEqual([{ type: 'log', level: 'info', text: 'live: {"a":1}' }]);
  });

  it('are cut, and a flood is counted', async () => {
    const connection = await live();
    const { until, notices } = noticesOf(connection);
    const texts = () => notices.flatMap((notice) => (notice.type === 'log' ? [notice.text] : []));
    await connection.call('log', { times: 1, data: 'x'.repeat(100_000) }, quiet);
    await until(() => texts().length === 1);
    expect(texts()[0]?.length).toBeLessThan(8300);
    await connection.call('log', { times: 5000 }, quiet);
    const counts = () =>
      texts().flatMap((text) => {
        const count = /^… (\d+) messages left out$/.exec(text)?.[1];
        return count === undefined ? [] : [Number(count)];
      });
    const shown = () => texts().length - counts().length - 1;
    await until(() => shown() + counts().reduce((sum, count) => sum + count, 0) === 5000);
    expect(counts().length).toBeGreaterThan(0);
    expect(shown()).toBeLessThan(1000);
  });
});
