import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createImageStore, imageExtension } from '../../../../src/app/chat/image-store.js';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'ostler-images-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const png = (...rest: number[]) =>
  Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ...rest]);
const image = (data: Uint8Array) => ({ data, mimeType: 'image/png' });

describe('the kind of an image', () => {
  it.each([
    ['png', png()],
    ['jpg', Uint8Array.from([0xff, 0xd8, 0xff, 0xe0])],
    ['gif', Buffer.from('GIF89a')],
    ['webp', Buffer.from('RIFF....WEBPVP8 ')],
    ['bmp', Buffer.from('BM....')],
    [undefined, Buffer.from('<svg onload=alert(1)>')],
    [undefined, Buffer.from('#!/bin/sh')],
    [undefined, Uint8Array.of()],
  ])('is %s by its first bytes', (extension, data) => {
    expect(imageExtension(data)).toBe(extension);
  });
});

describe('images of a prompt', () => {
  it('are at most 20 files', async () => {
    const keep = createImageStore(dir);
    const images = Array.from({ length: 15 }, (_, index) => image(png(index)));
    await keep(images);
    const last = await keep(images.map(({ data }) => image(Buffer.concat([data, data]))));
    expect(last.filter(({ path: file }) => file === undefined)).toHaveLength(10);
    expect(await readdir(dir)).toHaveLength(20);
  });

  it('are not saved beyond 16 MiB', async () => {
    const keep = createImageStore(dir);
    const huge = Buffer.alloc(16 * 1024 * 1024 + 1);
    huge.set(png());
    expect(await keep([image(huge)])).toEqual([{ mime_type: 'image/png', size: huge.length }]);
    expect(await readdir(dir)).toEqual([]);
  });

  it('are saved once, and never through a link that waits there', async () => {
    const [first] = await createImageStore(dir)([image(png(1))]);
    const [again] = await createImageStore(dir)([image(png(1))]);
    expect(again).toEqual(first);
    const [other] = await createImageStore(dir)([image(png(2))]);
    await rm(other?.path ?? '');
    await symlink(first?.path ?? '', other?.path ?? '');
    expect(await createImageStore(dir)([image(png(2))])).toEqual([
      { mime_type: 'image/png', size: 9 },
    ]);
  });

  it('are named where nothing is kept, or nothing can be', async () => {
    const expected = [{ mime_type: 'image/png', size: 8 }];
    expect(await createImageStore(undefined)([image(png())])).toEqual(expected);
    const file = path.join(dir, 'file');
    await writeFile(file, '');
    expect(await createImageStore(path.join(file, 'in'))([image(png())])).toEqual(expected);
  });
});
