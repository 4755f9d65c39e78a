import { isRecord, type JsonValue } from '../core/json.js';

const NUMBER = /^-?(?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?$/i;

/** The value as one of a JSON Schema type, or undefined when it is not certain what it would be. */
export function convert(value: JsonValue, type: string): JsonValue | undefined {
  switch (type) {
    case 'number':
    case 'integer':
      return toNumber(value, type);
    case 'boolean': {
      const word = typeof value === 'string' ? value.trim().toLowerCase() : undefined;
      return word === 'true' ? true : word === 'false' ? false : undefined;
    }
    case 'string':
      return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
    case 'null':
      return value === 'null' ? null : undefined;
    case 'array':
      return toArray(value);
    case 'object': {
      const parsed = parseJson(value);
      return isRecord(parsed) ? parsed : undefined;
    }
    default:
      return undefined;
  }
}

/** A number that says the same as the text: not infinite, no digits lost. */
function toNumber(value: JsonValue, type: 'number' | 'integer'): number | undefined {
  if (typeof value !== 'string' || !NUMBER.test(value.trim())) return undefined;
  const number = Number(value);
  if (!Number.isFinite(number)) return undefined;
  if (Number.isInteger(number)) return Number.isSafeInteger(number) ? number : undefined;
  return type === 'integer' ? undefined : number;
}

/** JSON text of a list, or a single value as a list of one. */
function toArray(value: JsonValue): JsonValue[] | undefined {
  const parsed = parseJson(value);
  if (Array.isArray(parsed)) return parsed;
  // Half a list is not a list of one half.
  const isBroken = typeof value === 'string' && /^\s*\[/.test(value);
  return value === null || value === '' || isBroken ? undefined : [value];
}

function parseJson(value: JsonValue): JsonValue | undefined {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return undefined;
  try {
    const parsed: JsonValue = JSON.parse(value);
    return parsed;
  } catch {
    return undefined;
  }
}
