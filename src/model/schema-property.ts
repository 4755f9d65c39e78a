import { isRecord } from '../core/json.js';
import type { Budget } from './schema-budget.js';
import {
  branchesOf,
  flatten,
  hasNullBranch,
  MAX_PROPERTIES,
  type Flat,
  type Raw,
} from './schema-flatten.js';
import { cleanText, describeProperty } from './schema-notes.js';

/** What Ollama keeps of a property (api/types.go `ToolProperty`). */
export interface OllamaProperty {
  type?: string;
  description?: string;
  enum?: unknown[];
  anyOf?: OllamaProperty[];
  items?: OllamaProperty;
  properties?: Record<string, OllamaProperty>;
  required?: string[];
}

export interface PropertyContext {
  root: unknown;
  budget: Budget;
  /** 1 = the tool's own parameters. */
  depth: number;
  maxDepth: number;
}

export interface Properties {
  properties: Record<string, OllamaProperty>;
  required: string[];
  /** Properties left out for lack of room. */
  left: number;
}

/** Brackets, quotes and keyword names of a property. */
const OVERHEAD = 32;
const MAX_BRANCHES = 16;

/** All properties of an object schema, in its order. One that may be null may be left out. */
export function toProperties({ schema, refs }: Flat, context: PropertyContext): Properties {
  const raw = isRecord(schema['properties']) ? schema['properties'] : {};
  const wanted = new Set<unknown>(Array.isArray(schema['required']) ? schema['required'] : []);
  const made = new Map<string, OllamaProperty>();
  const required: string[] = [];
  const entries = Object.entries(raw);
  const within = { root: context.root, budget: context.budget, refs };
  for (const [given, value] of entries.slice(0, MAX_PROPERTIES)) {
    const name = cleanText(given);
    if (!context.budget.spend(name.length + OVERHEAD)) break;
    if (made.has(name)) continue;
    const flat = flatten(value, within);
    made.set(name, toProperty(flat, context));
    const asked = wanted.has(given) || (isRecord(value) && value['required'] === true);
    if (asked && !isNullable(flat.schema)) required.push(name);
  }
  return {
    properties: Object.fromEntries(made),
    required,
    left: entries.length - made.size,
  };
}

function toProperty(flat: Flat, context: PropertyContext): OllamaProperty {
  const { schema } = flat;
  const branches = toBranches(flat, context);
  const values = enumOf(schema) ?? enumOfBranches(branches, schema);
  const union = values === undefined && branches.length > 1 ? branches : undefined;
  const { type, others } = typeOf(schema, values, union);
  const description = describeProperty(schema, others);
  const fits = context.budget.spend(description.length + sizeOf(values));
  const property: OllamaProperty = {};
  if (type !== undefined) property.type = type;
  if (description !== '' && fits) property.description = description;
  if (values !== undefined && fits) property.enum = values;
  if (union !== undefined) property.anyOf = union;
  if (type === 'object') addProperties(property, flat, context);
  if (type === 'array') addItems(property, flat, context);
  return property;
}

function toBranches({ schema, refs }: Flat, context: PropertyContext): OllamaProperty[] {
  const raw = branchesOf(schema);
  if (raw.length === 0 || context.depth >= context.maxDepth) return [];
  const inner = { ...context, depth: context.depth + 1 };
  const branches = raw
    .slice(0, MAX_BRANCHES)
    .map((branch) => toProperty(flatten(branch, { ...context, refs }), inner));
  const distinct = new Map(branches.map((branch) => [JSON.stringify(branch), branch]));
  for (const text of distinct.keys()) context.budget.spend(Math.min(text.length, OVERHEAD));
  return [...distinct.values()];
}

/** The types of JSON Schema, without null. */
export const TYPES: ReadonlySet<string> = new Set([
  'string',
  'number',
  'integer',
  'boolean',
  'object',
  'array',
]);

interface Typed {
  type?: string;
  /** Note on the types that were left out. */
  others: string[];
}

