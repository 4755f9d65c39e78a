import { isRecord, type JsonObject, type JsonValue } from '../../../core/json.js';
import type { Audit } from '../../audit/types.js';

/** A tool that may be called with wrong arguments, though the server should refuse. */
export interface Refusable {
  name: string;
  inputSchema: JsonObject;
}

/**
 * The tool the person named, or one that declares to read only; with `active` any that does not
 * declare to destroy. It has arguments whose type can be got wrong. A server that does not look
 * would run it: so not just any.
 */
export function findRefusable({
  control,
  tool: named,
  active,
}: Pick<Audit, 'control' | 'tool' | 'active'>): Refusable | undefined {
  const candidates = control.tools.flatMap((tool) => {
    const { name, inputSchema, annotations } = tool;
    if (typeof name !== 'string' || !isRecord(inputSchema)) return [];
    if (Object.keys(toWrongArguments(inputSchema)).length === 0) return [];
    const hints = isRecord(annotations) ? annotations : {};
    return [{ name, inputSchema, hints }];
  });
  return (
    candidates.find(({ name }) => name === named?.name) ??
    candidates.find(({ hints }) => hints['readOnlyHint'] === true) ??
    (active ? candidates.find(({ hints }) => hints['destructiveHint'] === false) : undefined)
  );
}

/** For each required argument of a known type a value of another; what has no type is left out. */
export function toWrongArguments(schema: JsonObject): JsonObject {
  const { properties, required } = schema;
  if (!isRecord(properties) || !Array.isArray(required)) return {};
  return Object.fromEntries(
    required.flatMap((name) => {
      const property = typeof name === 'string' ? properties[name] : undefined;
      const wrong = isRecord(property) ? wrongValue(property['type']) : undefined;
      return wrong === undefined ? [] : [[name as string, wrong]];
    }),
  );
}

/** Values that no lenient reader turns into the right type. */
function wrongValue(type: unknown): JsonValue | undefined {
  switch (type) {
    case 'number':
    case 'integer':
    case 'boolean':
      return { ostler: 'wrong type' };
    case 'string':
      return { ostler: ['wrong type'] };
    case 'array':
    case 'object':
      return 'ostler: wrong type';
    default:
      return undefined;
  }
}
