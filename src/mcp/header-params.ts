import { isRecord } from '../core/json.js';

/** Where a property may be declared; anywhere else `x-mcp-header` makes the tool invalid. */
const PRIMITIVES = new Set(['string', 'integer', 'boolean']);
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const KEY = 'x-mcp-header';

interface Place {
  value: unknown;
  /** Reached from the root by `properties` alone. */
  direct: boolean;
  isRoot: boolean;
}

/**
 * Why a tool's `x-mcp-header` declarations are invalid, or undefined when they are fine
 * (2026-07-28/basic/transports/streamable-http, custom headers from tool parameters): such a tool
 * must not be offered. Walks without recursion, for schemas of any depth.
 */
export function headerFault(inputSchema: object): string | undefined {
  const names = new Set<string>();
  const places: Place[] = [{ value: inputSchema, direct: true, isRoot: true }];
  for (let place = places.pop(); place !== undefined; place = places.pop()) {
    const { value, direct, isRoot } = place;
    if (Array.isArray(value)) {
      for (const item of value) places.push({ value: item, direct: false, isRoot: false });
      continue;
    }
    if (!isRecord(value)) continue;
    if (KEY in value) {
      const fault = direct && !isRoot ? declarationFault(value, names) : 'is out of place';
      if (fault !== undefined) return `its ${KEY} ${fault}`;
    }
    for (const [key, child] of Object.entries(value)) {
      if (key === 'properties' && isRecord(child)) {
        for (const property of Object.values(child)) {
          places.push({ value: property, direct, isRoot: false });
        }
      } else if (!VALUES.has(key)) {
        places.push({ value: child, direct: false, isRoot: false });
      }
    }
  }
  return undefined;
}

/** Keywords that hold data, not schemas. */
const VALUES = new Set(['default', 'const', 'enum', 'examples', 'required', KEY]);

function declarationFault(schema: Record<string, unknown>, names: Set<string>): string | undefined {
  const name = schema[KEY];
  if (typeof name !== 'string' || !TOKEN.test(name)) return 'is no header name';
  if (typeof schema['type'] !== 'string' || !PRIMITIVES.has(schema['type'])) {
    return 'is on a value that is no string, integer or boolean';
  }
  if (names.has(name.toLowerCase())) return 'is declared twice';
  names.add(name.toLowerCase());
  return undefined;
}
