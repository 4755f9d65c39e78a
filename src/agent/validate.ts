import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import { isRecord, type JsonSchema, type JsonValue } from '../core/json.js';
import { fitsPlainly } from './plain-check.js';
import { withoutHazards } from './safe-schema.js';

/** What is wrong with a value, one line each, in words a model can act on; empty when they fit. */
export type Problems = readonly string[];

const MAX_PROBLEMS = 5;
const MAX_PROBLEM_CHARS = 300;
/** A schema can take exponential time without any regular expression; milliseconds. */
const COMPILE_MS = 1000;
const VALIDATE_MS = 250;

const compiled = new WeakMap<JsonSchema, Promise<Check | undefined>>();

type Check = (value: unknown) => readonly ErrorObject[];

/** Arguments by the tool's input schema; the server validates them too. */
export function validateArguments(
  args: Record<string, unknown>,
  schema: JsonSchema,
): Promise<Problems> {
  return validate(args, schema, 'arguments');
}

/** `structuredContent` by the tool's output schema (2025-11-25/server/tools#output-schema). */
export function validateStructured(value: JsonValue, schema: JsonSchema): Promise<Problems> {
  return validate(value, schema, 'the whole');
}

/**
 * Validates by JSON Schema 2020-12 without its regular expressions. A schema that cannot be
 * compiled, or takes too long, lets everything pass.
 */
async function validate(value: unknown, schema: JsonSchema, whole: string): Promise<Problems> {
  if (fitsPlainly(value, schema)) return [];
  let pending = compiled.get(schema);
  if (pending === undefined) {
    pending = compile(schema);
    compiled.set(schema, pending);
  }
  const check = await pending;
  if (check === undefined) return [];
  try {
    return check(value)
      .slice(0, MAX_PROBLEMS)
      .map((error) => describe(error, whole));
  } catch {
    // Too slow, or too deep for the stack: it will be the next time too.
    compiled.set(schema, Promise.resolve(undefined));
    return [];
  }
}

async function compile(schema: JsonSchema): Promise<Check | undefined> {
  const [{ Ajv2020 }, { withinTime }] = await Promise.all([
    import('ajv/dist/2020.js'),
    import('./time-limit.js'),
  ]);
  try {
    const options = {
      strict: false,
      allErrors: true,
      validateFormats: false,
      logger: false,
      // Compiling the meta-schemas takes longer than all the rest; every keyword checks its own value.
      validateSchema: false,
      meta: false,
      // A required `toString` is not there because every object has one.
      ownProperties: true,
    } as const;
    const fits: ValidateFunction = withinTime(COMPILE_MS, () =>
      new Ajv2020(options).compile(withoutHazards(schema)),
    );
    return (value) => withinTime(VALIDATE_MS, () => (fits(value) ? [] : [...(fits.errors ?? [])]));
  } catch {
    return undefined;
  }
}

function describe(error: ErrorObject, whole: string): string {
  const text = problem(error, whole);
  return text.length > MAX_PROBLEM_CHARS ? `${text.slice(0, MAX_PROBLEM_CHARS)}…` : text;
}

function problem(error: ErrorObject, whole: string): string {
  const { instancePath, keyword, params, message } = error;
  const where = instancePath === '' ? whole : instancePath.slice(1).replaceAll('/', '.');
  if (keyword === 'enum' && isRecord(params)) {
    return `${where} must be one of ${JSON.stringify(params['allowedValues'])}`;
  }
  if (keyword === 'additionalProperties' && isRecord(params)) {
    return `${where} must not have "${String(params['additionalProperty'])}"`;
  }
  return `${where} ${message ?? 'is invalid'}`;
}
