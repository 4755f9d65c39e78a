import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import { isRecord, type JsonSchema } from '../core/json.js';
import { fitsPlainly } from './plain-check.js';
import { withoutHazards } from './safe-schema.js';

/** What is wrong with the arguments, one line each, in words a model can act on; empty when they fit. */
export type Problems = readonly string[];

const MAX_PROBLEMS = 5;
const MAX_PROBLEM_CHARS = 300;
/** A schema can take exponential time without any regular expression; milliseconds. */
const COMPILE_MS = 1000;
const VALIDATE_MS = 250;

const compiled = new WeakMap<JsonSchema, Promise<Check | undefined>>();

type Check = (args: Record<string, unknown>) => readonly ErrorObject[];

/**
 * Validates by JSON Schema 2020-12 without its regular expressions. A schema that cannot be
 * compiled, or takes too long, lets everything pass: the server validates too.
 */
export async function validateArguments(
  args: Record<string, unknown>,
  schema: JsonSchema,
): Promise<Problems> {
  if (fitsPlainly(args, schema)) return [];
  let pending = compiled.get(schema);
  if (pending === undefined) {
    pending = compile(schema);
    compiled.set(schema, pending);
  }
  const check = await pending;
  if (check === undefined) return [];
  try {
    return check(args).slice(0, MAX_PROBLEMS).map(describe);
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
    const validate: ValidateFunction = withinTime(COMPILE_MS, () =>
      new Ajv2020(options).compile(withoutHazards(schema)),
    );
    return (args) =>
      withinTime(VALIDATE_MS, () => (validate(args) ? [] : [...(validate.errors ?? [])]));
  } catch {
    return undefined;
  }
}

function describe(error: ErrorObject): string {
  const text = problem(error);
  return text.length > MAX_PROBLEM_CHARS ? `${text.slice(0, MAX_PROBLEM_CHARS)}…` : text;
}

function problem({ instancePath, keyword, params, message }: ErrorObject): string {
  const where = instancePath === '' ? 'arguments' : instancePath.slice(1).replaceAll('/', '.');
  if (keyword === 'enum' && isRecord(params)) {
    return `${where} must be one of ${JSON.stringify(params['allowedValues'])}`;
  }
  if (keyword === 'additionalProperties' && isRecord(params)) {
    return `${where} must not have "${String(params['additionalProperty'])}"`;
  }
  return `${where} ${message ?? 'is invalid'}`;
}
