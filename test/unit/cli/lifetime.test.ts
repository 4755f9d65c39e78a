import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createLifetime } from '../../../src/cli/lifetime.js';
import { OstlerError } from '../../../src/core/errors.js';

const MODULE = pathToFileURL(path.resolve('src/cli/lifetime.ts')).href;

/** A process that lives until its lifetime ends, or longer when it is told to be deaf. */
function startProcess(body: string) {
  const script = `const { createLifetime } = await import('${MODULE}');
    const lifetime = createLifetime();
    const alive = setInterval(() => {}, 1000);
    ${body}
    console.log('ready');`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said = () => once(child.stdout, 'data').then(([data]) => String(data).trim());
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  return { child, said, ended };
}

describe('a signal', () => {
  it.each([
    ['SIGINT', 'interrupted', 130],
    ['SIGTERM', 'terminated', 143],
    ['SIGHUP', 'terminated', 143],
  ] as const)('%s asks for an orderly end with its reason', async (signal, code, exitCode) => {
    const { child, said, ended } = startProcess(`
      lifetime.signal.addEventListener('abort', () => {
        const { code, exitCode } = lifetime.signal.reason;
        console.log(code);
        clearInterval(alive);
        lifetime.release();
        process.exitCode = exitCode;
      });`);
    expect(await said()).toBe('ready');
    child.kill(signal);
    expect(await said()).toBe(code);
    expect(await ended).toEqual([exitCode, null]);
  });

  it('a second time ends at once, whatever still runs', async () => {
    const { child, said, ended } = startProcess(
      `lifetime.signal.addEventListener('abort', () => console.log('asked'));`,
    );
    expect(await said()).toBe('ready');
    child.kill('SIGINT');
    expect(await said()).toBe('asked');
    child.kill('SIGTERM');
    expect(await ended).toEqual([143, null]);
  });

  it('after release is Node’s again', async () => {
    const { child, said, ended } = startProcess('lifetime.release();');
    expect(await said()).toBe('ready');
    child.kill('SIGTERM');
    expect(await ended).toEqual([null, 'SIGTERM']);
  });
});

describe('a lifetime', () => {
  it('can end from inside, and keeps its first reason', () => {
    const lifetime = createLifetime();
    const first = new OstlerError('interrupted', 'The reader of stdout is gone.');
    lifetime.end(first);
    lifetime.end(new OstlerError('terminated', 'Later.'));
    expect(lifetime.signal.reason).toBe(first);
    lifetime.release();
  });

  it('leaves no listeners behind', () => {
    const count = () => process.listenerCount('SIGINT') + process.listenerCount('SIGTERM');
    const before = count();
    const lifetimes = Array.from({ length: 5 }, createLifetime);
    expect(count()).toBe(before + 10);
    for (const lifetime of lifetimes) lifetime.release();
    expect(count()).toBe(before);
  });
});
