import type { JsonSchemaValidator } from '@modelcontextprotocol/client';

/**
 * Stands in for `@modelcontextprotocol/client/_shims` in the bundle. The SDK's own validator runs a
 * server's regular expressions, which can freeze the process; arguments and results are
 * validated elsewhere, without them.
 */
export const CORS_IS_POSSIBLE = false;

/** A validator that accepts everything, in the shape of the SDK's `jsonSchemaValidator`. */
export class DefaultJsonSchemaValidator {
  getValidator<T>(_schema: unknown): JsonSchemaValidator<T> {
    return (input) => ({ valid: true, data: input as T, errorMessage: undefined });
  }
}
