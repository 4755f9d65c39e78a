import { readFileSync, statSync } from 'node:fs';
import { toTerminalLine } from '../core/terminal-text.js';
import { reasonOf } from './file-reason.js';
import { expandHome } from './home.js';
import { BadValue } from './values.js';

/** Where relative paths start from, and whose home `~` is. */
export interface Place {
  dir: string;
  env: NodeJS.ProcessEnv;
}

const MAX_BYTES = 1024 * 1024;
const OTHERS_MAY_READ = 0o077;

/** The text of a file that a config or flag names. Throws `BadValue` with the reason. */
export function readNamedFile(name: string, place: Place): string {
  const file = expandHome(name, place);
  const shown = toTerminalLine(file);
  try {
    if (statSync(file).size > MAX_BYTES) throw new BadValue(`${shown} is larger than 1 MiB`);
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    if (error instanceof BadValue) throw error;
    throw new BadValue(`${shown} cannot be read: ${reasonOf(error)}`);
  }
}

/** PEM text of certificate authorities, from a file or as it stands. */
export function readCertificates(value: string, place: Place): string {
  const text = value.includes('-----BEGIN') ? value : readNamedFile(value, place);
  if (!text.includes('-----BEGIN CERTIFICATE-----')) {
    throw new BadValue('holds no PEM certificate (-----BEGIN CERTIFICATE-----)');
  }
  return text;
}

/** The token in a file, and a warning when others on this machine may read it. */
export function readTokenFile(name: string, place: Place): { token: string; warning?: string } {
  const token = readNamedFile(name, place).trim();
  if (token === '') throw new BadValue('the token file is empty');
  const file = expandHome(name, place);
  const mode = statSync(file).mode & 0o777;
  if (process.platform === 'win32' || (mode & OTHERS_MAY_READ) === 0) return { token };
  const shown = toTerminalLine(file);
  return {
    token,
    warning: `${shown} can be read by others (mode ${mode.toString(8).padStart(4, '0')}): chmod 600 ${shown}`,
  };
}
