import { createHash } from 'node:crypto';
import { lstat, mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { errnoOf } from '../../config/file-reason.js';
import type { ResultImage } from '../../core/events.js';
import type { ImageData } from '../../core/messages.js';

/** Bytes of one image; a larger one is only named. */
const MAX_BYTES = 16 * 1024 * 1024;
/** Images that are saved of one prompt. */
const MAX_IMAGES = 20;
const NAME_LENGTH = 32;

/** First bytes of what terminals and viewers open, and the extension each gets; `offset` bytes stand before. */
const KINDS = [
  { extension: 'png', magic: '\u0089PNG\r\n\u001a\n', offset: 0 },
  { extension: 'jpg', magic: '\u00ff\u00d8\u00ff', offset: 0 },
  { extension: 'gif', magic: 'GIF8', offset: 0 },
  { extension: 'webp', magic: 'WEBP', offset: 8 },
  { extension: 'bmp', magic: 'BM', offset: 0 },
] as const;

/** `png`, `jpg`, … by the bytes themselves; undefined for anything else. */
export function imageExtension(data: Uint8Array): string | undefined {
  const head = Buffer.from(data.buffer, data.byteOffset, Math.min(16, data.length)).toString(
    'latin1',
  );
  return KINDS.find(({ magic, offset }) => head.startsWith(magic, offset))?.extension;
}

/**
 * Saves the images of one prompt's tool results under names made of their own bytes, mode 0600;
 * nothing a server says becomes part of a path, and no file is written over. What cannot be saved
 * is named without a path.
 */
export function createImageStore(
  directory: string | undefined,
): (images: readonly ImageData[]) => Promise<ResultImage[]> {
  let left = MAX_IMAGES;
  return (images) =>
    Promise.all(
      images.map(async ({ data, mimeType }) => {
        const image = { mime_type: mimeType, size: data.length };
        const extension = imageExtension(data);
        const fits = data.length <= MAX_BYTES && left > 0;
        if (directory === undefined || extension === undefined || !fits) return image;
        left -= 1;
        const file = await save(directory, extension, data).catch(() => undefined);
        return file === undefined ? image : { ...image, path: file };
      }),
    );
}

async function save(directory: string, extension: string, data: Uint8Array): Promise<string> {
  const name = createHash('sha256').update(data).digest('hex').slice(0, NAME_LENGTH);
  const file = path.join(directory, `${name}.${extension}`);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  try {
    const handle = await open(file, 'wx', 0o600);
    try {
      await handle.writeFile(data);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
    // The same image as before, unless something else took its name.
    const there = await lstat(file);
    if (!there.isFile() || there.size !== data.length) throw error;
  }
  return file;
}
