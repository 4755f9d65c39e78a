import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readImages } from '../../../src/cli/images.js';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'ostler-images-'));
  await mkdir(path.join(dir, 'folder.png'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function file(name: string, start: string): Promise<string> {
  await writeFile(path.join(dir, name), Buffer.from(start, 'latin1'));
  return name;
}

describe('an image', () => {
  it.each([
    ['\x89PNG\r\n\x1a\n~', 'image/png'],
    ['\xff\xd8\xff\xe0\0\x10JFIF', 'image/jpeg'],
    ['GIF89a\x01', 'image/gif'],
    ['GIF87a\x01', 'image/gif'],
    ['RIFF\x24\0\0\0WEBPVP8 ', 'image/webp'],
  ])('is told by its content: %j', async (start, mimeType) => {
    const [image] = await readImages([await file('holiday.txt', start)], dir);
    expect(image?.mimeType).toBe(mimeType);
    expect(Buffer.from(image?.data ?? []).toString('latin1')).toBe(start);
  });

  it('is found from the working directory or by its whole path, in order', async () => {
    const png = await file('a.png', '\x89PNG\r\n\x1a\n');
    const gif = await file('b.gif', 'GIF89a');
    const images = await readImages([path.join(dir, gif), png], dir);
    expect(images.map(({ mimeType }) => mimeType)).toEqual(['image/gif', 'image/png']);
  });

  it.each(['hello', '', '<svg/>', 'BM\x36', 'RIFF\x24\0\0\0WAVEfmt ', 'RIFF', 'GIF8', '%PDF-1.7'])(
    'is not %j',
    async (start) => {
      await expect(readImages([await file('x.png', start)], dir)).rejects.toMatchObject({
        code: 'usage',
        message: 'x.png is no PNG, JPEG, GIF or WebP image.',
      });
    },
  );

  it.each([
    ['missing.png', 'Cannot read the image missing.png: there is no such file.'],
    ['folder.png', 'Cannot read the image folder.png: it is a directory.'],
    ['/dev/zero', 'Cannot read the image /dev/zero: it is no regular file.'],
    ['a\0b', expect.stringMatching(/^Cannot read the image/)],
  ])('that is %s is refused in words', async (name, message) => {
    await expect(readImages([name], dir)).rejects.toMatchObject({ code: 'usage', message });
  });

  it('is refused above 20 MiB, before it is read', async () => {
    const name = await file('large.png', '\x89PNG\r\n\x1a\n');
    await truncate(path.join(dir, name), 20 * 1024 * 1024 + 1);
    await expect(readImages([name], dir)).rejects.toMatchObject({
      message: 'large.png is larger than 20 MiB.',
    });
  });

  it('none is none', async () => {
    expect(await readImages([], dir)).toEqual([]);
  });
});
