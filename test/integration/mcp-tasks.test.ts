import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ServerDefinition } from '../../src/config/types.js';
import { OstlerError } from '../../src/core/errors.js';
import type { Progress } from '../../src/mcp/types.js';
import { failureOf, open, quiet, textOf } from '../servers/connect.js';
import { local, remote } from '../servers/definitions.js';
import { EVERYTHING, startEverything, type PeerFixture } from '../servers/peers.js';
import { connectionOf, startPool } from '../servers/pool.js';
import { endKept, kept } from '../support/kept.js';
import { answering } from '../support/ports.js';

/** Tools that are called as tasks (2025-11-25/basic/utilities/tasks). */
const TASKS = path.join(import.meta.dirname, '../servers/tasks.mjs');
const RESEARCH = 'simulate-research-query';
let sse: PeerFixture;
let http: PeerFixture;
let directory: string;

beforeAll(async () => {
  [sse, http] = await Promise.all([startEverything('sse'), startEverything('streamableHttp')]);
}, 60_000);
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'ostler-tasks-'));
});
afterEach(async () => {
  await endKept();
  await rm(directory, { recursive: true });
});
afterAll(async () => {
  await Promise.all([sse?.close(), http?.close()]);
});

describe('server-everything', () => {
  const definitions: Record<string, () => ServerDefinition> = {
    stdio: () => local(process.execPath, [EVERYTHING, 'stdio']),
    sse: () => remote(`${sse.url}/sse`),
    http: () => remote(`${http.url}/mcp`),
  };
  it.each(Object.entries(definitions))(
    'researches over %s, and asks meanwhile',
    async (_, of) => {
      const ports = answering({
        elicit: () => Promise.resolve({ action: 'accept', content: { interpretation: 'snake' } }),
      });
      const connection = await kept(open(of(), { dial: { ports } }));
      const told: (string | undefined)[] = [];
      const result = await connection.call(
        RESEARCH,
        { topic: 'python', ambiguous: true },
        { ...quiet, onProgress: ({ message }: Progress) => told.push(message) },
      );
      expect(result.isError).toBe(false);
      expect(textOf(result)).toContain('Research Report: python (snake)');
      expect(ports.elicited).toHaveLength(1);
      expect(told).toContain('Gathering sources...');
    },
    30_000,
  );
});

/** The server of tasks.mjs, and what it has been sent. */
function server(overrides: Partial<ServerDefinition> = {}): ServerDefinition {
  return { ...local(process.execPath, [TASKS, directory]), ...overrides } as ServerDefinition;
}
async function sent(): Promise<string[]> {
  const log = await readFile(path.join(directory, 'log'), 'utf8').catch(() => '');
  return log.split('\n').filter((line) => line.startsWith('tools/call') || line.includes('tasks/'));
}

describe('a tool', () => {
  it('is called as a task only when it must be', async () => {
    const connection = await kept(open(server()));
    expect(textOf(await connection.call('may', {}, quiet))).toBe('plain');
    expect(textOf(await connection.call('never', {}, quiet))).toBe('plain');
    expect(await sent()).toEqual(['tools/call null', 'tools/call null']);
    const told: Progress[] = [];
    const args = { id: 'a', behaviour: 'done' };
    const onProgress = (progress: Progress) => told.push(progress);
    const result = await connection.call('must', args, { ...quiet, onProgress });
    expect(result).toEqual({
      isError: false,
      content: [{ type: 'text', text: 'result of task-a' }],
      structured: { taskId: 'task-a' },
    });
    expect(told).toEqual([
      { progress: 1, message: 'look 0' },
      { progress: 2, message: 'look 1' },
      { progress: 3, message: 'over' },
    ]);
    expect((await sent()).slice(2)).toEqual([
      'tools/call {"ttl":1200000}',
      'tasks/get "task-a"',
      'tasks/get "task-a"',
      'tasks/result "task-a"',
    ]);
  });

  it.each([
    ['fails', 'The task was failed: over'],
    ['cancelled', 'The task was cancelled: over'],
  ])('whose task %s tells the model', async (behaviour, text) => {
    const connection = await kept(open(server()));
    const result = await connection.call('must', { id: 'b', behaviour }, quiet);
    expect(result).toEqual({ isError: true, content: [{ type: 'text', text }] });
  });
});

