/** Plain JSON, as it crosses every boundary of the program. */
export type JsonPrimitive = string | number | boolean | null;
export type JsonValue = JsonPrimitive | JsonValue[] | { [key: string]: JsonValue };
export type JsonObject = { [key: string]: JsonValue };

/** A JSON Schema document (2020-12) as a server sent it: never trusted, never executed. */
export type JsonSchema = { readonly [key: string]: unknown };

/** True for `{…}`, false for arrays, null and primitives. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
