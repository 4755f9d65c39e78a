import { isRecord, type JsonSchema } from '../core/json.js';

const MAX_DEPTH = 64;
const MAX_NODES = 2000;

/** Keywords whose values are maps from names to schemas. */
const SCHEMA_MAPS = new Set(['properties', '$defs', 'definitions', 'dependentSchemas']);
/** Keywords whose values are data. */
const DATA = new Set(['enum', 'const', 'required', 'dependentRequired', 'type']);
/**
 * Left out: regular expressions, because a server's `pattern` can freeze the process; identities
 * and dialects, because the schema is looked at alone; `$async`, which turns Ajv's answer into a promise.
 */
const DROPPED = new Set([
  'pattern',
  'patternProperties',
  'format',
  '$async',
  '$schema',
  '$id',
  'id',
  '$anchor',
  '$dynamicRef',
  '$dynamicAnchor',
  'contentSchema',
  'examples',
  'default',
]);

/** A copy without what a hostile server could do harm with. Throws `RangeError` when it is too large. */
export function withoutHazards(schema: JsonSchema): JsonSchema {
  return copySchema(schema, { depth: 0, budget: { nodes: MAX_NODES } });
}

interface Copying {
  depth: number;
  budget: { nodes: number };
}

function copySchema(schema: JsonSchema, { depth, budget }: Copying): JsonSchema {
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
  if (isRecord(value)) return copySchema(value, copying);
  if (Array.isArray(value)) return value.map((item) => copyAny(item, copying));
  return value;
}
