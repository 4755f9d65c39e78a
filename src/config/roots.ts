import { realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { toTerminalLine } from '../core/terminal-text.js';
import { reasonOf } from './file-reason.js';
import { expandHome, homeOf } from './home.js';
import type { Found } from './layers.js';
import type { Place } from './read-files.js';
import type { RootFolder } from './types.js';
import { BadValue, toTexts } from './values.js';

/**
 * A directory as a root (client/roots): links resolved, as an absolute `file://` URI. Throws
 * `BadValue` for what is no directory that can be read.
 */
export function toRoot(name: string, place: Place): RootFolder {
  const given = expandHome(name, place);
  const shown = toTerminalLine(given);
  const real = realPath(given, shown);
  if (!statSync(real).isDirectory()) throw new BadValue(`${shown} is no directory`);
  const base = path.basename(real);
  return { uri: pathToFileURL(real).href, ...(base === '' ? {} : { name: base }), path: real };
}

/** The whole disk and the whole home are too much for a line in a file; a person may still say so. */
export function isTooWide({ path: real }: RootFolder, env: NodeJS.ProcessEnv): boolean {
  return real === path.parse(real).root || real === realOr(homeOf(env));
}

/** Folders as flags, a variable or a file name them; each one once. */
export function toRoots(raw: unknown, found: Found): readonly RootFolder[] {
  const roots = toTexts(raw).map((name) => {
    const root = toRoot(name, found);
    if (found.fromFile && isTooWide(root, found.env)) {
      const shown = toTerminalLine(root.path);
      throw new BadValue(`${shown} is too much for a file to give away; say it with --root`);
    }
    return root;
  });
  return [...new Map(roots.map((root) => [root.uri, root])).values()];
}

function realPath(given: string, shown: string): string {
  try {
    return realpathSync(given);
  } catch (error) {
    throw new BadValue(`${shown} cannot be read: ${reasonOf(error)}`);
  }
}

function realOr(given: string): string {
  try {
    return realpathSync(given);
  } catch {
    return given;
  }
}
