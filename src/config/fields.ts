import { isRecord } from '../core/json.js';
import type { KeyPath } from './key-path.js';
import type { Report } from './problems.js';

/** A value and where it is written. */
export interface Field {
  value: unknown;
  path: KeyPath;
}

/** The keys of a mapping in camelCase, whichever way they are spelled. */
export interface Fields {
  /** The field under one of these names; two of them at once are a problem. */
  get: (...names: readonly string[]) => Field | undefined;
  has: (...names: readonly string[]) => boolean;
  names: () => readonly string[];
}

/** `max-steps`, `max_steps` → `maxSteps`. */
export function toCanonicalKey(key: string): string {
  return key.replace(/[-_]([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** Reads a mapping by canonical names. Empty values count as not there. */
export function readFields(value: unknown, path: KeyPath, report: Report): Fields {
  const fields = new Map<string, Field>();
  for (const [key, item] of isRecord(value) ? Object.entries(value) : []) {
    if (item === null || item === undefined) continue;
    const name = toCanonicalKey(key);
    const field = { value: item, path: [...path, key] };
    if (fields.has(name)) report(field.path, `is given twice, as ${name} in another spelling`);
    else fields.set(name, field);
  }
  return {
    get(...names) {
      const found = names.filter((name) => fields.has(name));
      const [first, second] = found.map((name) => fields.get(name));
      if (first !== undefined && second !== undefined) {
        report(second.path, `means the same as ${String(first.path.at(-1))}: give one of them`);
      }
      return first;
    },
    has: (...names) => names.some((name) => fields.has(name)),
    names: () => [...fields.keys()],
  };
}

/** What stands where a text should, as one: `String` asks an object, which may have a `toString` of its own. */
export function wordOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}
