/**
 * Stands in for `zod/v4` in the file the build makes of the SDK (scripts/build.ts). The SDK makes
 * several hundred schemas when it is loaded and more at the first handshake; a run looks at some
 * twenty. Here a schema is a promise of itself: it is made when something is asked of it that only
 * the real one can answer. test/integration/sdk-schemas.test.ts holds it against the real zod.
 */
import * as zod from 'zod/v4';

type Make = () => object;
type Shape = Readonly<Record<string, unknown>>;

/** Asks a deferred schema for the real one. */
const REAL = Symbol('real');

/** Methods of a schema that make another one: calling them can wait as well. */
const DERIVING = new Set(
  (
    'optional nullable nullish array or and loose passthrough strip strict catchall partial required pick omit ' +
    'keyof describe meta default prefault catch refine superRefine transform pipe readonly brand check ' +
    'min max int nonnegative positive gt gte lt lte length nonempty startsWith regex url email safe'
  ).split(' '),
);

/** A schema that is made at its first use. The shape of an object is known before. */
function defer(make: Make, shape?: Shape): object {
  let made: object | undefined;
  const real = (): object => (made ??= make());
  return new Proxy(
    {},
    {
      get(_, key) {
        if (key === REAL) return real;
        if (key === 'shape' && shape !== undefined) return shape;
        if (made === undefined && typeof key === 'string') {
          if (key === 'extend' && shape !== undefined) return extendLater(real, shape);
          if (DERIVING.has(key)) return deriveLater(real, key);
        }
        const schema = real();
        return Reflect.get(schema, key, schema) as unknown;
      },
      set: (_, key, value) => Reflect.set(real(), key, value),
      has: (_, key) => key in real(),
      getPrototypeOf: () => Object.getPrototypeOf(real()) as object,
    },
  );
}

function extendLater(real: Make, shape: Shape) {
  return (more: Shape) => defer(() => derive(real(), 'extend', [more]), { ...shape, ...more });
}

function deriveLater(real: Make, method: string) {
  return (...args: unknown[]) => defer(() => derive(real(), method, args));
}

function derive(schema: object, method: string, args: readonly unknown[]): object {
  const call = Reflect.get(schema, method, schema) as (...values: unknown[]) => object;
  return call.apply(schema, args.map(unwrap));
}

/** The same value with real schemas where deferred ones stood: in arguments, lists and shapes. */
function unwrap(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const real: unknown = Reflect.get(value, REAL);
  if (typeof real === 'function') return (real as Make)();
  if (Array.isArray(value)) return value.map(unwrap);
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unwrap(item)]));
}

/** One of zod's functions, called when its schema is first used. */
function later(factory: unknown) {
  const call = factory as (...args: unknown[]) => object;
  return (...args: unknown[]) => defer(() => call(...args.map(unwrap)));
}

function objectLater(factory: unknown) {
  const call = factory as (...args: unknown[]) => object;
  return (shape: Shape = {}, ...rest: unknown[]) =>
    defer(() => call(unwrap(shape), ...rest.map(unwrap)), shape);
}

export const object = objectLater(zod.object);
export const looseObject = objectLater(zod.looseObject);
export const any = later(zod.any);
export const array = later(zod.array);
export const boolean = later(zod.boolean);
export const discriminatedUnion = later(zod.discriminatedUnion);
export const email = later(zod.email);
export const intersection = later(zod.intersection);
export const literal = later(zod.literal);
export const number = later(zod.number);
export const optional = later(zod.optional);
export const preprocess = later(zod.preprocess);
export const record = later(zod.record);
export const string = later(zod.string);
export const union = later(zod.union);
export const unknown = later(zod.unknown);
export const url = later(zod.url);
const anEnum = later(zod.enum);
const aNull = later(zod.null);
export { aNull as null, anEnum as enum };
export const lazy = (make: () => unknown) =>
  defer(() => zod.lazy(() => unwrap(make()) as zod.ZodType));
export const iso = { date: later(zod.iso.date), datetime: later(zod.iso.datetime) };
export const coerce = { number: later(zod.coerce.number) };
export const NEVER = zod.NEVER;
export const ZodIssueCode = zod.ZodIssueCode;
export const safeParse = (schema: unknown, ...rest: [unknown]) =>
  zod.safeParse(unwrap(schema) as zod.ZodType, ...rest);
export const toJSONSchema = (schema: unknown) => zod.toJSONSchema(unwrap(schema) as zod.ZodType);
