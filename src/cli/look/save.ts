import { lstat, open, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { errnoOf, reasonOf } from '../../config/file-reason.js';
import { displayPath } from '../../config/paths.js';
import { OstlerError } from '../../core/errors.js';
import { toTerminalLine } from '../../core/terminal-text.js';
import { redactBytes } from './output.js';

/** Where `--output` says that things are to be saved; checked before anything is asked of a server. */
export interface SavePlace {
  kind: 'file' | 'directory';
  /** Absolute. */
  path: string;
  cwd: string;
}

export interface Saved {
  /** As it may be shown. */
  file: string;
  bytes: number;
}

export interface Savable {
  data: Uint8Array;
  mimeType: string;
}

/** A directory of its own holds no more of the same name. */
const MAX_NUMBER = 10_000;

/** Throws `usage` for a place that is taken or not there. Nothing is ever written over. */
export async function findPlace(given: string, cwd: string): Promise<SavePlace> {
  if (/\p{Cc}/u.test(given) || given.trim() === '' || given === '-') {
    const hint = given === '-' ? 'Bytes go to a pipe with --raw.' : undefined;
    throw new OstlerError('usage', `--output: not a file name (got "${toTerminalLine(given)}").`, {
      hint,
    });
  }
  const target = path.resolve(cwd, given);
  const shown = displayPath(target, cwd);
  const found = await kindOf(target);
  if (found === 'directory') return { kind: 'directory', path: target, cwd };
  if (found === 'file') {
    throw new OstlerError('usage', `--output: ${shown} exists already; nothing is written over.`, {
      hint: 'Choose another name, or a directory.',
    });
  }
  const parent = /[/\\]$/.test(given) ? target : path.dirname(target);
  if (parent === target || (await kindOf(parent)) !== 'directory') {
    throw new OstlerError('usage', `--output: there is no directory ${displayPath(parent, cwd)}.`);
  }
  return { kind: 'file', path: target, cwd };
}

async function kindOf(target: string): Promise<'file' | 'directory' | undefined> {
  try {
    // A link that leads nowhere is there, too.
    const found = await lstat(target);
    if (!found.isSymbolicLink()) return found.isDirectory() ? 'directory' : 'file';
    return await stat(target).then(
      (file) => (file.isDirectory() ? 'directory' : 'file'),
      () => 'file',
    );
  } catch {
    return undefined;
  }
}

/**
 * Saves things under names that are ours: the file that was given, or `<stem>-1.png` in the
 * directory; several under a file's name are numbered. No name comes from a server but the stem,
 * of which letters, digits, - and _ are left. Never overwrites: a taken name gets the next number.
 */
export async function saveAll(
  place: SavePlace,
  stem: string,
  items: readonly Savable[],
): Promise<Saved[]> {
  const saved: Saved[] = [];
  for (const [at, item] of items.entries()) {
    saved.push(await save(item, { place, stem, at, count: items.length }));
  }
  return saved;
}

interface Series {
  place: SavePlace;
  stem: string;
  /** Which of how many. */
  at: number;
  count: number;
}

async function save(item: Savable, { place, stem, at, count }: Series): Promise<Saved> {
  const data = redactBytes(item.data);
  for (let number = at + 1; number <= MAX_NUMBER; number += 1) {
    const file = nameOf(place, { stem, number, count, mimeType: item.mimeType });
    if (await writeNew(file, data)) {
      return { file: displayPath(file, place.cwd), bytes: data.length };
    }
    if (place.kind === 'file' && count === 1) break;
  }
  const shown = displayPath(place.path, place.cwd);
  throw new OstlerError('output_failed', `${shown} exists already; nothing is written over.`);
}

interface Naming {
  stem: string;
  number: number;
  count: number;
  mimeType: string;
}

function nameOf(place: SavePlace, { stem, number, count, mimeType }: Naming): string {
  if (place.kind === 'directory') {
    const safe = stem
      .replaceAll(/[^\w-]+/g, '-')
      .replaceAll(/^-+|-+$/g, '')
      .slice(0, 64);
    return path.join(place.path, `${safe || 'output'}-${number}${extensionOf(mimeType)}`);
  }
  if (count === 1) return place.path;
  const { dir, name, ext } = path.parse(place.path);
  return path.join(dir, `${name}-${number}${ext}`);
}

/** False when the name is taken. */
async function writeNew(file: string, data: Uint8Array): Promise<boolean> {
  try {
    const handle = await open(file, 'wx', 0o600);
    try {
      await handle.writeFile(data);
    } catch (error) {
      await rm(file, { force: true });
      throw error;
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    const why = reasonOf(error);
    throw new OstlerError('output_failed', `${toTerminalLine(file)} cannot be written: ${why}.`, {
      cause: error,
    });
  }
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  'application/gzip': '.gz',
  'application/json': '.json',
  'application/pdf': '.pdf',
  'application/zip': '.zip',
  'audio/mpeg': '.mp3',
  'audio/ogg': '.ogg',
  'audio/wav': '.wav',
  'audio/x-wav': '.wav',
  'image/bmp': '.bmp',
  'image/gif': '.gif',
  'image/jpeg': '.jpg',
  'image/png': '.png',
  'image/svg+xml': '.svg',
  'image/webp': '.webp',
  'text/css': '.css',
  'text/csv': '.csv',
  'text/html': '.html',
  'text/markdown': '.md',
  'text/plain': '.txt',
  'text/xml': '.xml',
  'video/mp4': '.mp4',
};

function extensionOf(mimeType: string): string {
  const type = mimeType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return Object.hasOwn(EXTENSIONS, type) ? (EXTENSIONS[type] ?? '.bin') : '.bin';
}
