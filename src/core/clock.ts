/** Milliseconds of a clock that only goes forward. The global `performance` would load a module of Node for it. */
export function now(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}

/** Longest time a Node timer can count, milliseconds: 31 bits. A longer one would fire at once. */
export const MAX_TIMER_MS = 2 ** 31 - 1;
