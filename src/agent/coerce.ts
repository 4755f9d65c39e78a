import { isRecord, type JsonObject, type JsonSchema, type JsonValue } from '../core/json.js';
import { convert } from './convert.js';
import { resolveRef } from './local-ref.js';

/**
 * Makes a small model's arguments fit the tool's own schema where the meaning is certain:
 * `"5"` for a number, `"true"` for a boolean, JSON text for an object or array, one value for a
 * list, null or an empty string for an optional field, a required field left out that may be null.
 * Anything doubtful stays as it was, and so does everything that fits already; what still does not
 * fit is the validator's to report.
 */
export function coerceArguments(args: JsonObject, schema: JsonSchema): JsonObject {
  const position = { root: schema, depth: 0, budget: { steps: MAX_STEPS } };
  return coerceObject(args, resolveRef(schema, schema) ?? schema, position);
}

interface Position {
  root: JsonSchema;
  depth: number;
  /** Shared by all of one call: alternatives in alternatives would multiply. */
  budget: { steps: number };
}

const MAX_DEPTH = 32;
const MAX_STEPS = 20_000;

function coerce(value: JsonValue, declared: unknown, position: Position): JsonValue {
  const schema = resolveRef(declared, position.root);
  position.budget.steps -= 1;
  if (schema === undefined || position.depth > MAX_DEPTH || position.budget.steps < 0) return value;
  const inner = { ...position, depth: position.depth + 1 };
  const options = alternatives(schema, position.root);
  if (options.length > 0) return coerceToOneOf(value, options, inner);
  const types = typesOf(schema);
  if (types.length === 0 || types.some((type) => hasType(value, type))) {
    return coerceInside(value, schema, inner);
  }
  for (const type of types) {
    const converted = convert(value, type);
    if (converted !== undefined) return coerceInside(converted, schema, inner);
  }
  return value;
}

/** The value has its type; what it holds may not yet. */
function coerceInside(value: JsonValue, schema: JsonSchema, position: Position): JsonValue {
  if (isRecord(value)) return coerceObject(value, schema, position);
  if (!Array.isArray(value)) return value;
  const prefix: unknown[] = Array.isArray(schema['prefixItems']) ? schema['prefixItems'] : [];
  return value.map((item, index) =>
    coerce(item, index < prefix.length ? prefix[index] : schema['items'], position),
  );
}

/**
 * When the value has the type of one alternative alone, that one is meant; when it has the type of
 * several, it stays; when of none, it is made to fit the first that it can.
 */
function coerceToOneOf(
  value: JsonValue,
  schemas: readonly JsonSchema[],
  position: Position,
): JsonValue {
  const fitting = schemas.filter((schema) => {
    const types = typesOf(schema);
    return types.length === 0 || types.some((type) => hasType(value, type));
  });
  if (fitting.length === 1) return coerce(value, fitting[0], position);
  if (fitting.length > 1) return value;
  for (const schema of schemas) {
    const converted = coerce(value, schema, position);
    if (converted !== value) return converted;
  }
  return value;
}

function coerceObject(value: JsonObject, schema: JsonSchema, position: Position): JsonObject {
  const properties = schema['properties'];
  if (!isRecord(properties)) return value;
  const required = new Set<unknown>(Array.isArray(schema['required']) ? schema['required'] : []);
  const entries: [string, JsonValue][] = [];
  for (const [key, item] of Object.entries(value)) {
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (!required.has(key) && isLeftOut(item, property, position.root)) continue;
    entries.push([key, property === undefined ? item : coerce(item, property, position)]);
  }
  for (const key of Object.keys(properties)) {
    const isMissing = required.has(key) && !Object.hasOwn(value, key);
    // Models are offered such a field as optional, because Ollama knows no null.
    if (isMissing && takesNull(properties[key], position.root)) entries.push([key, null]);
  }
  return Object.fromEntries(entries);
}

function takesNull(declared: unknown, root: JsonSchema): boolean {
  const schema = resolveRef(declared, root);
  if (schema === undefined) return false;
  return [schema, ...alternatives(schema, root)].some((option) => typesOf(option).includes('null'));
}

/** Small models write null, "" or "null" for an optional argument they mean to leave out. */
function isLeftOut(value: unknown, declared: unknown, root: JsonSchema): boolean {
  if (value !== null && value !== '' && value !== 'null') return false;
  const schema = resolveRef(declared, root);
  if (schema === undefined) return false;
  const options = alternatives(schema, root);
  return (options.length > 0 ? options : [schema]).every((option) => {
    const types = typesOf(option);
    return types.length > 0 && !types.some((type) => hasType(value, type));
  });
}

function hasType(value: unknown, type: string): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isRecord(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

/** The declared types; empty for a schema that takes every type, or does not say. */
function typesOf({ type }: JsonSchema): string[] {
  const types: unknown[] = Array.isArray(type) ? type : [type];
  return types.filter((item) => typeof item === 'string');
}

/**
 * What `anyOf` or `oneOf` leave to choose from; nothing when no alternative names a type, as in
 * `anyOf: [{ required: ['a'] }, { required: ['b'] }]`.
 */
function alternatives(schema: JsonSchema, root: JsonSchema): readonly JsonSchema[] {
  const options: unknown = schema['anyOf'] ?? schema['oneOf'];
  if (!Array.isArray(options)) return [];
  const schemas = options.map((option) => resolveRef(option, root) ?? {});
  return schemas.some((option) => typesOf(option).length > 0) ? schemas : [];
}
