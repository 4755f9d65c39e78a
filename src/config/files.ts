import { closeSync, fstatSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
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
 * Synchronous: a handful of small files, and each trip to the thread pool delays the first server.
 */
export function readConfigFile(
  file: string,
  name: string,
  options: { named: boolean; maxBytes?: number },
): FileText | undefined {
  try {
    const found = options.named ? undefined : statSync(file, { throwIfNoEntry: false });
    if (!options.named && found === undefined) return undefined;
    if (found?.isFile() === false) throw unusable(name, 'is no regular file');
    const bytes = readCapped(file, name, options.maxBytes ?? MAX_CONFIG_BYTES);
    return { file: realPath(file), text: decode(bytes, name) };
  } catch (error) {
    if (error instanceof OstlerError) throw error;
    if (errnoOf(error) === 'ENOENT' && !options.named) return undefined;
    throw unusable(name, `cannot be read: ${reasonOf(error)}`, error);
  }
}

function readCapped(file: string, name: string, maxBytes: number): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    if (fstatSync(descriptor).isDirectory()) throw unusable(name, 'is a directory');
    const chunks: Buffer[] = [];
    for (let total = 0; total <= maxBytes;) {
      const chunk = Buffer.allocUnsafe(64 * 1024);
      const bytesRead = readSync(descriptor, chunk);
      if (bytesRead === 0) return Buffer.concat(chunks);
      chunks.push(chunk.subarray(0, bytesRead));
      total += bytesRead;
    }
    throw unusable(name, `is larger than ${maxBytes / 1024 / 1024} MiB`);
  } finally {
    closeSync(descriptor);
  }
}

/** A pipe (`<(…)` of a shell) has no real path. */
function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}

function unusable(name: string, why: string, cause?: unknown): OstlerError {
  return new OstlerError('config_invalid', `${name}: ${why}.`, { cause });
}

function decode(bytes: Buffer, name: string): string {
  if (bytes.includes(0)) throw unusable(name, 'is binary or UTF-16, not a UTF-8 text');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw unusable(name, 'is not a UTF-8 text');
  }
}
