import { lstat, mkdir, open, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { isUtf8 } from 'node:buffer';
import { expandHome } from '../../config/home.js';
import type { Attachment } from '../../core/chat.js';
import { OstlerError } from '../../core/errors.js';
import { toTerminalLine } from '../../core/terminal-text.js';
import { imageOf } from '../images.js';
import type { ShellPlace } from './shell.js';

const MAX_TEXT_BYTES = 1024 * 1024;
const MAX_IMAGE_BYTES = 20 * 1024 * 1024;
const MAX_NAMES = 10_000;

/** A file of the user's as part of a message: an image by its content, else text. */
export async function readAttachment(name: string, place: ShellPlace): Promise<Attachment> {
  const file = expandHome(name, { dir: place.cwd, env: place.env });
  const shown = toTerminalLine(name);
  try {
    const info = await stat(file);
    if (info.isDirectory()) return { kind: 'text', name, text: await listing(file) };
    if (!info.isFile()) throw unusable(shown, 'it is no regular file');
    if (info.size > MAX_IMAGE_BYTES) throw unusable(shown, 'it is larger than 20 MiB');
    const data = await readFile(file);
    const image = imageOf(data);
    if (image !== undefined) return { kind: 'image', name, image };
    if (data.length > MAX_TEXT_BYTES) throw unusable(shown, 'it is larger than 1 MiB');
    if (!isUtf8(data) || data.includes(0)) throw unusable(shown, 'it is neither text nor an image');
    return { kind: 'text', name, text: data.toString('utf8') };
  } catch (error) {
    if (error instanceof OstlerError) throw error;
    throw unusable(shown, reasonOf(error), error);
  }
}

async function listing(directory: string): Promise<string> {
  return (await names(directory)).slice(0, 1000).join('\n');
}

/** Names in a directory, directories with a slash; nothing when it cannot be read. */
export async function listDirectory(name: string, place: ShellPlace): Promise<readonly string[]> {
  const directory = expandHome(name === '' ? '.' : name, { dir: place.cwd, env: place.env });
  return names(directory).catch(() => []);
}

async function names(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  return Promise.all(
    entries.slice(0, MAX_NAMES).map(async (entry) => {
      const isDirectory =
        entry.isDirectory() ||
        (entry.isSymbolicLink() && (await isDirectoryAt(path.join(directory, entry.name))));
      return isDirectory ? `${entry.name}/` : entry.name;
    }),
  );
}

async function isDirectoryAt(file: string): Promise<boolean> {
  return stat(file).then(
    (info) => info.isDirectory(),
    () => false,
  );
}

/** Writes a file that is not there yet; never through a link that is. */
export async function writeNew(name: string, text: string, place: ShellPlace): Promise<string> {
  const file = expandHome(name, { dir: place.cwd, env: place.env });
  const shown = toTerminalLine(name);
  try {
    await mkdir(path.dirname(file), { recursive: true });
    const handle = await open(file, 'wx', 0o600);
    try {
      await handle.writeFile(text);
    } finally {
      await handle.close();
    }
    return file;
  } catch (error) {
    const there = await lstat(file).then(
      () => true,
      () => false,
    );
    const why = there ? 'it is there already' : reasonOf(error);
    throw new OstlerError('usage', `${shown} was not written: ${why}.`, {
      hint: 'Give another file name.',
      cause: error,
    });
  }
}

function unusable(name: string, why: string, cause?: unknown): OstlerError {
  return new OstlerError('usage', `${name} cannot be read: ${why}.`, { cause });
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  return code === 'ENOENT' ? 'there is no such file' : code;
}
