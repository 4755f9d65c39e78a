import { OstlerError } from '../core/errors.js';
import type { Origin } from './types.js';
import { BadValue } from './values.js';

/** Long flags in camelCase with their raw values, as the command line was written. */
export type FlagInput = Readonly<Record<string, string | readonly string[] | boolean | undefined>>;

export interface Given {
  raw: string | true | readonly string[];
  origin: Origin;
}

/** Flags of which several names may stand in one environment variable, parted by commas. */
const NAME_LISTS = new Set(['server', 'allow', 'deny']);
/** Flags that may be repeated; their environment variable holds one value a line. */
const LINE_LISTS = new Set(['header', 'modelHeader', 'mcpConfig', 'root']);

/** What was given for a flag: on the command line, or by `OSTLER_<FLAG>`. */
export function givenFlag(name: string, flags: FlagInput): Given | undefined {
  const raw = Object.hasOwn(flags, name) ? flags[name] : undefined;
  if (raw === undefined || raw === false || (Array.isArray(raw) && raw.length === 0)) {
    return undefined;
  }
  return { raw, origin: { layer: 'flag', where: toFlag(name) } };
}

/** `OSTLER_NUM_CTX` for `numCtx`; an empty variable is none. */
export function givenVariable(name: string, env: NodeJS.ProcessEnv): Given | undefined {
  const where = toVariable(name);
  const value = Object.hasOwn(env, where) ? env[where] : undefined;
  if (value === undefined || value.trim() === '') return undefined;
  return { raw: splitList(name, value), origin: { layer: 'environment', where } };
}

function splitList(name: string, value: string): string | readonly string[] {
  const parts = NAME_LISTS.has(name)
    ? value.split(/[,\n]/)
    : LINE_LISTS.has(name) && !value.trimStart().startsWith('{')
      ? value.split('\n')
      : undefined;
  return parts?.map((part) => part.trim()).filter((part) => part !== '') ?? value;
}

/** The flag first, its variable second. */
export function given(
  name: string,
  { flags, env }: { flags: FlagInput; env: NodeJS.ProcessEnv },
): Given | undefined {
  return givenFlag(name, flags) ?? givenVariable(name, env);
}

/** The parsed value; what cannot be one is a usage error that names the flag or the variable. */
export function parseGiven<T>(found: Given, parser: (raw: unknown) => T): T {
  try {
    return parser(found.raw);
  } catch (error) {
    if (error instanceof BadValue) {
      throw new OstlerError('usage', `${found.origin.where}: ${error.message}.`);
    }
    throw error;
  }
}

/** `numCtx` → `--num-ctx`. */
export function toFlag(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function toVariable(name: string): string {
  return `OSTLER_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}
