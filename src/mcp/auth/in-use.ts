/** Servers that a token of our own is sent to; by URL. */
const inUse = new Set<string>();

/** Remembers whether a server gets a token of our own. */
export function noteToken(server: string, used: boolean): void {
  if (used) inUse.add(server);
  else inUse.delete(server);
}

/** True when the last requests to a server carried a token that was got by OAuth. */
export function usesToken(server: string): boolean {
  return inUse.has(server);
}
