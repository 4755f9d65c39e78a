import { constants } from 'node:fs';
import { open, readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { errnoOf, reasonOf } from '../config/file-reason.js';
import { isRecord } from '../core/json.js';
import type { CustomPrompt } from '../core/prompt-files.js';
import { toTerminalLine } from '../core/terminal-text.js';

export interface PromptDirectory {
  dir: string;
  scope: CustomPrompt['scope'];
  /** Files count only when they really lie in here, wherever links point. Default: anywhere. */
  within?: string;
}

export interface LoadPromptsOptions {
  /** Later ones win. */
  dirs: readonly PromptDirectory[];
  /** What is left out, and why; safe to show. */
  onWarning?: (message: string) => void;
}

const EXTENSION = '.md';
const NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;
const MAX_FILES = 200;
const MAX_BYTES = 64 * 1024;
const MAX_DESCRIPTION = 200;

/** The user's directory of prompts, then the project's: `prompts/*.md` beside the configuration, `.ostler/prompts/*.md`. */
export function promptDirectories(config: string, cwd: string): PromptDirectory[] {
  return [
    { dir: path.join(config, 'prompts'), scope: 'user' },
    { dir: path.join(cwd, '.ostler/prompts'), scope: 'project', within: cwd },
  ];
}

/**
 * Markdown files whose name is the command's; YAML front matter may hold a `description`. Sorted by
 * name. A file that cannot be used is left out with a warning; nothing in it is executed.
 */
export async function loadCustomPrompts({
  dirs,
  onWarning = () => {},
}: LoadPromptsOptions): Promise<CustomPrompt[]> {
  const prompts = new Map<string, CustomPrompt>();
  for (const place of dirs) {
    for (const file of await promptFiles(place, onWarning)) {
      const found = await loadPrompt(file, place);
      if (typeof found === 'string') onWarning(`${toTerminalLine(file)}: ${found}`);
      else prompts.set(found.name, found);
    }
  }
  return [...prompts.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

async function promptFiles(
  { dir }: PromptDirectory,
  onWarning: (message: string) => void,
): Promise<string[]> {
  try {
    const names = (await readdir(dir)).filter((name) => name.endsWith(EXTENSION)).toSorted();
    if (names.length > MAX_FILES) {
      onWarning(`${toTerminalLine(dir)}: only the first ${MAX_FILES} prompts are loaded`);
    }
    return names.slice(0, MAX_FILES).map((name) => path.join(dir, name));
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) {
      onWarning(`${toTerminalLine(dir)}: ${reasonOf(error)}`);
    }
    return [];
  }
}

/** The prompt, or why it is left out. */
async function loadPrompt(
  file: string,
  { scope, within }: PromptDirectory,
): Promise<CustomPrompt | string> {
  const name = path.basename(file, EXTENSION);
  if (!NAME.test(name)) return 'left out, because a name is made of a-z, 0-9, - and _';
  try {
    const real = await realpath(file);
    if (within !== undefined && !isWithin(real, await realpath(within))) {
      return 'left out, because it lies outside of the project';
    }
    const { description, body } = await parsePrompt(await readText(real));
    if (body === '') return 'left out, because it is empty';
    return {
      name,
      file: toTerminalLine(file),
      scope,
      body,
      ...(description === undefined ? {} : { description }),
    };
  } catch (error) {
    return `left out: ${error instanceof Unusable ? error.message : reasonOf(error)}`;
  }
}

class Unusable extends Error {}

function isWithin(file: string, dir: string): boolean {
  const relative = path.relative(dir, file);
  return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}

async function readText(file: string): Promise<string> {
  // What is behind the name was resolved before; a link by now is somebody's trick.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  try {
    const info = await handle.stat();
    if (!info.isFile()) throw new Unusable('it is no regular file');
    if (info.size > MAX_BYTES) throw new Unusable(`it is larger than ${MAX_BYTES / 1024} KiB`);
    const bytes = await handle.readFile();
    if (bytes.includes(0)) throw new Unusable('it is no text');
    return bytes
      .toString('utf8')
      .replace(/^\ufeff/, '')
      .replaceAll('\r\n', '\n');
  } finally {
    await handle.close();
  }
}

async function parsePrompt(text: string): Promise<{ description?: string; body: string }> {
  const match = /^---[ \t]*\n(?:([^]*?)\n)?---[ \t]*(?:\n|$)/.exec(text);
  if (match === null) return { body: text.trim() };
  const body = text.slice(match[0].length).trim();
  const { parseYaml, SyntaxFault } = await import('../config/yaml-source.js');
  try {
    const { value } = parseYaml(match[1] ?? '');
    const written = isRecord(value) ? value['description'] : undefined;
    if (typeof written !== 'string' || written.trim() === '') return { body };
    const line = written.replaceAll(/\s+/g, ' ').trim().slice(0, MAX_DESCRIPTION).toWellFormed();
    return { description: line, body };
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error;
    throw new Unusable(`its front matter is ${error.message}`);
  }
}
