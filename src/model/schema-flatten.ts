import { isRecord } from '../core/json.js';
import type { Budget } from './schema-budget.js';

/** A subschema as the server wrote it. */
export type Raw = Readonly<Record<string, unknown>>;

/** A subschema without `$ref` and `allOf`, and the references that led to it. */
export interface Flat {
  schema: Raw;
  refs: readonly string[];
}

export interface FlattenContext {
  root: unknown;
  budget: Budget;
  /** References followed on the way here; one of them again is a cycle. */
  refs: readonly string[];
}

const MAX_REFS = 8;
const MAX_NESTED = 24;
/** Properties of one object that are looked at. */
export const MAX_PROPERTIES = 512;

/** Keywords that make one schema out of several. */
const COMBINING = ['$ref', 'allOf', 'anyOf', 'oneOf'];

const ANYTHING: Raw = { type: 'string' };
const RECURSIVE: Raw = { type: 'object' };

/** Inlines local references and merges `allOf` and one-branched unions. `true` and `false` count as text. */
export function flatten(value: unknown, context: FlattenContext, nested = 0): Flat {
  const { refs, budget } = context;
  if (!isRecord(value)) return { schema: ANYTHING, refs };
  if (!budget.step() || nested > MAX_NESTED) return { schema: RECURSIVE, refs };
  // Nearly every subschema; 500 tools have thousands of them.
  if (!COMBINING.some((keyword) => keyword in value)) return { schema: value, refs };
  const { $ref, allOf, ...own } = value;
  let flat: Flat = { schema: own, refs };
  const add = (other: Flat) => {
    flat = {
      schema: merge(flat.schema, other.schema),
      refs: [...new Set([...flat.refs, ...other.refs])],
    };
  };
  if (typeof $ref === 'string') add(follow($ref, context, nested));
  if (Array.isArray(allOf)) {
    for (const part of allOf) {
      if (isRecord(part)) add(flatten(part, context, nested + 1));
    }
  }
  return mergeOnlyBranch(flat, context, nested);
}

/** A union that has one branch left without null is no union. */
function mergeOnlyBranch(flat: Flat, context: FlattenContext, nested: number): Flat {
  const branches = branchesOf(flat.schema);
  const [only] = branches;
  const had = unionOf(flat.schema);
  if (had.length === 0 || branches.length > 1) return flat;
  const nullable = had.length > branches.length || flat.schema['nullable'] === true;
  const { anyOf: _, oneOf: __, ...rest } = flat.schema;
  const own: Raw = nullable ? { ...rest, nullable: true } : rest;
  if (only === undefined) return { ...flat, schema: own };
  const branch = flatten(only, { ...context, refs: flat.refs }, nested + 1);
  return { schema: merge(own, branch.schema), refs: branch.refs };
}

const NO_BRANCHES: readonly unknown[] = [];

/** `anyOf` and `oneOf` together. */
function unionOf(schema: Raw): readonly unknown[] {
  if (schema['anyOf'] === undefined && schema['oneOf'] === undefined) return NO_BRANCHES;
  return ['anyOf', 'oneOf'].flatMap((key) => {
    const branches = schema[key];
    return Array.isArray(branches) ? (branches as unknown[]).slice(0, 64) : [];
  });
}

/** The branches of a union that are not null. */
export function branchesOf(schema: Raw): readonly unknown[] {
  const union = unionOf(schema);
  return union.length === 0 ? union : union.filter((branch) => !isNull(branch));
}

export function hasNullBranch(schema: Raw): boolean {
  return unionOf(schema).some(isNull);
}

function isNull(branch: unknown): boolean {
  if (!isRecord(branch)) return false;
  if (branch['type'] === 'null') return true;
  return 'const' in branch && branch['const'] === null;
}

/** The schema a local reference means; one that is not local, not there, or recursive is any object. */
function follow(ref: string, context: FlattenContext, nested: number): Flat {
  const { root, refs } = context;
  if (refs.includes(ref) || refs.length > MAX_REFS) return { schema: RECURSIVE, refs };
  const target = resolvePointer(root, ref);
  if (!isRecord(target)) return { schema: RECURSIVE, refs };
  return flatten(target, { ...context, refs: [...refs, ref] }, nested + 1);
}

/** RFC 6901 in a URI fragment. */
function resolvePointer(root: unknown, ref: string): unknown {
  if (ref === '#') return root;
  if (!ref.startsWith('#/') || ref.length > 1024) return undefined;
  let value = root;
  for (const part of ref.slice(2).split('/')) {
    const key = unescape(part);
    const holder = value as Record<string, unknown> | null;
    if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, key))
      return undefined;
    value = holder[key];
  }
  return value;
}

function unescape(part: string): string {
  let text = part;
  try {
    text = decodeURIComponent(part);
  } catch {
    // A stray % means itself.
  }
  return text.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** Both schemas at once: properties and requirements of both, everything else of the first that says it. */
export function merge(a: Raw, b: Raw): Raw {
  const merged: Record<string, unknown> = { ...b, ...withoutUndefined(a) };
  if (isRecord(a['properties']) && isRecord(b['properties'])) {
    merged['properties'] = mergeProperties(a['properties'], b['properties']);
  }
  if (Array.isArray(a['required']) && Array.isArray(b['required'])) {
    merged['required'] = [...new Set([...a['required'], ...b['required']])].slice(
      0,
      MAX_PROPERTIES,
    );
  }
  if (Array.isArray(a['enum']) && Array.isArray(b['enum'])) {
    const allowed = new Set<unknown>(b['enum']);
    const both = a['enum'].filter((value) => allowed.has(value));
    if (both.length > 0) merged['enum'] = both;
  }
  return merged;
}

function withoutUndefined(schema: Raw): Raw {
  return Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== undefined));
}

function mergeProperties(a: Raw, b: Raw): Raw {
  const entries = new Map(Object.entries(a).slice(0, MAX_PROPERTIES));
  for (const [key, value] of Object.entries(b)) {
    if (entries.size >= MAX_PROPERTIES) break;
    const old = entries.get(key);
    entries.set(key, old === undefined || old === value ? value : { allOf: [old, value] });
  }
  return Object.fromEntries(entries);
}
