/**
 * Makes a server's tool fit what Ollama's Go structs keep (api/types.go `ToolFunctionParameters`,
 * `ToolProperty`): what they drop unseen is written into descriptions, what they refuse is
 * rewritten. Validation goes by the original schema, never by this one. Pure.
 */
import { isRecord, type JsonSchema } from '../core/json.js';
import { branchesOf, flatten, merge, type Flat, type Raw } from './schema-flatten.js';
import { capText } from './schema-notes.js';
import { createBudget, OverBudget, type Budget } from './schema-budget.js';
import { toPlain, type PlainParameters } from './schema-plain.js';
import { toProperties } from './schema-property.js';
import type { ModelTool } from './types.js';

export interface OllamaTool {
  type: 'function';
  function: { name: string; description: string; parameters: OllamaParameters };
}

export type OllamaParameters = PlainParameters;

/** Characters of a tool's description and of all its parameters; a model has to read them every turn. */
const MAX_DESCRIPTION = 8192;
const MAX_PARAMETERS = 32_768;
/** Nesting tried in turn until the parameters fit. */
const DEPTHS = [12, 6, 4, 3, 2, 1];

export function toOllamaTool(tool: ModelTool): OllamaTool {
  const { parameters, left } = parametersOf(tool.parameters);
  const more = left > 0 ? ` (${left} more parameters are not shown.)` : '';
  return {
    type: 'function',
    function: {
      name: tool.name,
      description: capText(tool.description, MAX_DESCRIPTION - more.length) + more,
      parameters,
    },
  };
}

interface Made {
  parameters: OllamaParameters;
  /** Parameters for which there was no room. */
  left: number;
}

/** Schemas do not change while a server is connected, and every turn sends all of them. */
const made = new WeakMap<JsonSchema, Made>();

function parametersOf(schema: JsonSchema): Made {
  const known = isRecord(schema) ? made.get(schema) : undefined;
  if (known !== undefined) return known;
  const fresh = makeParameters(schema);
  if (isRecord(schema)) made.set(schema, fresh);
  return fresh;
}

function makeParameters(schema: unknown): Made {
  const plain = toPlain(schema, MAX_PARAMETERS);
  if (plain !== undefined) return { parameters: plain, left: 0 };
  for (const maxDepth of DEPTHS) {
    const budget = createBudget(MAX_PARAMETERS, { lenient: maxDepth === 1 });
    try {
      return build(schema, { root: schema, maxDepth, budget });
    } catch (error) {
      if (!(error instanceof OverBudget)) throw error;
    }
  }
  return { parameters: { type: 'object', properties: {} }, left: 0 };
}

function build(
  schema: unknown,
  context: { root: unknown; maxDepth: number; budget: Budget },
): Made {
  const whole = withBranches(flatten(schema, { ...context, refs: ['#'] }), context);
  const { properties, required, left } = toProperties(whole, { ...context, depth: 1 });
  return {
    parameters: { type: 'object', properties, ...(required.length > 0 ? { required } : {}) },
    left,
  };
}

/** `anyOf` at the top is dropped by Ollama: all branches' properties are offered, required is what all of them require. */
function withBranches(flat: Flat, context: { root: unknown; budget: Budget }): Flat {
  const branches = branchesOf(flat.schema)
    .slice(0, 32)
    .map((branch) => flatten(branch, { ...context, refs: flat.refs }));
  if (branches.length === 0) return flat;
  const [first = [], ...others] = branches.map(({ schema }) => requiredOf(schema));
  const shared = first.filter((name) => others.every((list) => list.includes(name)));
  let schema: Raw = { ...flat.schema, anyOf: undefined, oneOf: undefined };
  for (const branch of branches) schema = merge(schema, branch.schema);
  return {
    schema: { ...schema, required: [...requiredOf(flat.schema), ...shared] },
    refs: [...flat.refs, ...branches.flatMap(({ refs }) => refs)],
  };
}

function requiredOf(schema: Raw): unknown[] {
  return Array.isArray(schema['required']) ? schema['required'] : [];
}
