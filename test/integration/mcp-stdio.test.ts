import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import type { StdioServer } from '../../src/config/types.js';
import { failureOf, open, quiet, textOf, type OpenOptions } from '../servers/connect.js';
import { local } from '../servers/definitions.js';

const SCRIPT = path.join(path.dirname(fileURLToPath(import.meta.url)), '../servers/stdio.mjs');
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
});

function start(mode: string[], overrides: Partial<StdioServer> = {}, options: OpenOptions = {}) {
  return open(local(process.execPath, [SCRIPT, ...mode], overrides), options);
}

async function kept(...args: Parameters<typeof start>) {
  const connection = await start(...args);
  stops.push(connection.close);
  return connection;
}

/** True while the process runs; a zombie waiting for its reaper does not. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !stat.slice(stat.lastIndexOf(')')).startsWith(') Z');
  } catch (error) {
    return process.platform !== 'linux' && (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

describe('a server that does not start', () => {
  it('because there is no such command', async () => {
    const error = await failureOf(open(local('no-such-command-here', ['--flag'])));
    expect(error).toMatchObject({ code: 'server_failed', server: 'local', exitCode: 4 });
    expect(error.message).toContain(
      'there is no such command (ENOENT): no-such-command-here --flag',
    );
  });

  it('because the file may not be executed', async () => {
    const error = await failureOf(open(local(SCRIPT, [])));
    expect(error.message).toContain('it may not be executed (EACCES)');
  });

  it('because its folder is missing', async () => {
    const error = await failureOf(open(local(process.execPath, [], { cwd: '/no/such/folder' })));
    expect(error.message).toContain('there is no folder /no/such/folder');
  });

  it('because it leaves: with its exit code and its last words, harmless', async () => {
    const error = await failureOf(start(['exit', '3']));
    expect(error).toMatchObject({ code: 'server_failed', server: 'local' });
    expect(error.message).toContain('exited with code 3');
    expect(error.message).toContain(String.raw`\x1b[31mthe reason`);
    expect(error.message).not.toContain('\u001b');
  });

  it('because it closes its stdout and lives on', async () => {
    const error = await failureOf(start(['closes-stdout']));
    expect(error.message).toContain('closed its stdout');
  });

  it('because it never answers: given up in time', async () => {
    const error = await failureOf(start(['silent'], { connectTimeoutMs: 600 }));
    expect(error).toMatchObject({ code: 'server_unreachable', server: 'local' });
  });

  it('because it sends a line without end', async () => {
    const error = await failureOf(start(['giant']));
    expect(error.code).toBe('server_failed');
    expect(error.message).toContain('message longer than');
  });

  it('with a secret argument: the error does not show it', async () => {
    const { registerSecret, forgetSecrets } = await import('../../src/core/redact.js');
    registerSecret('canary-argument');
    const error = await failureOf(
      open(local('no-such-command-here', ['--key', 'canary-argument'])),
    );
    forgetSecrets();
    expect(error.message).toContain('[REDACTED]');
    expect(error.message).not.toContain('canary-argument');
  });
});

describe('a server that starts', () => {
  it('gets six variables of the environment and its own', async () => {
    process.env['CANARY_OF_HOST'] = 'x';
    const connection = await kept(['good'], { env: { OWN: 'yes' } });
    delete process.env['CANARY_OF_HOST'];
    const env = JSON.parse(textOf(await connection.call('env', {}, quiet))) as Record<
      string,
      string
    >;
    expect(env['OWN']).toBe('yes');
    expect(env['PATH']).toBe(process.env['PATH']);
    expect(Object.keys(env)).not.toContain('CANARY_OF_HOST');
  });

  it('may write a megabyte to its stderr', async () => {
    const connection = await kept(['chatty']);
    expect(textOf(await connection.call('echo', { a: 1 }, quiet))).toBe('{"a":1}');
  });

  it('may write other things to its stdout, which is told once', async () => {
    const warnings: string[] = [];
    const connection = await kept(
      ['noise'],
      {},
      { onWarning: (message) => warnings.push(message) },
    );
    expect(textOf(await connection.call('echo', {}, quiet))).toBe('{}');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('Server ready!');
  });

  it('may be of an old revision', async () => {
    const connection = await kept(['old']);
    expect(connection.info).toMatchObject({ protocolVersion: '2024-11-05', era: 'legacy' });
  });

  it('may be of no known revision, which is told', async () => {
    const error = await failureOf(start(['future']));
    expect(error.code).toBe('protocol_error');
    expect(error.message).toContain('2099-01-01');
  });

  it('may offer no tools', async () => {
    expect((await kept(['no-tools'])).tools).toEqual([]);
  });

  it('and dies in a call: rejected at once, with its last words', async () => {
    const connection = await kept(['good']);
    const closed = new Promise((resolve) => {
      connection.onClose(resolve);
    });
    const error = await failureOf(connection.call('die', {}, quiet));
    expect(error).toMatchObject({ code: 'server_failed', server: 'local' });
    expect(error.message).toContain('connection lost while calling die');
    expect(error.message).toContain('exited with code 7');
    expect(error.message).toContain('dying now');
    await closed;
    const again = await failureOf(connection.call('echo', {}, quiet));
    expect(again.message).toContain('not connected any more');
  });

  it('and refuses a call: the model gets to read why', async () => {
    const connection = await kept(['good']);
    const result = await connection.call('refuse', {}, quiet);
    expect(result.isError).toBe(true);
    expect(textOf(result)).toContain('bad arguments');
  });

  it('is told when a call is cancelled', async () => {
    const connection = await kept(['good']);
    const controller = new AbortController();
    const call = connection.call('hang', {}, { signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    expect((await failureOf(call)).code).toBe('interrupted');
    await expect
      .poll(async () => textOf(await connection.call('cancelled', {}, quiet)))
      .toContain('"requestId"');
  });

  it('has its time renewed by progress, which may lack a total', async () => {
    const connection = await kept(['good'], { callTimeoutMs: 1000 });
    const seen: unknown[] = [];
    const result = await connection.call(
      'progress',
      { times: 6, every: 300 },
      { ...quiet, onProgress: (progress) => seen.push(progress) },
    );
    expect(textOf(result)).toBe('done');
    expect(seen.slice(0, 2)).toEqual([{ progress: 1 }, { progress: 2 }]);
  });

  it('does not keep a call for ever by reporting progress', async () => {
    const connection = await kept(['good'], { callTimeoutMs: 200 });
    const call = connection.call('progress', { times: 1000, every: 50 }, quiet);
    const error = await failureOf(call);
    expect(error).toMatchObject({ code: 'timeout', server: 'local' });
    expect(error.message).toBe('local: progress took longer than 2 s.');
    await expect
      .poll(async () => textOf(await connection.call('cancelled', {}, quiet)))
      .toContain('"requestId"');
  });

  it('may answer in the shape of 2024-10-07, or in none', async () => {
    const connection = await kept(['good']);
    const old = await connection.call('raw', { result: { toolResult: { a: 1 } } }, quiet);
    expect(textOf(old)).toBe('{"a":1}');
    const odd = await connection.call(
      'raw',
      { result: { content: [{ type: 'video' }, 7] } },
      quiet,
    );
    expect(textOf(odd)).toContain('unknown type "video"');
    expect(await connection.call('raw', { result: {} }, quiet)).toEqual({
      isError: false,
      content: [],
    });
  });
});

describe('lists of tools', () => {
  it('come in pages', async () => {
    expect((await kept(['pages'])).tools.map(({ name }) => name)).toEqual(['first', 'second']);
  });

  it('without end are an error', async () => {
    const error = await failureOf(start(['endless']));
    expect(error).toMatchObject({ code: 'protocol_error', server: 'local' });
    expect(error.message).toContain('more than 1000 pages');
  });

  it('in a circle are an error', async () => {
    expect((await failureOf(start(['circle']))).message).toContain('the same page twice');
  });

  it('of ten thousand and one are an error', async () => {
    expect((await failureOf(start(['many', '10001']))).message).toContain('more than 10000 tools');
  });

  it('may hold malformed tools: they are left out, with a warning', async () => {
    const warnings: string[] = [];
    const connection = await kept(
      ['hostile'],
      {},
      { onWarning: (message) => warnings.push(message) },
    );
    expect(connection.tools.map(({ name }) => name)).toEqual(['good', 'no_schema']);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('6 tool(s) left out');
    expect(warnings[0]).not.toContain('\u001b');
  });
});

describe('closing', () => {
  it('leaves nobody behind, however stubborn, and is quick', async () => {
    const connection = await start(['stubborn']);
    const pids = connection.tools.map(({ name }) => Number(name.replace('pid_', '')));
    expect(pids).toHaveLength(2);
    expect(pids.every(isAlive)).toBe(true);
    const began = performance.now();
    await connection.close();
    // 130 ms by design; the rest is for a loaded machine.
    expect(performance.now() - began).toBeLessThan(1000);
    await expect.poll(() => pids.filter(isAlive)).toEqual([]);
  });

  it('of a server that leaves at the end of its input takes no signal', async () => {
    const connection = await start(['good']);
    await connection.close();
    await connection.close();
    expect((await failureOf(connection.call('echo', {}, quiet))).message).toContain(
      'is not connected',
    );
  });

  it('happens when connecting fails', async () => {
    const error = await failureOf(start(['stubborn'], { connectTimeoutMs: 1, id: 'x' }));
    expect(error.code).toBe('server_unreachable');
  });
});
