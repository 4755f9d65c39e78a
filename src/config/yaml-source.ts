import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Document,
} from 'yaml';
import type { KeyPath } from './key-path.js';
import type { Locate, Position } from './source.js';

export interface YamlText {
  value: unknown;
  locate: Locate;
}

/** A fault in the text itself; the message holds nothing of the text but key names. */
export class SyntaxFault extends Error {
  readonly position: Position | undefined;
  constructor(message: string, position?: Position) {
    super(message);
    this.position = position;
  }
}

/** Aliases a file may resolve to: enough for anchors people write, too few for an alias bomb. */
const MAX_ALIASES = 100;

/** Parses YAML 1.2, and so JSON, keeping where everything stands. Throws `SyntaxFault`. */
export function parseYaml(text: string): YamlText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const fault = document.errors[0] ?? document.warnings[0];
  if (fault !== undefined) {
    throw new SyntaxFault(withoutQuotes(fault.message), position(fault.pos[0]));
  }
  keepSpelling(document);
  return {
    value: toValue(document),
    locate: (path, options = {}) => {
      const offset = offsetOf(document, text, path, options);
      return offset === undefined ? undefined : position(offset);
    },
  };
}

function toValue(document: Document): unknown {
  try {
    // A cyclic alias comes out as an endless object, which JSON refuses.
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    JSON.stringify(value);
    return value;
  } catch {
    throw new SyntaxFault('its aliases (*name) are cyclic, unknown or far too many');
  }
}

/** The parser's messages may quote the text, and so a secret: only the words before that are kept. */
function withoutQuotes(message: string): string {
  const [words = ''] = message.split(/: ["'`{[]|\n/);
  const line = words.replace(/[.:]$/, '');
  return `not valid YAML or JSON: ${line.slice(0, 1).toLowerCase()}${line.slice(1)}`;
}

/** Numbers that JavaScript would write otherwise (1.10, 010, 20 digits) stay as they were written. */
function keepSpelling(document: Document): void {
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'number' && node.source !== undefined) {
        if (String(node.value) !== node.source) node.value = node.source;
      }
    },
  });
}

/** The offset of a value or its key; of the nearest parent when it has no place of its own (merged keys). */
function offsetOf(
  document: Document,
  text: string,
  path: KeyPath,
  options: { key?: boolean; needle?: string },
): number | undefined {
  let node: unknown = document.contents;
  let offset = start(node);
  for (const [index, step] of path.entries()) {
    const found = child(isAlias(node) ? node.resolve(document) : node, step);
    if (found === undefined) return offset;
    const last = index === path.length - 1;
    const key = start(found.key);
    node = found.value;
    offset = (last && options.key === true ? key : undefined) ?? start(node) ?? key ?? offset;
  }
  const range = isNode(node) ? node.range : undefined;
  if (options.needle === undefined || range === undefined || range === null) return offset;
  const at = text.slice(range[0], range[1]).indexOf(options.needle);
  return at < 0 ? offset : range[0] + at;
}

function start(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

function child(node: unknown, step: string | number): { key: unknown; value: unknown } | undefined {
  if (isSeq(node)) return { key: undefined, value: node.items[Number(step)] };
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
  return pair === undefined ? undefined : { key: pair.key, value: pair.value };
}
