import {
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  type CST,
  type Pair,
  type YAMLMap,
} from 'yaml';
import { CannotEdit } from './types.js';

/** A mapping with the place of everything in it: the text was parsed with `keepSourceTokens`. */
export type PlacedMap = YAMLMap & { srcToken: CST.BlockMap | CST.FlowCollection };

export function toPlacedMap(node: unknown): PlacedMap | undefined {
  return isMap(node) && node.srcToken !== undefined ? (node as PlacedMap) : undefined;
}

export function isFlow(map: PlacedMap): boolean {
  return map.srcToken.type === 'flow-collection';
}

/** The key as the loader reads it. */
export function keyOf({ key }: Pair): string | undefined {
  return isScalar(key) ? (key.source ?? String(key.value)) : undefined;
}

/** Offset at which a pair begins, an anchor or tag of its key included. */
export function pairStart(pair: Pair): number {
  const token = pair.srcToken;
  const first = token?.start.find(({ type }) => !isBlank(type) && type !== 'comma');
  if (first !== undefined) return first.offset;
  return startOf(pair.key);
}

/** Offset behind the pair's colon; undefined when there is none. */
export function colonEnd({ srcToken }: Pair): number | undefined {
  const token = srcToken as { sep?: readonly CST.SourceToken[] } | undefined;
  const colon = token?.sep?.find(({ type }) => type === 'map-value-ind');
  return colon && colon.offset + colon.source.length;
}

/** Offset behind the last character of a pair that means something. */
export function pairEnd(pair: Pair): number {
  const value = pair.value;
  if (isNode(value) && !isEmptyNode(value)) return contentEnd(value);
  return colonEnd(pair) ?? contentEnd(pair.key);
}

/** True for a value that has no text: `key:` and nothing behind it. */
export function isEmptyNode(node: unknown): boolean {
  return isScalar(node) && node.value === null && node.range?.[0] === node.range?.[1];
}

function contentEnd(node: unknown): number {
  if (isCollection(node) && node.srcToken?.type !== 'flow-collection') {
    const last = node.items.at(-1);
    if (isPair(last)) return pairEnd(last);
    if (last !== undefined && !isEmptyNode(last)) return contentEnd(last);
  }
  if (!isNode(node) || !node.range) throw new CannotEdit('a value has no place of its own');
  return node.range[1];
}

function startOf(node: unknown): number {
  if (!isNode(node) || !node.range) throw new CannotEdit('a key has no place of its own');
  return node.range[0];
}

function isBlank(type: string): boolean {
  return type === 'space' || type === 'newline' || type === 'comment';
}
