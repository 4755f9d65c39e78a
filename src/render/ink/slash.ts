/** A line that begins with a slash, in its parts. */
export interface Slash {
  /** Without the slash; empty for `/` alone. */
  name: string;
  args: string;
  /** UTF-16 index of `args` in the line. */
  argsStart: number;
}

/** Undefined when the line does not begin with one slash, or a path follows: `/usr/bin/x`. */
export function parseSlash(line: string): Slash | undefined {
  const parts = /^\/(?!\/)(\S*)(\s*)/.exec(line);
  if (parts === null) return undefined;
  const [head, name = ''] = parts;
  // A prompt of a server may have slashes in its name.
  if (name.includes('/') && !name.includes(':')) return undefined;
  return { name, args: line.slice(head.length), argsStart: head.length };
}
