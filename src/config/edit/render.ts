import { Document, isSeq, visit } from 'yaml';
import type { Layout } from './types.js';

/** Lists of a few short words stand on one line: `args: [-y, server]`. */
const MAX_FLOW_COLUMNS = 72;

/** Lines of a block mapping, indented by `column` spaces, without the last line break. */
export function renderBlock(
  value: Readonly<Record<string, unknown>>,
  column: number,
  { eol, step }: Pick<Layout, 'eol' | 'step'>,
): string {
  const document = new Document(value);
  visit(document, {
    Seq(_, node) {
      const columns = JSON.stringify(node.toJSON()).length;
      if (isSeq(node) && columns <= MAX_FLOW_COLUMNS) node.flow = true;
    },
  });
  const indent = step === '\t' ? 2 : step.length;
  const text = document.toString({
    indent,
    lineWidth: 0,
    flowCollectionPadding: false,
    // Every value ends on its own line, so that a comment behind it stays one.
    blockQuote: false,
    doubleQuotedMinMultiLineLength: Infinity,
  });
  const lines = text.replace(/\n$/, '').split('\n');
  const pad = ' '.repeat(column);
  return lines.map((line) => (line === '' ? line : pad + line)).join(eol);
}

/** JSON over several lines; all but the first are indented by `indent`. */
export function renderJson(value: unknown, indent: string, { eol, step }: Layout): string {
  return JSON.stringify(value, undefined, step).replaceAll('\n', eol + indent);
}

/** JSON on one line, with a space where a person would put one. */
export function renderInline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(renderInline).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const pairs = Object.entries(value).map(
    ([key, item]) => `${JSON.stringify(key)}: ${renderInline(item)}`,
  );
  return `{${pairs.join(', ')}}`;
}