/** One type: the first that is not null, or what the other keywords tell. */
function typeOf(
  schema: Raw,
  values: readonly unknown[] | undefined,
  union: readonly OllamaProperty[] | undefined,
): Typed {
  const given = schema['type'];
  if (isType(given)) return { type: given, others: [] };
  if (Array.isArray(given)) {
    const [type, ...others] = new Set(given.filter(isType));
    const note = others.length === 0 ? [] : [`or ${others.join(', ')}`];
    if (type !== undefined) return { type, others: note };
  }
  if (union === undefined) return { type: inferType(schema, values), others: [] };
  const [shared, ...different] = new Set(union.map((branch) => branch.type));
  return shared === undefined || different.length > 0
    ? { others: [] }
    : { type: shared, others: [] };
}

const isType = (value: unknown): value is string => typeof value === 'string' && TYPES.has(value);

function inferType(schema: Raw, values: readonly unknown[] | undefined): string {
  if (values !== undefined) return typeOfValue(values[0]);
  if (isRecord(schema['properties']) || isRecord(schema['additionalProperties'])) return 'object';
  if (schema['items'] !== undefined || Array.isArray(schema['prefixItems'])) return 'array';
  if (typeof schema['minimum'] === 'number' || typeof schema['maximum'] === 'number')
    return 'number';
  const [branch] = branchesOf(schema);
  const type = isRecord(branch) ? branch['type'] : undefined;
  return isType(type) ? type : 'string';
}

function typeOfValue(value: unknown): string {
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  if (typeof value === 'boolean') return 'boolean';
  if (Array.isArray(value)) return 'array';
  return isRecord(value) ? 'object' : 'string';
}

const MAX_VALUES = 256;
const MAX_VALUE = 512;

/** `enum`, or `const` as one of one; null and monsters left out. */
function enumOf(schema: Raw): unknown[] | undefined {
  const given = Array.isArray(schema['enum'])
    ? (schema['enum'] as unknown[])
    : 'const' in schema
      ? [schema['const']]
      : undefined;
  if (given === undefined) return undefined;
  const values = given
    .slice(0, MAX_VALUES)
    .filter((value) => value !== null && value !== undefined && sizeOf([value]) <= MAX_VALUE)
    .map((value) => (typeof value === 'string' ? cleanText(value) : value));
  return values.length === 0 ? undefined : values;
}

/** A union of constants is an enum. */
function enumOfBranches(branches: readonly OllamaProperty[], schema: Raw): unknown[] | undefined {
  if (branches.length < 2 || isRecord(schema['properties'])) return undefined;
  const types = new Set(branches.map(({ type }) => type));
  if (types.size !== 1 || branches.some(({ enum: values }) => values === undefined))
    return undefined;
  return [...new Set(branches.flatMap(({ enum: values }) => values ?? []))].slice(0, MAX_VALUES);
}

function sizeOf(values: readonly unknown[] | undefined): number {
  if (values === undefined) return 0;
  try {
    return JSON.stringify(values).length;
  } catch {
    // Nested deeper than the stack.
    return Infinity;
  }
}

function isNullable(schema: Raw): boolean {
  const { type, enum: values } = schema;
  return (
    schema['nullable'] === true ||
    hasNullBranch(schema) ||
    (Array.isArray(type) && type.includes('null')) ||
    (Array.isArray(values) && values.includes(null))
  );
}

function addProperties(property: OllamaProperty, flat: Flat, context: PropertyContext): void {
  if (!isRecord(flat.schema['properties']) || context.depth >= context.maxDepth) return;
  const inner = { ...context, depth: context.depth + 1 };
  const { properties, required } = toProperties(flat, inner);
  property.properties = properties;
  if (required.length > 0) property.required = required;
}

/** `items`; a tuple's places count as a union. */
function addItems(
  property: OllamaProperty,
  { schema, refs }: Flat,
  context: PropertyContext,
): void {
  if (context.depth >= context.maxDepth) return;
  const tuple = Array.isArray(schema['prefixItems']) ? schema['prefixItems'] : schema['items'];
  const items = Array.isArray(tuple) ? (tuple.length === 0 ? undefined : { anyOf: tuple }) : tuple;
  if (!isRecord(items)) return;
  context.budget.spend(OVERHEAD);
  const inner = { ...context, depth: context.depth + 1 };
  property.items = toProperty(flatten(items, { ...context, refs }), inner);
}
