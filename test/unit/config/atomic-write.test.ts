import {
  mkdir,
  readdir,
  readFile,
  realpath,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { withFileLock, writeFileAtomic } from '../../../src/config/atomic-write.js';
import { tempDir } from './load-helper.js';

describe('writeFileAtomic', () => {
  it('makes the file private, and its directories', async () => {
    const dir = await tempDir();
    const file = path.join(dir, 'a/b/c.json');
    await writeFileAtomic(file, 'x');
    expect(await readFile(file, 'utf8')).toBe('x');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(path.join(dir, 'a'))).mode & 0o777).toBe(0o700);
  });

  it('makes a file that others could read private', async () => {
    const dir = await tempDir({ f: 'old' });
    await writeFileAtomic(path.join(dir, 'f'), 'new');
    expect((await stat(path.join(dir, 'f'))).mode & 0o777).toBe(0o600);
  });

  it('writes through a link, which stays one', async () => {
    const dir = await tempDir({ target: 'old' });
    await symlink(path.join(dir, 'target'), path.join(dir, 'link'));
    await writeFileAtomic(path.join(dir, 'link'), 'new');
    expect(await readFile(path.join(dir, 'target'), 'utf8')).toBe('new');
    expect(await realpath(path.join(dir, 'link'))).toBe(path.join(dir, 'target'));
  });

  it('leaves nothing behind when it cannot', async () => {
    const dir = await tempDir();
    await mkdir(path.join(dir, 'f'));
    await expect(writeFileAtomic(path.join(dir, 'f'), 'x')).rejects.toThrow(
      /EISDIR|ENOTEMPTY|EEXIST/,
    );
    expect(await readdir(dir)).toEqual(['f']);
  });

  it('a reader finds the old or the new content, never half', async () => {
    const dir = await tempDir({ f: 'a'.repeat(100_000) });
    const file = path.join(dir, 'f');
    const seen = new Set<string>();
    const writes = Array.from({ length: 20 }, (_, index) =>
      writeFileAtomic(file, (index % 2 === 0 ? 'b' : 'a').repeat(100_000)),
    );
    const reads = Array.from({ length: 40 }, async () => {
      const text = await readFile(file, 'utf8');
      seen.add(`${text.length} ${new Set(text).size}`);
    });
    await Promise.all([...writes, ...reads]);
    expect([...seen]).toEqual(['100000 1']);
    expect(await readdir(dir)).toEqual(['f']);
  });
});

describe('withFileLock', () => {
  it('loses no update, and frees the lock after a failure', async () => {
    const dir = await tempDir({ n: '0' });
    const file = path.join(dir, 'n');
    const add = () =>
      withFileLock(file, async () => {
        await writeFile(file, String(Number(await readFile(file, 'utf8')) + 1));
      });
    await expect(withFileLock(file, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await Promise.all(Array.from({ length: 20 }, add));
    expect(await readFile(file, 'utf8')).toBe('20');
    expect(await readdir(dir)).toEqual(['n']);
  });

  it('takes the lock that a killed process left', async () => {
    const dir = await tempDir({ 'n.lock': '' });
    const old = new Date(Date.now() - 60_000);
    await utimes(path.join(dir, 'n.lock'), old, old);
    expect(await withFileLock(path.join(dir, 'n'), async () => 'done')).toBe('done');
  });

  it('waits for a living one until the signal fires', async () => {
    const dir = await tempDir({ 'n.lock': '' });
    const waiting = withFileLock(path.join(dir, 'n'), async () => 'done', AbortSignal.timeout(100));
    await expect(waiting).rejects.toMatchObject({ code: 'timeout' });
  });
});

describe('withFileLock, on odd disks', () => {
  it('takes a lock of the future: the clock was put back since', async () => {
    const dir = await tempDir({ 'f.lock': '' });
    const later = new Date(Date.now() + 3_600_000);
    await utimes(path.join(dir, 'f.lock'), later, later);
    expect(
      await withFileLock(path.join(dir, 'f'), async () => 1, AbortSignal.timeout(10_000)),
    ).toBe(1);
  });

  it('says that a directory cannot be made', async () => {
    const dir = await tempDir({ file: '' });
    const attempt = withFileLock(path.join(dir, 'file/sub/f'), async () => 1);
    await expect(attempt).rejects.toMatchObject({ code: 'config_invalid' });
  });
});
