import { resolveRef } from '../../agent/local-ref.js';
import { isRecord, type JsonSchema } from '../../core/json.js';

/** A property of a tool's arguments, as its schema declares it. */
export interface Property {
  name: string;
  schema: JsonSchema;
  required: boolean;
}

const MAX_DEPTH = 8;

/** What is left to look at: alternatives of alternatives, or of themselves, would have no end. */
export interface Budget {
  steps: number;
}

/** Enough for any schema that a person wrote. */
export const createBudget = (steps = 1000): Budget => ({ steps });

/**
 * The properties of an object, those of `allOf` and of the alternatives included; required ones
 * first, else in the order of the schema. What only an alternative requires is optional.
 */
export function propertiesOf(declared: unknown, root: JsonSchema): Property[] {
  const found = new Map<string, JsonSchema>();
  const required = new Set<string>();
  collect(declared, { root, found, required, depth: 0, budget: createBudget() });
  const all = [...found].map(([name, schema]) => ({ name, schema, required: required.has(name) }));
  return [...all.filter((one) => one.required), ...all.filter((one) => !one.required)];
}

interface Collecting {
  root: JsonSchema;
  found: Map<string, JsonSchema>;
  required: Set<string> | undefined;
  depth: number;
  budget: Budget;
}

function collect(declared: unknown, place: Collecting): void {
  const { root, found, required, depth, budget } = place;
  const schema = resolveRef(declared, root);
  budget.steps -= 1;
  if (schema === undefined || depth > MAX_DEPTH || budget.steps < 0) return;
  const { properties, required: names, allOf } = schema;
  if (Array.isArray(names)) {
    for (const name of names) if (typeof name === 'string') required?.add(name);
  }
  for (const [name, item] of Object.entries(isRecord(properties) ? properties : {})) {
    if (!found.has(name)) found.set(name, isRecord(item) ? item : {});
  }
  const inner = { root, found, budget, depth: depth + 1 };
  for (const part of Array.isArray(allOf) ? allOf : []) collect(part, { ...inner, required });
  for (const part of alternativesIn(schema)) collect(part, { ...inner, required: undefined });
}

/** What a value may be: the schema itself, or each of its alternatives, references followed. */
export function optionsOf(
  declared: unknown,
  root: JsonSchema,
  budget: Budget = createBudget(),
  depth = 0,
): JsonSchema[] {
  const schema = resolveRef(declared, root);
  budget.steps -= 1;
  if (schema === undefined || depth > MAX_DEPTH || budget.steps < 0) return [{}];
  const { allOf } = schema;
  const parts: unknown[] = [
    ...alternativesIn(schema),
    // A reference with a description is often written as an allOf of one.
    ...(Array.isArray(allOf) && allOf.length === 1 ? allOf : []),
  ];
  if (parts.length === 0 || schema['type'] !== undefined) return [schema];
  return parts.flatMap((part) => optionsOf(part, root, budget, depth + 1));
}

/** The names of its types; empty when it takes every type. */
export function typesOf({ type, properties, items }: JsonSchema): string[] {
  if (Array.isArray(type)) return type.filter((item) => typeof item === 'string');
  if (typeof type === 'string') return [type];
  if (isRecord(properties)) return ['object'];
  return isRecord(items) ? ['array'] : [];
}

/** What `enum` and `const` leave to choose from; undefined when they leave everything. */
export function choicesOf(schema: JsonSchema): readonly unknown[] | undefined {
  if (Array.isArray(schema['enum'])) return schema['enum'];
  return 'const' in schema ? [schema['const']] : undefined;
}

function alternativesIn({ anyOf, oneOf }: JsonSchema): unknown[] {
  return [anyOf, oneOf].flatMap((part): unknown[] => (Array.isArray(part) ? part : []));
}
