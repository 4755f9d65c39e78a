import type { Field, Fields } from './fields.js';
import type { KeyPath } from './key-path.js';
import type { Report } from './problems.js';
import type { Place } from './read-files.js';
import { BadValue, type Parser } from './values.js';

/** One server entry while it is turned into a definition. */
export interface EntryReader {
  path: KeyPath;
  /** Values are expanded. */
  fields: Fields;
  /** False when no file and no variable may be read for it: not trusted, or disabled. */
  lookup: boolean;
  place: Place;
  report: Report;
  /** Told once; the server's id stands in front of it. */
  warn: (message: string) => void;
  /** The parsed value, or undefined when there is none or it is bad, which is reported. */
  parse: <T>(field: Field | undefined, parser: Parser<T>) => T | undefined;
}

/** A parser's result, with `BadValue` going to the report. */
export function createParse(report: Report): EntryReader['parse'] {
  return (field, parser) => {
    if (field === undefined) return undefined;
    try {
      return parser(field.value);
    } catch (error) {
      if (!(error instanceof BadValue)) throw error;
      report(field.path, error.message);
      return undefined;
    }
  };
}
