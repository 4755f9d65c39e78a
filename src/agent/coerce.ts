import { isRecord, type JsonSchema } from '../core/json.js';

/**
 * Makes a small model's arguments fit the tool's own schema where the meaning is certain:
 * `"5"` for a number, `"true"` for a boolean, JSON text for an object or array, one value for a
 * list, null or an empty string for an optional field. Anything doubtful stays as it was; what
 * still does not fit is the validator's to report.
 */
export function coerceArguments(
  args: Record<string, unknown>,
  schema: JsonSchema,
): Record<string, unknown> {
  return coerceObject(args, schema, { root: schema, depth: 0 });
}

interface Position {
  root: JsonSchema;
  depth: number;
}

const MAX_DEPTH = 32;
const NUMBER = /^-?(?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?$/i;

function coerce(value: unknown, declared: unknown, position: Position): unknown {
  const schema = resolveRef(declared, position.root);
  if (schema === undefined || position.depth > MAX_DEPTH) return value;
  const inner = { root: position.root, depth: position.depth + 1 };
  const options = alternatives(schema);
  if (options !== undefined) return coerceToOneOf(value, options, inner);
  const types = typesOf(schema);
  if (types.length === 0 || types.some((type) => hasType(value, type))) {
    if (isRecord(value)) return coerceObject(value, schema, inner);
    if (Array.isArray(value)) return value.map((item) => coerce(item, schema['items'], inner));
    return value;
  }
  for (const type of types) {
    const converted = convert(value, type, schema, inner);
    if (converted !== undefined) return converted;
  }
  return value;
}

/** The first alternative that the value fits as it is wins; else the first it can be made to fit. */
function coerceToOneOf(value: unknown, options: readonly unknown[], position: Position): unknown {
  const schemas = options.map((option) => resolveRef(option, position.root)).filter(isRecord);
  const fitting = schemas.find((schema) => typesOf(schema).some((type) => hasType(value, type)));
  if (fitting !== undefined) return coerce(value, fitting, position);
  for (const schema of schemas) {
    const converted = coerce(value, schema, position);
    if (converted !== value) return converted;
  }
  return value;
}

function coerceObject(
  value: Record<string, unknown>,
  schema: JsonSchema,
  position: Position,
): Record<string, unknown> {
  const properties = schema['properties'];
  if (!isRecord(properties)) return value;
  const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
  const entries: [string, unknown][] = [];
  for (const [key, item] of Object.entries(value)) {
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (property === undefined) {
      entries.push([key, item]);
      continue;
    }
    const converted = coerce(item, property, position);
    if (!required.has(key) && isLeftOut(converted, property, position.root)) continue;
    entries.push([key, converted]);
  }
  return Object.fromEntries(entries);
}

/** Small models write null, "" or "null" for an optional argument they mean to leave out. */
function isLeftOut(value: unknown, declared: unknown, root: JsonSchema): boolean {
  if (value !== null && value !== '' && value !== 'null') return false;
  const schema = resolveRef(declared, root);
  if (schema === undefined) return false;
  const types = [schema, ...(alternatives(schema) ?? [])].flatMap((option) =>
    typesOf(resolveRef(option, root) ?? {}),
  );
  if (types.length === 0) return false;
  return !types.some((type) => hasType(value, type));
}

function convert(value: unknown, type: string, schema: JsonSchema, position: Position): unknown {
  switch (type) {
    case 'number':
    case 'integer': {
      if (typeof value !== 'string' || !NUMBER.test(value.trim())) return undefined;
      const number = Number(value);
      return type === 'integer' && !Number.isInteger(number) ? undefined : number;
    }
    case 'boolean': {
      const word = typeof value === 'string' ? value.trim().toLowerCase() : undefined;
      return word === 'true' ? true : word === 'false' ? false : undefined;
    }
    case 'string':
      return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
    case 'array': {
      const parsed = parseJson(value);
      if (Array.isArray(parsed)) return coerce(parsed, schema, position);
      return value === null ? undefined : [coerce(value, schema['items'], position)];
    }
    case 'object': {
      const parsed = parseJson(value);
      return isRecord(parsed) ? coerceObject(parsed, schema, position) : undefined;
    }
    default:
      return undefined;
  }
}

function parseJson(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return undefined;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
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

function typesOf(schema: JsonSchema): string[] {
  const { type } = schema;
  if (typeof type === 'string') return [type];
  if (Array.isArray(type)) return type.filter((item): item is string => typeof item === 'string');
  return isRecord(schema['properties']) ? ['object'] : [];
}

function alternatives(schema: JsonSchema): readonly unknown[] | undefined {
  for (const keyword of ['anyOf', 'oneOf']) {
    const options = schema[keyword];
    if (Array.isArray(options)) return options;
  }
  return undefined;
}

/** The schema itself, or what its local `$ref` points to; undefined for booleans and dead ends. */
function resolveRef(declared: unknown, root: JsonSchema): JsonSchema | undefined {
  let schema: unknown = declared;
  for (let hops = 0; hops < 8; hops += 1) {
    if (!isRecord(schema)) return undefined;
    const ref = schema['$ref'];
    if (typeof ref !== 'string') return schema;
    if (!ref.startsWith('#')) return undefined;
    let target: unknown = root;
    for (const part of ref
      .slice(1)
      .split('/')
      .filter((step) => step !== '')) {
      const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
      target = isRecord(target) && Object.hasOwn(target, key) ? target[key] : undefined;
    }
    schema = target;
  }
  return undefined;
}
