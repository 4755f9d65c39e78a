/**
 * What a server really sent, for those who print it unchanged: everything else in the program works
 * with what has been read out of it and checked. Lives as long as the object made of it.
 */
const raws = new WeakMap<object, unknown>();

/** Remembers the raw value that an object was made of; returns the object. */
export function keepRaw<T extends object>(made: T, raw: unknown): T {
  raws.set(made, raw);
  return made;
}

/** The raw value of a tool, prompt, resource or result; undefined when there is none. */
export function rawOf(made: object): unknown {
  return raws.get(made);
}
