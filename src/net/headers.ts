import { isRecord } from '../core/json.js';

/**
 * The part of `Headers` (https://fetch.spec.whatwg.org/#headers-class) that the MCP SDK and the
 * Ollama client use. The real class would load undici: 30 ms and 16 MiB for a short command.
 */
export class NetHeaders {
  readonly #entries = new Map<string, { name: string; value: string }>();

  constructor(init?: unknown) {
    for (const [name, value] of headerPairs(init)) this.append(name, value);
  }

  append(name: string, value: string): void {
    const old = this.#entries.get(name.toLowerCase());
    this.#entries.set(name.toLowerCase(), {
      name: old?.name ?? name,
      value: old === undefined ? value : `${old.value}, ${value}`,
    });
  }

  set(name: string, value: string): void {
    this.#entries.set(name.toLowerCase(), { name, value });
  }

  get(name: string): string | null {
    return this.#entries.get(name.toLowerCase())?.value ?? null;
  }

  has(name: string): boolean {
    return this.#entries.has(name.toLowerCase());
  }

  delete(name: string): void {
    this.#entries.delete(name.toLowerCase());
  }

  forEach(visit: (value: string, name: string) => void): void {
    for (const [key, { value }] of this.#entries) visit(value, key);
  }

  /** Names in lower case, as the standard lists them. */
  *entries(): IterableIterator<[string, string]> {
    for (const [key, { value }] of this.#entries) yield [key, value];
  }

  [Symbol.iterator](): IterableIterator<[string, string]> {
    return this.entries();
  }

  /** Names as they were written, for the wire. */
  toWire(): Record<string, string> {
    return Object.fromEntries([...this.#entries.values()].map(({ name, value }) => [name, value]));
  }
}

/** Name and value pairs of every shape headers come in: pairs, `Headers`, a plain object. */
export function headerPairs(init: unknown): [string, string][] {
  if (isIterable(init)) return Array.from(init, toPair);
  if (!isRecord(init)) return [];
  return Object.entries(init)
    .filter(([, value]) => value !== undefined)
    .map(toPair);
}

/** Names and values of a message as they came, in order. */
export function rawPairs(raw: readonly string[]): [name: string, value: string][] {
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) pairs.push([raw[at] ?? '', raw[at + 1] ?? '']);
  return pairs;
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

function toPair(pair: unknown): [string, string] {
  const [name, value]: unknown[] = Array.isArray(pair) ? pair : [];
  return [String(name), String(value)];
}
