import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import { isRecord, type JsonSchema } from '../core/json.js';

/** What is wrong with the arguments, one line each, in words a model can act on; empty when they fit. */
export type Problems = readonly string[];

const MAX_PROBLEMS = 5;
const MAX_DEPTH = 64;
const MAX_NODES = 2000;

/** Keywords whose values are maps from names to schemas. */
const SCHEMA_MAPS = new Set(['properties', '$defs', 'definitions', 'dependentSchemas']);
/** Keywords whose values are data. */
const DATA = new Set(['enum', 'const', 'required', 'dependentRequired', 'type']);
/**
 * Left out: regular expressions, because a server's `pattern` can freeze the process, and
 * identities and dialects, because the schema is looked at alone.
 */
const DROPPED = new Set([
  'pattern',
  'patternProperties',
  'format',
  '$schema',
  '$id',
  '$anchor',
  '$dynamicRef',
  '$dynamicAnchor',
  'contentSchema',
  'examples',
  'default',
]);

const compiled = new WeakMap<JsonSchema, Promise<ValidateFunction | undefined>>();

/** Loads the validator ahead of its first use. */
export function preloadValidator(): void {
  void import('ajv/dist/2020.js');
}

/** Validates by JSON Schema 2020-12 without its regular expressions. A schema that cannot be compiled lets everything pass. */
export async function validateArguments(
  args: Record<string, unknown>,
  schema: JsonSchema,
): Promise<Problems> {
  let pending = compiled.get(schema);
  if (pending === undefined) {
    pending = compile(schema);
    compiled.set(schema, pending);
  }
  const validate = await pending;
  if (validate === undefined || validate(args)) return [];
  return (validate.errors ?? []).slice(0, MAX_PROBLEMS).map(describe);
}

async function compile(schema: JsonSchema): Promise<ValidateFunction | undefined> {
  const { Ajv2020 } = await import('ajv/dist/2020.js');
  try {
    const safe = withoutRegex(schema, { depth: 0, budget: { nodes: MAX_NODES } });
    return new Ajv2020({
      strict: false,
      allErrors: true,
      validateFormats: false,
      logger: false,
    }).compile(safe);
  } catch {
    return undefined;
  }
}

interface Copying {
  depth: number;
  budget: { nodes: number };
}

function withoutRegex(schema: JsonSchema, { depth, budget }: Copying): JsonSchema {
  budget.nodes -= 1;
  if (depth > MAX_DEPTH || budget.nodes < 0) throw new RangeError('schema too large');
  const inner = { depth: depth + 1, budget };
  const copyMap = (map: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(map).map(([name, item]) => [name, copyAny(item, inner)]));
  const entries = Object.entries(schema).flatMap(([keyword, value]): [string, unknown][] => {
    if (DROPPED.has(keyword)) return [];
    // Without its patterns, `additionalProperties: false` would refuse what they allowed.
    if (/^(additional|unevaluated)Properties$/.test(keyword) && 'patternProperties' in schema)
      return [];
    if (DATA.has(keyword)) return [[keyword, value]];
    if (SCHEMA_MAPS.has(keyword) && isRecord(value)) return [[keyword, copyMap(value)]];
    return [[keyword, copyAny(value, inner)]];
  });
  return Object.fromEntries(entries);
}

function copyAny(value: unknown, copying: Copying): unknown {
  if (isRecord(value)) return withoutRegex(value, copying);
  if (Array.isArray(value)) return value.map((item) => copyAny(item, copying));
  return value;
}

function describe(error: ErrorObject): string {
  const where =
    error.instancePath === '' ? 'arguments' : error.instancePath.slice(1).replaceAll('/', '.');
  if (error.keyword === 'enum' && isRecord(error.params)) {
    return `${where} must be one of ${JSON.stringify(error.params['allowedValues'])}`;
  }
  if (error.keyword === 'additionalProperties' && isRecord(error.params)) {
    return `${where} must not have "${String(error.params['additionalProperty'])}"`;
  }
  return `${where} ${error.message ?? 'is invalid'}`;
}
