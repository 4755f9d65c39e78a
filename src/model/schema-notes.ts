import { isRecord } from '../core/json.js';
import { toModelText } from '../core/terminal-text.js';
import type { Raw } from './schema-flatten.js';

/** Characters of a property's description. */
export const MAX_DESCRIPTION = 1024;
const MAX_NOTE = 120;

/** `toModelText`; ASCII, which nearly all names and descriptions are, is told by its length and left alone. */
export function cleanText(text: string): string {
  return Buffer.byteLength(text) === text.length ? text : toModelText(text);
}

/** Text for a model: without invisible characters, cut with an ellipsis. Cutting twice changes nothing. */
export function capText(text: string, max: number): string {
  const clean = cleanText(text.length > max * 2 ? text.slice(0, max * 2) : text);
  return clean.length > max ? `${clean.slice(0, max - 1).toWellFormed()}…` : clean;
}

/** The description, and in brackets what Ollama would drop: default, format, limits, pattern, examples. */
export function describeProperty(schema: Raw, extra: readonly string[]): string {
  const given = schema['description'] ?? schema['title'];
  const text = typeof given === 'string' ? given.trim() : '';
  const notes = [...extra, ...notesOf(schema)].map((note) => capText(note, MAX_NOTE));
  if (notes.length === 0) return capText(text, MAX_DESCRIPTION);
  const suffix = capText(`(${notes.join('; ')})`, MAX_DESCRIPTION / 2);
  return text === '' ? suffix : `${capText(text, MAX_DESCRIPTION - suffix.length - 1)} ${suffix}`;
}

/** Keywords that Ollama drops, as words. */
const NOTES = new Map<string, (value: unknown, schema: Raw) => string | undefined>([
  ['default', (value) => (value === null ? undefined : `default ${toJson(value)}`)],
  ['format', (value) => (typeof value === 'string' ? `format ${value}` : undefined)],
  ['minimum', limit('at least')],
  ['exclusiveMinimum', limit('more than')],
  ['maximum', limit('at most')],
  ['exclusiveMaximum', limit('less than')],
  ['multipleOf', limit('a multiple of')],
  ['minLength', limit('characters at least')],
  ['maxLength', limit('characters at most')],
  ['minItems', limit('items at least')],
  ['maxItems', limit('items at most')],
  ['pattern', (value) => (typeof value === 'string' ? `pattern ${value}` : undefined)],
  ['examples', (value) => (Array.isArray(value) ? forExample(value) : undefined)],
  ['example', (value) => forExample([value])],
  ['additionalProperties', anyKeys],
]);

/** Keywords that `describeProperty` puts into words. */
export const NOTE_KEYWORDS: ReadonlySet<string> = new Set(NOTES.keys());

function limit(words: string): (value: unknown) => string | undefined {
  return (value) => (typeof value === 'number' ? `${words} ${value}` : undefined);
}

function forExample(values: readonly unknown[]): string | undefined {
  return values.length === 0 ? undefined : `e.g. ${values.slice(0, 3).map(toJson).join(', ')}`;
}

function anyKeys(value: unknown, schema: Raw): string | undefined {
  if (!isRecord(value) || isRecord(schema['properties'])) return undefined;
  return `any keys, values${typeof value['type'] === 'string' ? ` of type ${value['type']}` : ''}`;
}

/** In the order the schema has them. */
function notesOf(schema: Raw): string[] {
  const notes: string[] = [];
  for (const keyword of Object.keys(schema)) {
    const note = NOTES.get(keyword)?.(schema[keyword], schema);
    if (note !== undefined) notes.push(note);
  }
  return notes;
}

/** Short JSON; what cannot be written is left out. */
export function toJson(value: unknown): string {
  try {
    return capText(JSON.stringify(value) ?? '', MAX_NOTE);
  } catch {
    // Nested deeper than the stack.
    return '…';
  }
}
