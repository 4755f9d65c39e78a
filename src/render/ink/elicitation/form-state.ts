import type { FormField } from '../../../core/asks.js';
import { checkContent, defaultsOf } from '../../../core/form.js';
import type { JsonObject, JsonValue } from '../../../core/json.js';

/** A form that is being filled in. Immutable. */
export interface FormState {
  readonly fields: readonly FormField[];
  /** By name; what is left out has none. */
  readonly values: ReadonlyMap<string, JsonValue>;
  /** Place of the cursor: a field, then the buttons. */
  readonly index: number;
  /** Names of fields that the person changed. */
  readonly touched: ReadonlySet<string>;
  /** The person wanted to send it. */
  readonly tried: boolean;
}

/** The buttons, below the fields. */
export const BUTTONS = ['send', 'decline', 'cancel'] as const;
export type Button = (typeof BUTTONS)[number];

/** With the defaults filled in. */
export function openForm(fields: readonly FormField[]): FormState {
  const values = new Map(Object.entries(defaultsOf(fields)));
  // A mere yes or no is not answered by an Enter that was meant for something else.
  const index = fields.length === 0 ? BUTTONS.indexOf('decline') : 0;
  return { fields, values, index, touched: new Set(), tried: false };
}

export function moveTo(state: FormState, index: number): FormState {
  const last = state.fields.length + BUTTONS.length - 1;
  return { ...state, index: Math.max(0, Math.min(last, index)) };
}

/** The field under the cursor. */
export function currentField({ fields, index }: FormState): FormField | undefined {
  return fields[index];
}

/** The button under the cursor. */
export function currentButton({ fields, index }: FormState): Button | undefined {
  return BUTTONS[index - fields.length];
}

/** Undefined empties the field. */
export function setValue(
  state: FormState,
  { name }: FormField,
  value: JsonValue | undefined,
): FormState {
  const values = new Map(state.values);
  if (value === undefined) values.delete(name);
  else values.set(name, value);
  return { ...state, values, touched: new Set([...state.touched, name]) };
}

/** What would be sent. */
export function contentOf({ values }: FormState): JsonObject {
  return Object.fromEntries(values);
}

/** What keeps the form from being sent, by the field's name. */
export function problemsOf(state: FormState): ReadonlyMap<string, string> {
  const found = checkContent(state.fields, contentOf(state));
  return new Map(found.map(({ name, problem }) => [name, problem]));
}

/** What is told already: of a field that was changed, of all once the person wanted to send. */
export function shownProblems(state: FormState): ReadonlyMap<string, string> {
  const all = problemsOf(state);
  if (state.tried) return all;
  return new Map([...all].filter(([name]) => state.touched.has(name)));
}

/** The cursor on the first field that has a problem. */
export function toFirstProblem(state: FormState): FormState {
  const problems = problemsOf(state);
  const index = state.fields.findIndex(({ name }) => problems.has(name));
  return { ...moveTo(state, index === -1 ? state.fields.length : index), tried: true };
}

/** Why a value may not stand in a field. */
export function problemOf(field: FormField, value: JsonValue): string | undefined {
  return checkContent([field], { [field.name]: value })[0]?.problem;
}
