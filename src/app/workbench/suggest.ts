import { nearest } from '../../core/nearest.js';

/** The known name that was most likely meant: a typing error away, or the only one that it is a part of. */
export function suggestion(name: string, known: readonly string[]): string | undefined {
  const near = nearest(name, known);
  if (near !== undefined) return near;
  const part = plain(name);
  if (part.length < 3) return undefined;
  const holders = known.filter((candidate) => plain(candidate).includes(part));
  return holders.length === 1 ? holders[0] : undefined;
}

/** `; did you mean "x"?`, or nothing. */
export function meant(name: string, known: readonly string[]): string {
  const found = suggestion(name, known);
  return found === undefined ? '' : `; did you mean "${found}"?`;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}
