import { open, realpath, stat, type FileHandle } from 'node:fs/promises';
import { OstlerError } from '../core/errors.js';
import { errnoOf, reasonOf } from './file-reason.js';

/** A config larger than this is a mistake or an attack. */
export const MAX_CONFIG_BYTES = 1024 * 1024;

export interface FileText {
  /** Absolute, links resolved. */
  file: string;
  text: string;
}

/**
 * The text of a config file. `name` is how messages call it. A file that was only looked for may be
 * missing (undefined) and must be a regular one, or a FIFO in a project would be waited for.
 */
export async function readConfigFile(
  file: string,
  name: string,
  options: { named: boolean },
): Promise<FileText | undefined> {
  try {
    if (!options.named && !(await stat(file)).isFile()) throw unusable(name, 'is no regular file');
    const handle = await open(file, 'r');
    try {
      if ((await handle.stat()).isDirectory()) throw unusable(name, 'is a directory');
      const bytes = await readCapped(handle, MAX_CONFIG_BYTES + 1);
      if (bytes.length > MAX_CONFIG_BYTES) throw unusable(name, 'is larger than 1 MiB');
      return { file: await realpath(file).catch(() => file), text: decode(bytes, name) };
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof OstlerError) throw error;
    if (errnoOf(error) === 'ENOENT' && !options.named) return undefined;
    throw unusable(name, `cannot be read: ${reasonOf(error)}`, error);
  }
}

function unusable(name: string, why: string, cause?: unknown): OstlerError {
  return new OstlerError('config_invalid', `${name}: ${why}.`, { cause });
}

async function readCapped(handle: FileHandle, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let total = 0;
  while (total < limit) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(64 * 1024));
    if (bytesRead === 0) break;
    chunks.push(buffer.subarray(0, bytesRead));
    total += bytesRead;
  }
  return Buffer.concat(chunks);
}

function decode(bytes: Buffer, name: string): string {
  if (bytes.includes(0)) throw unusable(name, 'is binary or UTF-16, not a UTF-8 text');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw unusable(name, 'is not a UTF-8 text');
  }
}
