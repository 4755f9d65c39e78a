import { isRecord, type JsonSchema } from '../core/json.js';

/** Keywords that constrain nothing. */
const NOTES = new Set([
  'title',
  'description',
  'default',
  'examples',
  '$schema',
  '$comment',
  'deprecated',
  'readOnly',
  'writeOnly',
  'format',
]);
/** Keywords this check knows; a schema with any other is not plain. */
const KNOWN = new Set([
  'type',
  'properties',
  'required',
  'items',
  'enum',
  'additionalProperties',
  ...NOTES,
]);
const MAX_DEPTH = 8;

/**
 * True when the schema is plain (types, properties, required, items, enum) and the value fits it:
 * most calls of most tools, told without loading the validator. False says nothing.
 */
export function fitsPlainly(value: unknown, schema: unknown, depth = 0): boolean {
  if (!isRecord(schema) || depth > MAX_DEPTH) return false;
  for (const keyword in schema) if (!KNOWN.has(keyword)) return false;
  const { type, enum: allowed } = schema;
  if (type !== undefined && !isOfType(value, type)) return false;
  if (allowed !== undefined && !(Array.isArray(allowed) && allowed.includes(value))) return false;
  if (isRecord(value)) return fitsObject(value, schema, depth);
  if (!Array.isArray(value) || schema['items'] === undefined) return true;
  return value.every((item) => fitsPlainly(item, schema['items'], depth + 1));
}

function fitsObject(value: Record<string, unknown>, schema: JsonSchema, depth: number): boolean {
  const { properties = {}, required = [], additionalProperties: more } = schema;
  if (!isRecord(properties) || !Array.isArray(required)) return false;
  if (more !== undefined && typeof more !== 'boolean') return false;
  if (!required.every((name) => typeof name === 'string' && Object.hasOwn(value, name)))
    return false;
  return Object.entries(value).every(([name, item]) =>
    Object.hasOwn(properties, name)
      ? fitsPlainly(item, properties[name], depth + 1)
      : more !== false,
  );
}

function isOfType(value: unknown, type: unknown): boolean {
  switch (type) {
    case 'object':
      return isRecord(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return Number.isFinite(value);
    case 'null':
      return value === null;
    case 'string':
    case 'boolean':
      return typeof value === type;
    default:
      return false;
  }
}
