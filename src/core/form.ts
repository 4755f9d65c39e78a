import type { FieldOption, FormField } from './asks.js';
import { FORMAT_NAMES, hasFormat } from './form-formats.js';
import type { JsonObject, JsonValue } from './json.js';

/** What came of a text a person typed. A problem is a predicate of the field: `must be a number`. */
export type ParsedField = { value: JsonValue } | { problem: string } | { empty: true };

export interface FieldProblem {
  name: string;
  /** A predicate: `is required`, `must be a number`. */
  problem: string;
}

type Field<K extends FormField['kind']> = Extract<FormField, { kind: K }>;

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const TRUE = new Set(['true', 'yes', 'y', 'on', '1']);
const FALSE = new Set(['false', 'no', 'n', 'off', '0']);

/** The declared defaults, and nothing for a field without one. */
export function defaultsOf(fields: readonly FormField[]): JsonObject {
  return Object.fromEntries(
    fields.flatMap(({ name, default: value }): [string, JsonValue][] =>
      value === undefined ? [] : [[name, typeof value === 'object' ? [...value] : value]],
    ),
  );
}

/**
 * The value of a text a person typed: choices by value, by title or by their number from 1, several
 * of them with commas between. Nothing typed is `empty`; whether that will do is the caller's.
 */
export function parseField(field: FormField, text: string): ParsedField {
  const trimmed = text.trim();
  if (field.kind === 'text' && field.format === undefined) {
    return text === '' ? { empty: true } : judged(field, text);
  }
  if (trimmed === '') return { empty: true };
  switch (field.kind) {
    case 'text':
      return judged(field, trimmed);
    case 'number':
      return NUMBER.test(trimmed) ? judged(field, Number(trimmed)) : problem(numberName(field));
    case 'boolean':
      return parseBoolean(trimmed.toLowerCase());
    case 'choice': {
      const option = optionOf(field.options, trimmed);
      return option === undefined ? problem('one of the choices') : { value: option.value };
    }
    case 'choices':
      return parseChoices(field, trimmed);
  }
}

/** Everything that keeps a form's content from being sent; in the order of the fields, unknown names last. */
export function checkContent(
  fields: readonly FormField[],
  content: JsonObject,
): readonly FieldProblem[] {
  const problems: FieldProblem[] = [];
  for (const field of fields) {
    const { name } = field;
    const value = Object.hasOwn(content, name) ? content[name] : undefined;
    const found =
      value === undefined ? (field.required ? 'is required' : undefined) : fault(field, value);
    if (found !== undefined) problems.push({ name, problem: found });
  }
  const known = new Set(fields.map(({ name }) => name));
  for (const name of Object.keys(content)) {
    if (!known.has(name)) problems.push({ name, problem: 'is no field of this form' });
  }
  return problems;
}

/** A value as a person reads it: titles for choices, yes and no. The server's text, unchanged. */
export function showValue(field: FormField, value: JsonValue): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  const titleOf = (one: JsonValue) => {
    const options = 'options' in field ? field.options : [];
    const text = typeof one === 'string' ? one : JSON.stringify(one);
    return options.find((option) => option.value === one)?.title ?? text;
  };
  return Array.isArray(value) ? value.map(titleOf).join(', ') : titleOf(value);
}

/** Why a value may not stand in this field, or undefined. */
function fault(field: FormField, value: JsonValue): string | undefined {
  switch (field.kind) {
    case 'text':
      return typeof value === 'string' ? textFault(field, value) : 'must be a text';
    case 'number':
      return numberFault(field, value);
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'must be yes or no';
    case 'choice':
      return field.options.some((option) => option.value === value)
        ? undefined
        : 'must be one of the choices';
    case 'choices':
      return choicesFault(field, value);
  }
}

function textFault(field: Field<'text'>, text: string): string | undefined {
  const { format, minLength = 0, maxLength = Infinity } = field;
  const length = charactersOf(text);
  if (length < minLength) return `must have at least ${amount(minLength, 'character')}`;
  if (length > maxLength) return `must have at most ${amount(maxLength, 'character')}`;
  if (format !== undefined && !hasFormat(text, format)) return `must be ${FORMAT_NAMES[format]}`;
  return undefined;
}

function numberFault(field: Field<'number'>, value: JsonValue): string | undefined {
  const { integer, minimum = -Infinity, maximum = Infinity } = field;
  if (typeof value !== 'number' || !Number.isFinite(value)) return `must be ${numberName(field)}`;
  if (integer && !Number.isInteger(value)) return `must be ${numberName(field)}`;
  // A larger one would be sent as another than was typed.
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return 'has too many digits';
  if (value < minimum) return `must be at least ${minimum}`;
  if (value > maximum) return `must be at most ${maximum}`;
  return undefined;
}

function choicesFault(field: Field<'choices'>, value: JsonValue): string | undefined {
  const { options, minItems = 0, maxItems = Infinity } = field;
  if (!Array.isArray(value)) return 'must be a list of choices';
  const known = new Set<JsonValue>(options.map((option) => option.value));
  if (!value.every((one) => known.has(one))) return 'must be of the choices';
  if (new Set(value).size !== value.length) return 'must have no choice twice';
  if (value.length < minItems) return `must have at least ${amount(minItems, 'choice')}`;
  if (value.length > maxItems) return `must have at most ${amount(maxItems, 'choice')}`;
  return undefined;
}

function parseBoolean(text: string): ParsedField {
  if (TRUE.has(text)) return { value: true };
  return FALSE.has(text) ? { value: false } : problem('yes or no');
}

/** A title may have commas of its own: the whole text comes first. */
function parseChoices(field: Field<'choices'>, text: string): ParsedField {
  const whole = optionOf(field.options, text);
  const parts = whole === undefined ? text.split(',').map((part) => part.trim()) : [];
  const values = new Set(whole === undefined ? [] : [whole.value]);
  for (const part of parts) {
    if (part === '') continue;
    const option = optionOf(field.options, part);
    if (option === undefined) return problem('of the choices');
    values.add(option.value);
  }
  return judged(field, [...values]);
}

/** By value, by title, by either in another case where only one is meant, by number from 1. */
function optionOf(options: readonly FieldOption[], text: string): FieldOption | undefined {
  const exact =
    options.find(({ value }) => value === text) ?? options.find(({ title }) => title === text);
  if (exact !== undefined) return exact;
  const lower = text.toLowerCase();
  const alike = options.filter(
    ({ value, title }) => value.toLowerCase() === lower || title.toLowerCase() === lower,
  );
  if (alike.length === 1) return alike[0];
  return /^[1-9]\d{0,5}$/.test(text) ? options[Number(text) - 1] : undefined;
}

function judged(field: FormField, value: JsonValue): ParsedField {
  const found = fault(field, value);
  return found === undefined ? { value } : { problem: found };
}

function problem(wanted: string): ParsedField {
  return { problem: `must be ${wanted}` };
}

function numberName({ integer }: Field<'number'>): string {
  return integer ? 'a whole number' : 'a number';
}

/** JSON Schema counts characters, not UTF-16 units. */
function charactersOf(text: string): number {
  let characters = 0;
  for (const _ of text) characters += 1;
  return characters;
}

function amount(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
