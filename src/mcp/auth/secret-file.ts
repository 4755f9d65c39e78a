import { constants } from 'node:fs';
import { lstat, mkdir, open } from 'node:fs/promises';
import { errnoOf, reasonOf } from '../../config/file-reason.js';
import { OstlerError } from '../../core/errors.js';
import { isRecord } from '../../core/json.js';
import { toTerminalLine } from '../../core/terminal-text.js';
import { writeFileAtomic } from '../../config/atomic-write.js';

const MAX_BYTES = 1024 * 1024;
const OTHERS = 0o077;
const OTHERS_MAY_WRITE = 0o022;

/**
 * The JSON object in a file of secrets; undefined when there is no such file. Like ssh it refuses a
 * file that others may read, that is not ours, or that is a link. Rejects with `config_invalid`.
 */
export async function readSecretFile(file: string): Promise<Record<string, unknown> | undefined> {
  let handle;
  try {
    handle = await open(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    if (errnoOf(error) === 'ELOOP') throw refused(file, 'is a symbolic link');
    throw refused(file, `cannot be read: ${reasonOf(error)}`);
  }
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw refused(file, 'is no file');
    checkOwner(file, stat.uid);
    if (process.platform !== 'win32' && (stat.mode & OTHERS) !== 0) {
      const rights = (stat.mode & 0o777).toString(8).padStart(4, '0');
      throw refused(file, `can be read by others (mode ${rights})`, `chmod 600 ${shownPath(file)}`);
    }
    if (stat.size > MAX_BYTES) throw damaged(file);
    return parse(file, await handle.readFile('utf8'));
  } finally {
    await handle.close();
  }
}

/** Replaces the file in a directory of 0700. What is there and damaged or not ours stays, and is an error. */
export async function writeSecretFile(
  directory: string,
  file: string,
  content: Record<string, unknown>,
): Promise<void> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw refused(directory, `cannot be made: ${reasonOf(error)}`);
  }
  await checkDirectory(directory);
  await readSecretFile(file);
  try {
    await writeFileAtomic(file, `${JSON.stringify(content, undefined, 2)}\n`);
  } catch (error) {
    throw refused(file, `cannot be written: ${reasonOf(error)}`);
  }
}

async function checkDirectory(directory: string): Promise<void> {
  const stat = await lstat(directory);
  if (!stat.isDirectory()) throw refused(directory, 'is no directory');
  checkOwner(directory, stat.uid);
  if (process.platform !== 'win32' && (stat.mode & OTHERS_MAY_WRITE) !== 0) {
    throw refused(directory, 'can be written by others', `chmod 700 ${shownPath(directory)}`);
  }
}

function checkOwner(file: string, uid: number): void {
  const own = process.getuid?.();
  if (own !== undefined && uid !== own) throw refused(file, 'belongs to somebody else');
}

function parse(file: string, text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch {
    // The parser's own message quotes the text.
  }
  throw damaged(file);
}

export function damaged(file: string): OstlerError {
  return refused(
    file,
    'is damaged, and is left as it is',
    `Remove it and log in again: rm ${shownPath(file)}`,
  );
}

export function unremovable(file: string, error: unknown): OstlerError {
  return refused(file, `cannot be removed: ${reasonOf(error)}`);
}

function refused(file: string, why: string, hint?: string): OstlerError {
  return new OstlerError('config_invalid', `${shownPath(file)} ${why}.`, { hint });
}

function shownPath(file: string): string {
  return toTerminalLine(file);
}
