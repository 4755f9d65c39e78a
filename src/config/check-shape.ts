import { isRecord } from '../core/json.js';
import configSchema from '../../config/ostler.schema.json' with { type: 'json' };
import type { KeyPath } from './key-path.js';
import { toCanonicalKey } from './fields.js';
import { didYouMean } from '../core/nearest.js';
import type { Report } from './problems.js';
import { orList } from './values.js';

/** The part of JSON Schema (2020-12) that config/ostler.schema.json uses. */
interface Schema {
  type?: string | string[] | undefined;
  properties?: Record<string, Schema> | undefined;
  additionalProperties?: boolean | Schema | undefined;
  items?: Schema | undefined;
  anyOf?: Schema[] | undefined;
  $ref?: string | undefined;
  description?: string | undefined;
}

const ROOT: Schema = configSchema;
const SERVER: Schema = configSchema.$defs.Server;

/** Reports every unknown key and wrong type of a config file, except those inside server entries. */
export function checkConfigShape(value: Record<string, unknown>, report: Report): void {
  checkObject(value, ROOT, [], report);
}

/** The same for one server entry. */
export function checkServerShape(value: unknown, path: KeyPath, report: Report): void {
  if (isRecord(value)) checkObject(value, SERVER, path, report);
  else report(path, `must be a mapping of keys to values${kindOf(value)}`);
}

function check(value: unknown, schema: Schema, path: KeyPath, report: Report): void {
  // Server entries are checked one by one, when it is known which of them are wanted.
  if (schema.$ref === '#/$defs/Server') return;
  const branches = schema.anyOf ?? [schema];
  const branch = branches.find((candidate) => hasType(value, candidate));
  if (branch === undefined) {
    report(path, `must be ${expected(branches)}${kindOf(value)}`);
    return;
  }
  if (Array.isArray(value) && branch.items !== undefined) {
    for (const [index, item] of value.entries())
      check(item, branch.items, [...path, index], report);
  }
  if (isRecord(value)) checkObject(value, branch, path, report);
}

function checkObject(
  value: Record<string, unknown>,
  schema: Schema,
  path: KeyPath,
  report: Report,
): void {
  const { properties, additionalProperties } = schema;
  for (const [key, item] of Object.entries(value)) {
    const here = [...path, key];
    const property = properties === undefined ? undefined : propertyOf(properties, key);
    if (property !== undefined) {
      // An empty section (`env:` with nothing behind it) is none.
      if (item !== null) check(item, property, here, report);
    } else if (typeof additionalProperties === 'object') {
      check(item, additionalProperties, here, report);
    } else if (additionalProperties === false) {
      report(here, `unknown key${suggestion(key, properties ?? {}, path)}`, { key: true });
    }
  }
}

function propertyOf(properties: Record<string, Schema>, key: string): Schema | undefined {
  const canonical = toCanonicalKey(key);
  return Object.hasOwn(properties, canonical) ? properties[canonical] : undefined;
}

function suggestion(key: string, properties: Record<string, Schema>, path: KeyPath): string {
  const known = Object.keys(properties).filter((name) => properties[name]?.$ref === undefined);
  const near = didYouMean(toCanonicalKey(key), known);
  if (near !== '' || path.length > 0) return near;
  const isServerKey = propertyOf(SERVER.properties ?? {}, key) !== undefined;
  return isServerKey ? '; servers stand under mcpServers, each with a name' : '';
}

function hasType(value: unknown, { type }: Schema): boolean {
  if (type === undefined) return true;
  return [type].flat().includes(typeOf(value));
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  null: 'empty',
};

function expected(branches: readonly Schema[]): string {
  const types = new Set(branches.flatMap(({ type }) => type ?? []));
  // Texts are allowed for numbers and booleans because a reference is one; a person means the number.
  if (types.size === 2 && (types.has('number') || types.has('boolean'))) types.delete('string');
  return orList([...types].map((type) => WORDS[type] ?? type));
}

/** ` (got a list)`: the kind only, a value may be secret. */
function kindOf(value: unknown): string {
  return ` (got ${typeof value === 'boolean' ? String(value) : (WORDS[typeOf(value)] ?? 'nothing')})`;
}