describe('a task nobody waits for any more', () => {
  it('is cancelled when the call is', async () => {
    const connection = await kept(open(server()));
    const abort = new AbortController();
    const call = connection.call('must', { id: 'c', behaviour: 'runs' }, { signal: abort.signal });
    const failure = failureOf(call);
    await expect.poll(sent, { timeout: 10_000 }).toContain('tasks/get "task-c"');
    abort.abort(new OstlerError('interrupted', 'enough'));
    expect((await failure).message).toBe('enough');
    await expect.poll(sent).toContain('tasks/cancel "task-c"');
  });

  it('is cancelled when its time is over', async () => {
    const connection = await kept(open(server({ callTimeoutMs: 20 })));
    const error = await failureOf(connection.call('must', { id: 'd', behaviour: 'runs' }, quiet));
    expect(error).toMatchObject({ code: 'timeout', server: 'local' });
    await expect.poll(sent).toContain('tasks/cancel "task-d"');
  });

  it('is cancelled when the connection is closed', async () => {
    const connection = await kept(open(server()));
    const failure = failureOf(connection.call('must', { id: 'e', behaviour: 'runs' }, quiet));
    await expect.poll(sent, { timeout: 10_000 }).toContain('tasks/get "task-e"');
    await connection.close();
    await failure;
    await expect.poll(sent).toContain('tasks/cancel "task-e"');
  });
});

describe('a connection that is lost in the middle of a task', () => {
  it('names the task, where there is no other', async () => {
    const connection = await kept(open(server()));
    const failure = failureOf(connection.call('must', { id: 'f', behaviour: 'runs' }, quiet));
    await expect.poll(sent, { timeout: 10_000 }).toContain('tasks/get "task-f"');
    connection.call('die', {}, quiet).catch(() => {});
    expect(await failure).toMatchObject({
      code: 'server_failed',
      message: 'local: connection lost while waiting for must; its task task-f may still run.',
    });
  });

  it('is made again, and the task goes on', async () => {
    const fixture = await kept(startPool());
    await fixture.pool.add(server(), quiet.signal);
    const args = { id: 'g', behaviour: 'long' };
    const call = connectionOf(fixture, 'local').call('must', args, quiet);
    await expect.poll(sent, { timeout: 10_000 }).toContain('tools/call {"ttl":1200000}');
    connectionOf(fixture, 'local')
      .call('die', {}, quiet)
      .catch(() => {});
    expect(textOf(await call)).toBe('result of task-g');
    const lines = await sent();
    expect(lines.filter((line) => line.startsWith('tools/call {'))).toHaveLength(1);
    expect(lines).not.toContain('tasks/cancel "task-g"');
    expect(fixture.states('local')).toContain('reconnecting');
  });

  it('is made again, and the task is unknown there', async () => {
    const fixture = await kept(startPool());
    await fixture.pool.add(server(), quiet.signal);
    const args = { id: 'h', behaviour: 'runs' };
    const call = connectionOf(fixture, 'local').call('must', args, quiet);
    const failure = failureOf(call);
    await expect.poll(sent, { timeout: 10_000 }).toContain('tasks/get "task-h"');
    await rm(path.join(directory, 'task-h'));
    connectionOf(fixture, 'local')
      .call('die', {}, quiet)
      .catch(() => {});
    const { code, message } = await failure;
    expect(code).toBe('server_failed');
    expect(message).toContain('task task-h of must is unknown there');
  });

  it('is replaced, and the task goes on', async () => {
    const fixture = await kept(startPool());
    await fixture.pool.add(server(), quiet.signal);
    const args = { id: 'j', behaviour: 'long' };
    const call = connectionOf(fixture, 'local').call('must', args, quiet);
    await expect.poll(sent, { timeout: 10_000 }).toContain('tasks/get "task-j"');
    await fixture.pool.reload('local', quiet.signal);
    expect(textOf(await call)).toBe('result of task-j');
  });

  it('is given up, and the call with it', async () => {
    const fixture = await kept(startPool());
    await fixture.pool.add(server(), quiet.signal);
    const args = { id: 'i', behaviour: 'runs' };
    const failure = failureOf(connectionOf(fixture, 'local').call('must', args, quiet));
    await expect.poll(sent, { timeout: 10_000 }).toContain('tasks/get "task-i"');
    await fixture.pool.disconnect('local');
    expect((await failure).message).toContain('task-i may still run');
    expect(await sent()).toContain('tasks/cancel "task-i"');
  });
});
