import { isRecord } from '../core/json.js';
import { toModelText } from '../core/terminal-text.js';
import type { Raw } from './schema-flatten.js';

const MAX_DESCRIPTION = 1024;
const MAX_NOTE = 120;

/** Text for a model: without invisible characters, cut with an ellipsis. Cutting twice changes nothing. */
export function capText(text: string, max: number): string {
  const clean = toModelText(text.length > max * 2 ? text.slice(0, max * 2) : text);
  return clean.length > max ? `${clean.slice(0, max - 1).toWellFormed()}…` : clean;
}

/** The description, and in brackets what Ollama would drop: default, format, limits, pattern, examples. */
export function describeProperty(schema: Raw, extra: readonly string[]): string {
  const given = schema['description'] ?? schema['title'];
  const notes = [...extra, ...notesOf(schema)].map((note) => capText(note, MAX_NOTE));
  const joined = notes.length === 0 ? '' : `(${notes.join('; ')})`;
  const suffix = capText(joined, MAX_DESCRIPTION / 2);
  const text = typeof given === 'string' ? given.trim() : '';
  if (suffix === '') return capText(text, MAX_DESCRIPTION);
  return text === '' ? suffix : `${capText(text, MAX_DESCRIPTION - suffix.length - 1)} ${suffix}`;
}

const LIMITS: readonly (readonly [keyword: string, words: string])[] = [
  ['minimum', 'at least'],
  ['exclusiveMinimum', 'more than'],
  ['maximum', 'at most'],
  ['exclusiveMaximum', 'less than'],
  ['multipleOf', 'a multiple of'],
  ['minLength', 'characters at least'],
  ['maxLength', 'characters at most'],
  ['minItems', 'items at least'],
  ['maxItems', 'items at most'],
];

function notesOf(schema: Raw): string[] {
  const notes: string[] = [];
  const { default: fallback, format, pattern, examples, example } = schema;
  if (fallback !== undefined && fallback !== null) notes.push(`default ${toJson(fallback)}`);
  if (typeof format === 'string') notes.push(`format ${format}`);
  for (const [keyword, words] of LIMITS) {
    const limit = schema[keyword];
    if (typeof limit === 'number') notes.push(`${words} ${limit}`);
  }
  if (typeof pattern === 'string') notes.push(`pattern ${pattern}`);
  const shown: unknown[] = Array.isArray(examples) ? examples.slice(0, 3) : [];
  if (example !== undefined) shown.push(example);
  if (shown.length > 0) notes.push(`e.g. ${shown.map(toJson).join(', ')}`);
  const values = schema['additionalProperties'];
  if (isRecord(values) && !isRecord(schema['properties'])) {
    const type = typeof values['type'] === 'string' ? ` of type ${values['type']}` : '';
    notes.push(`any keys, values${type}`);
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
