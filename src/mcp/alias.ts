/** What model hosts take as a function name. */
export const MAX_ALIAS = 64;
const SHORT_HASH = 8;

export interface ToolIdentity {
  server: string;
  name: string;
}

/**
 * One alias for each (server, tool), in the order given: `server__tool`, other characters than
 * letters, digits, `_` and `-` written as `_`, where that is short and nobody else's; otherwise cut
 * and ended with a hash of the pair. A bijection, and the same for the same set in any order.
 */
export function createAliases(tools: readonly ToolIdentity[]): string[] {
  const plain = tools.map(({ server, name }) => toPlain(`${server}__${name}`));
  const uses = new Map<string, number>();
  for (const alias of plain) uses.set(alias, (uses.get(alias) ?? 0) + 1);
  const isFree = (alias: string) => alias.length <= MAX_ALIAS && uses.get(alias) === 1;
  const taken = new Set(plain.filter(isFree));
  const aliases = new Map<number, string>();
  // Hashed ones are given in the order of their pairs, so that the order of servers changes nothing.
  const rest = tools
    .map((tool, index) => ({ key: JSON.stringify([tool.server, tool.name]), index }))
    .filter(({ index }) => !isFree(plain[index] ?? ''))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
  for (const { key, index } of rest) {
    const alias = hashed(plain[index] ?? '', key, taken);
    taken.add(alias);
    aliases.set(index, alias);
  }
  return plain.map((alias, index) => aliases.get(index) ?? alias);
}

function toPlain(name: string): string {
  return name.replaceAll(/[^a-zA-Z0-9_-]+/g, '_');
}

function hashed(plain: string, key: string, taken: ReadonlySet<string>): string {
  // Rarely needed, and slow to load.
  const { createHash } = process.getBuiltinModule('node:crypto');
  const hash = createHash('sha256').update(key).digest('hex');
  for (let length = SHORT_HASH; length < hash.length; length += SHORT_HASH) {
    const end = `_${hash.slice(0, length)}`;
    const alias = `${plain.slice(0, MAX_ALIAS - end.length)}${end}`;
    if (!taken.has(alias)) return alias;
  }
  // Only a server that computes our hashes gets here; the whole hash is no other pair's.
  return hash;
}
