import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { OstlerError } from '../core/errors.js';
import type { ImageData } from '../core/messages.js';

const MAX_BYTES = 20 * 1024 * 1024;

/** First bytes of the formats that vision models read. */
const MAGIC: readonly (readonly [mimeType: string, start: RegExp])[] = [
  ['image/png', /^\x89PNG\r\n/],
  ['image/jpeg', /^\xff\xd8\xff/],
  ['image/gif', /^GIF8[79]a/],
  // RIFF alone may also be a sound or a film.
  ['image/webp', /^RIFF[^]{4}WEBP/],
];

/** The images of `--image`; told apart by their content, not by their name. */
export function readImages(files: readonly string[], cwd: string): Promise<ImageData[]> {
  return Promise.all(files.map((file) => readImage(path.resolve(cwd, file), file)));
}

async function readImage(file: string, shown: string): Promise<ImageData> {
  const image = imageOf(await readBytes(file, shown));
  if (image === undefined)
    throw new OstlerError('usage', `${shown} is no PNG, JPEG, GIF or WebP image.`);
  return image;
}

/** The bytes as an image, told by how they begin; undefined for anything else. */
export function imageOf(data: Uint8Array): ImageData | undefined {
  const start = Buffer.from(data.subarray(0, 16)).toString('latin1');
  const format = MAGIC.find(([, magic]) => magic.test(start));
  return format === undefined ? undefined : { data, mimeType: format[0] };
}

async function readBytes(file: string, shown: string): Promise<Uint8Array> {
  try {
    const info = await stat(file);
    // Pipes and devices have no size, and may have no end.
    if (!info.isFile()) {
      const what = info.isDirectory() ? 'a directory' : 'no regular file';
      throw new OstlerError('usage', `Cannot read the image ${shown}: it is ${what}.`);
    }
    if (info.size > MAX_BYTES)
      throw new OstlerError('usage', `${shown} is larger than ${MAX_BYTES / 1024 / 1024} MiB.`);
    return await readFile(file);
  } catch (error) {
    if (error instanceof OstlerError) throw error;
    throw new OstlerError('usage', `Cannot read the image ${shown}${reason(error)}.`, {
      cause: error,
    });
  }
}

function reason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  return code === 'ENOENT' ? ': there is no such file' : ` (${code})`;
}
