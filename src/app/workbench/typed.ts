import { convert } from '../../agent/convert.js';
import { isRecord, type JsonSchema, type JsonValue } from '../../core/json.js';
import { choicesOf, optionsOf, typesOf } from './schema.js';

/** In this order a text is tried as something else than a text. */
const TYPES = ['null', 'boolean', 'integer', 'number', 'array', 'object'] as const;
const MAX_DEPTH = 8;

/**
 * A typed text as the value that the schema asks for. A member of an `enum` is that member; where a
 * string is allowed, or no type is named, it stays a string; else it is the first of null, boolean,
 * number, array, object that it can be. What can be nothing of this stays a string, for the
 * validator to report.
 */
export function toTyped(text: string, declared: unknown, root: JsonSchema, depth = 0): JsonValue {
  const options = optionsOf(declared, root);
  const chosen = memberOf(text, options);
  if (chosen !== undefined) return chosen;
  const types = options.map(typesOf);
  if (types.some((names, at) => allowsText(names, options[at] ?? {}))) return text;
  const known = new Set(types.flat());
  for (const type of TYPES) {
    if (!known.has(type)) continue;
    const value =
      type === 'array' ? toList(text, itemsOf(options), root, depth) : convert(text, type);
    if (value !== undefined) return value;
    if (type === 'null' && text === 'null') return null;
  }
  return text;
}

/** True when several values under one name make a list. */
export function takesList(declared: unknown, root: JsonSchema): boolean {
  return optionsOf(declared, root).some((option) => {
    const types = typesOf(option);
    return types.includes('array') || (types.length === 0 && choicesOf(option) === undefined);
  });
}

/** The schema of the items of a list; everything when it does not say. */
export function itemSchema(declared: unknown, root: JsonSchema): JsonSchema {
  return itemsOf(optionsOf(declared, root));
}

function itemsOf(options: readonly JsonSchema[]): JsonSchema {
  const list = options.find((option) => typesOf(option).includes('array'));
  return isRecord(list?.['items']) ? list['items'] : {};
}

/** A list written as JSON, or a single item. */
function toList(
  text: string,
  items: JsonSchema,
  root: JsonSchema,
  depth: number,
): JsonValue[] | undefined {
  // A list of lists of itself has no item.
  if (depth > MAX_DEPTH) return undefined;
  if (!/^\s*\[/.test(text)) return [toTyped(text, items, root, depth + 1)];
  const list = convert(text, 'array');
  return Array.isArray(list) ? list : undefined;
}

/** `enum` without a type allows what it lists; anything else without a type allows a text. */
function allowsText(types: readonly string[], schema: JsonSchema): boolean {
  if (types.includes('string')) return true;
  return types.length === 0 && choicesOf(schema) === undefined;
}

/** The member of an `enum` that the text names: itself, or the JSON of it. */
function memberOf(text: string, options: readonly JsonSchema[]): JsonValue | undefined {
  const members = options.flatMap((option) => choicesOf(option) ?? []);
  if (members.includes(text)) return text;
  return members.find((member) => JSON.stringify(member) === text) as JsonValue | undefined;
}
