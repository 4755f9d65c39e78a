import { isRecord } from '../core/json.js';
import { scanJson } from './jsonc.js';
import type { KeyPath } from './key-path.js';
import type { Origin } from './types.js';

/** Line and column count from 1. */
export interface Position {
  line: number;
  column: number;
}

export interface LocateOptions {
  /** The key's place instead of the value's. */
  key?: boolean;
  /** The place of this text within the value. */
  needle?: string;
}

export type Locate = (path: KeyPath, options?: LocateOptions) => Position | undefined;

/** A parsed config file or inline text. Nothing in it is expanded or checked yet. */
export interface ConfigSource {
  layer: Origin['layer'];
  /** The flag that named it, when it was not found by a search. */
  namedBy?: '--config' | '--mcp-config' | undefined;
  /** Nothing it refers to may be looked up. */
  untrusted?: boolean;
  /** How messages call it: a path as the person would write it, or a flag. Safe to print. */
  name: string;
  /** Absolute path with links resolved; undefined for inline text. */
  file?: string;
  /** What relative paths in it start from. */
  dir: string;
  value: Readonly<Record<string, unknown>>;
  /** Loads the YAML parser at first use: most runs never ask. */
  locate: (path: KeyPath, options?: LocateOptions) => Promise<Position | undefined>;
}

export interface SourceText {
  namedBy?: ConfigSource['namedBy'];
  layer: Origin['layer'];
  name: string;
  file?: string;
  dir: string;
  text: string;
}

/** Why a text is no config, with the place where that shows. */
export class NotAConfig extends Error {
  readonly position: Position | undefined;
  constructor(message: string, position?: Position) {
    super(message);
    this.position = position;
  }
}

/** Parses YAML, JSON or JSON with comments. `undefined` when there is nothing in it. Throws `NotAConfig`. */
export async function parseSource(input: SourceText): Promise<ConfigSource | undefined> {
  const text = input.text.replace(/^\uFEFF/, '');
  const json = /^\s*(?:[{[]|\/[/*])/.test(text) ? scanJson(text) : undefined;
  const clean = json?.text ?? text;
  const quick = json === undefined || json.duplicateKeys ? undefined : tryJson(clean);
  const value = quick === undefined ? (await parseSlowly(clean)).value : quick.value;
  if (value === null || value === undefined) return undefined;
  if (!isRecord(value)) throw new NotAConfig('must be a mapping of keys to values');
  checkStructure(value, 0);
  const { layer, name, file, dir, namedBy } = input;
  let parsed: Promise<{ locate: Locate }> | undefined;
  return {
    layer,
    namedBy,
    name,
    ...(file === undefined ? {} : { file }),
    dir,
    value,
    async locate(path, options) {
      parsed ??= parseSlowly(clean);
      return (await parsed).locate(path, options);
    },
  };
}

const MAX_DEPTH = 64;

/** What no reader further on should have to think about: endless nesting, and a key that sets prototypes. */
function checkStructure(value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth > MAX_DEPTH) throw new NotAConfig(`is nested more than ${MAX_DEPTH} levels deep`);
  if (Object.hasOwn(value, '__proto__')) throw new NotAConfig('"__proto__" cannot be a key');
  for (const item of Object.values(value)) checkStructure(item, depth + 1);
}

function tryJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

async function parseSlowly(text: string): Promise<{ value: unknown; locate: Locate }> {
  const { parseYaml, SyntaxFault } = await import('./yaml-source.js');
  try {
    return parseYaml(text);
  } catch (error) {
    if (error instanceof SyntaxFault) throw new NotAConfig(error.message, error.position);
    if (error instanceof RangeError) throw new NotAConfig('is nested too deeply');
    throw error;
  }
}
