import type { FieldOption, FormField } from '../../core/asks.js';
import { checkContent } from '../../core/form.js';
import type { TextFormat } from '../../core/form-formats.js';
import { isRecord, type JsonValue } from '../../core/json.js';

const MAX_FIELDS = 100;
const MAX_NAME_CHARS = 256;
/** Characters of the schema as JSON. */
const MAX_SCHEMA_CHARS = 64 * 1024;

type Schema = Record<string, unknown>;
type Base = Pick<FormField, 'name' | 'title' | 'description' | 'required'>;

/**
 * The fields of a form (`requestedSchema`, 2025-11-25/client/elicitation#requested-schema): a flat
 * object of primitives. Undefined for anything else: what cannot be shown cannot be asked.
 */
export function parseForm(schema: unknown): readonly FormField[] | undefined {
  if (!isRecord(schema) || schema['type'] !== 'object' || !isRecord(schema['properties'])) {
    return undefined;
  }
  if (JSON.stringify(schema).length > MAX_SCHEMA_CHARS) return undefined;
  const properties = Object.entries(schema['properties']);
  const required = schema['required'] ?? [];
  if (properties.length > MAX_FIELDS || !areTexts(required)) return undefined;
  const names = new Set(required);
  const fields: FormField[] = [];
  for (const [name, property] of properties) {
    const field = isRecord(property) ? toField(name, property, names.has(name)) : undefined;
    if (field === undefined) return undefined;
    fields.push(field);
    names.delete(name);
  }
  // A form that wants what it has no field for could never be sent.
  return names.size === 0 ? fields : undefined;
}

function toField(name: string, schema: Schema, required: boolean): FormField | undefined {
  // Names become keys of an object; this one would change what the object is.
  if (name === '' || name === '__proto__' || name.length > MAX_NAME_CHARS) return undefined;
  const field = toKind({ name, ...texts(schema, ['title', 'description']), required }, schema);
  const value = schema['default'];
  if (field === undefined || value === undefined) return field;
  // A default that may not be sent is none.
  if (checkContent([field], { [name]: value as JsonValue }).length > 0) return field;
  return { ...field, default: value } as FormField;
}

function toKind(base: Base, schema: Schema): FormField | undefined {
  switch (schema['type']) {
    case 'boolean':
      return { ...base, kind: 'boolean' };
    case 'number':
    case 'integer':
      return {
        ...base,
        kind: 'number',
        integer: schema['type'] === 'integer',
        ...numbers(schema, ['minimum', 'maximum']),
      };
    case 'string':
      return toText(base, schema);
    case 'array':
      return toChoices(base, schema);
    default:
      return undefined;
  }
}

function toText(base: Base, schema: Schema): FormField | undefined {
  const options = optionsOf(schema);
  if (options === 'none') {
    const format = isFormat(schema['format']) ? { format: schema['format'] } : {};
    return {
      ...base,
      kind: 'text',
      ...format,
      ...numbers(schema, ['minLength', 'maxLength'], isCount),
    };
  }
  return options && { ...base, kind: 'choice', options };
}

function toChoices(base: Base, schema: Schema): FormField | undefined {
  const items = schema['items'];
  const options = isRecord(items) ? optionsOf(items) : undefined;
  if (options === undefined || options === 'none') return undefined;
  return {
    ...base,
    kind: 'choices',
    options,
    ...numbers(schema, ['minItems', 'maxItems'], isCount),
  };
}

/** `enum` (with the `enumNames` of 2025-06-18), or `oneOf` and `anyOf` with titles; `none` without any of them. */
function optionsOf(schema: Schema): readonly FieldOption[] | 'none' | undefined {
  const { enum: values, enumNames, oneOf, anyOf } = schema;
  if (values !== undefined) {
    if (!areTexts(values)) return undefined;
    const names = areTexts(enumNames) ? enumNames : [];
    return nonEmpty(values.map((value, index) => ({ value, title: names[index] ?? value })));
  }
  const titled = oneOf ?? anyOf;
  if (titled === undefined) return 'none';
  if (!Array.isArray(titled)) return undefined;
  const options = titled.flatMap((one: unknown): FieldOption[] => {
    if (!isRecord(one) || typeof one['const'] !== 'string') return [];
    const value = one['const'];
    return [{ value, title: typeof one['title'] === 'string' ? one['title'] : value }];
  });
  return options.length === titled.length ? nonEmpty(options) : undefined;
}

function nonEmpty(options: readonly FieldOption[]): readonly FieldOption[] | undefined {
  return options.length === 0 ? undefined : options;
}

function isFormat(format: unknown): format is TextFormat {
  return ['email', 'uri', 'date', 'date-time'].includes(format as string);
}

function areTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function texts<K extends string>(schema: Schema, keys: readonly K[]): { [key in K]?: string } {
  const found: { [key in K]?: string } = {};
  for (const key of keys) {
    const value = schema[key];
    if (typeof value === 'string') found[key] = value;
  }
  return found;
}

function numbers<K extends string>(
  schema: Schema,
  keys: readonly K[],
  isRight: (value: number) => boolean = Number.isFinite,
): { [key in K]?: number } {
  const found: { [key in K]?: number } = {};
  for (const key of keys) {
    const value = schema[key];
    if (typeof value === 'number' && isRight(value)) found[key] = value;
  }
  return found;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
