/** Nesting of JSON that every later step (serialising, redacting, validating) survives by far. */
export const MAX_JSON_DEPTH = 128;

/** True when objects and arrays are nested deeper than `limit`. Never recurses itself. */
export function isDeeperThan(value: unknown, limit = MAX_JSON_DEPTH): boolean {
  let level = [value].filter(isNested);
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth === limit) return true;
    level = level.flatMap((item) => Object.values(item)).filter(isNested);
  }
  return false;
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
