import type { JsonValue } from '../../../core/json.js';
import type { Pane } from '../layers.js';
import type { Frame, Key } from '../types.js';

/** What came of a key in a field: a value (undefined empties the field), or back without a change. */
export type FieldResult = { value: JsonValue | undefined } | 'back' | undefined;

/** The value of one field while it is changed. */
export interface FieldEditor {
  key: (key: Key) => FieldResult;
  /** Takes the value as it stands; undefined when it may not stand. */
  finish: () => FieldResult;
  /** Why the value cannot be taken: a predicate. */
  problem: () => string | undefined;
  view: (maxRows: number, frame: Frame) => Pane;
  keys: string;
}
