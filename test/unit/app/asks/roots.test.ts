import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createRoots } from '../../../../src/app/asks/roots.js';
import { createTurns } from '../../../../src/app/asks/turns.js';
import { toRoot } from '../../../../src/config/roots.js';
import type { AskRoots } from '../../../../src/core/asks.js';
import { failure, tempDir } from '../../config/load-helper.js';
import { quiet } from './asks-helper.js';

async function setup(answer?: boolean, given?: readonly string[]) {
  const cwd = await tempDir();
  const env = { HOME: cwd };
  const asked: Parameters<AskRoots>[0][] = [];
  const roots = createRoots({
    env,
    cwd,
    turns: createTurns(),
    ...(given === undefined ? {} : { given: given.map((dir) => toRoot(dir, { dir: cwd, env })) }),
    ...(answer === undefined
      ? {}
      : {
          ask: async (request) => {
            asked.push(request);
            return answer;
          },
        }),
  });
  return { cwd, roots, asked, uri: pathToFileURL(cwd).href };
}

describe('folders', () => {
  it('are told of after a yes, which is asked for once a server', async () => {
    const { roots, asked, uri, cwd } = await setup(true);
    const told = { uri, name: path.basename(cwd) };
    const lists = await Promise.all([
      roots.port.list('files', quiet),
      roots.port.list('files', quiet),
    ]);
    expect(lists).toEqual([[told], [told]]);
    await roots.port.list('files', quiet);
    expect(asked).toMatchObject([{ server: 'files', roots: [told] }]);
    await roots.port.list('other', quiet);
    expect(asked).toHaveLength(2);
    expect(roots.consents()).toEqual([
      { server: 'files', allowed: true },
      { server: 'other', allowed: true },
    ]);
  });

  it('are not told of after a no, until there is another one', async () => {
    const { roots, asked, cwd } = await setup(false);
    expect(await roots.port.list('files', quiet)).toEqual([]);
    expect(await roots.port.list('files', quiet)).toEqual([]);
    expect(asked).toHaveLength(1);
    await mkdir(path.join(cwd, 'more'));
    await roots.add('more');
    expect(await roots.port.list('files', quiet)).toEqual([]);
    expect(asked).toHaveLength(2);
    expect(asked[1]?.roots).toHaveLength(2);
  });

  it('of the settings need no question', async () => {
    const { roots, asked, uri } = await setup(false, ['.']);
    expect(await roots.port.list('files', quiet)).toMatchObject([{ uri }]);
    expect(asked).toEqual([]);
    const none = await setup(true, []);
    expect(await none.roots.port.list('files', quiet)).toEqual([]);
    expect(none.asked).toEqual([]);
  });

  it('are told of to nobody where nobody can be asked', async () => {
    const { roots } = await setup();
    expect(await roots.port.list('files', quiet)).toEqual([]);
  });

  it('come and go, and servers hear of it', async () => {
    const { roots, cwd } = await setup(true);
    let changes = 0;
    const stop = roots.port.onChange(() => {
      changes += 1;
    });
    const odd = path.join(cwd, 'a b#ü%');
    await mkdir(odd);
    const added = await roots.add('a b#ü%');
    expect(added).toMatchObject({ path: odd, uri: `${pathToFileURL(cwd).href}/a%20b%23%C3%BC%25` });
    await roots.add(odd);
    expect(roots.list()).toHaveLength(2);
    expect(await roots.remove('nowhere')).toBe(false);
    expect(await roots.remove(added.uri)).toBe(true);
    expect(await roots.remove('.')).toBe(true);
    expect(roots.list()).toEqual([]);
    stop();
    await roots.add('.');
    expect(changes).toBe(4);
    expect((await failure(roots.add('nowhere'))).code).toBe('usage');
  });

  it('are asked about again when the question was called off', async () => {
    const cwd = await tempDir();
    let asked = 0;
    const roots = createRoots({
      env: {},
      cwd,
      turns: createTurns(),
      ask: () => {
        asked += 1;
        return asked === 1 ? new Promise(() => {}) : Promise.resolve(true);
      },
    });
    const abort = new AbortController();
    const list = roots.port.list('files', abort.signal);
    abort.abort(new Error('gone'));
    await expect(list).rejects.toMatchObject({ code: 'interrupted' });
    expect(roots.consents()).toEqual([]);
  });
});
