import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { OstlerError } from '../core/errors.js';
import type { ImageData } from '../core/messages.js';

const MAX_BYTES = 20 * 1024 * 1024;

/** First bytes of the formats that vision models read. */
const MAGIC: readonly (readonly [mimeType: string, bytes: string])[] = [
  ['image/png', '\x89PNG'],
  ['image/jpeg', '\xff\xd8\xff'],
  ['image/gif', 'GIF8'],
  ['image/webp', 'RIFF'],
];

/** The images of `--image`; told apart by their content, not by their name. */
export function readImages(files: readonly string[], cwd: string): Promise<ImageData[]> {
  return Promise.all(files.map((file) => readImage(path.resolve(cwd, file), file)));
}

async function readImage(file: string, shown: string): Promise<ImageData> {
  const data = await readBytes(file, shown);
  const start = Buffer.from(data.subarray(0, 4)).toString('latin1');
  const format = MAGIC.find(([, bytes]) => start.startsWith(bytes));
  if (format === undefined)
    throw new OstlerError('usage', `${shown} is no PNG, JPEG, GIF or WebP image.`);
  return { data, mimeType: format[0] };
}

async function readBytes(file: string, shown: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(file);
    if (size > MAX_BYTES)
      throw new OstlerError('usage', `${shown} is larger than ${MAX_BYTES / 1024 / 1024} MiB.`);
    return await readFile(file);
  } catch (error) {
    if (error instanceof OstlerError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new OstlerError('usage', `Cannot read the image ${shown} (${code ?? 'unknown error'}).`, {
      cause: error,
    });
  }
}
