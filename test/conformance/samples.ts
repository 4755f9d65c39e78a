import { isRecord, type JsonObject, type JsonSchema, type JsonValue } from '../../src/core/json.js';

/** Arguments of the types a tool's schema names. */
export function sampleArguments(schema: JsonSchema): JsonObject {
  const properties = schema['properties'];
  if (!isRecord(properties)) return {};
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [name, sampleOf(property)]),
  );
}

function sampleOf(schema: unknown): JsonValue {
  if (!isRecord(schema)) return 'sample';
  const { default: proposed, enum: choices, type } = schema;
  if (proposed !== undefined) return proposed as JsonValue;
  if (Array.isArray(choices)) return choices[0] as JsonValue;
  switch (Array.isArray(type) ? type[0] : type) {
    case 'number':
    case 'integer':
      return 1;
    case 'boolean':
      return true;
    case 'array':
      return [];
    case 'object':
      return sampleArguments(schema);
    case 'null':
      return null;
    default:
      return 'sample';
  }
}
