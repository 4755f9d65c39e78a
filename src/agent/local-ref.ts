import { isRecord, type JsonSchema } from '../core/json.js';

const MAX_HOPS = 8;

/** The schema itself, or what its local `$ref` points to; undefined for booleans, dead ends and cycles. */
export function resolveRef(declared: unknown, root: JsonSchema): JsonSchema | undefined {
  let schema = declared;
  for (let hops = 0; hops < MAX_HOPS; hops += 1) {
    if (!isRecord(schema)) return undefined;
    const ref = schema['$ref'];
    if (typeof ref !== 'string') return schema;
    schema = followPointer(ref, root);
  }
  return undefined;
}

/** A JSON Pointer in a URI fragment (RFC 6901 §6). Only through objects: nothing else holds schemas by name. */
function followPointer(ref: string, root: JsonSchema): unknown {
  if (ref === '#') return root;
  if (!ref.startsWith('#/')) return undefined;
  let target: unknown = root;
  for (const part of ref.slice(2).split('/')) {
    const key = decode(part).replaceAll('~1', '/').replaceAll('~0', '~');
    target = isRecord(target) && Object.hasOwn(target, key) ? target[key] : undefined;
  }
  return target;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
