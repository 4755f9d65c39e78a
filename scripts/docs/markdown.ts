/** Small pieces of Markdown, and the marked places that generated text goes to. */

/** A table whose columns are padded, so that it reads in a terminal as well. Cells hold no newline. */
export function toTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows].map((row) => row.map(escapeCell));
  const widths = head.map((_, column) =>
    Math.max(3, ...all.map((row) => row[column]?.length ?? 0)),
  );
  const toLine = (row: readonly string[]) =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  const [first = [], ...rest] = all;
  return [toLine(first), rule, ...rest.map(toLine)].join('\n');
}

/** A bar ends a cell even inside a code span, so it is escaped there too. */
function escapeCell(text: string): string {
  return text.replaceAll('|', String.raw`\|`);
}

export function toCode(text: string): string {
  return `\`${text}\``;
}

function markers(name: string) {
  return { begin: `<!-- generated:${name} -->`, end: `<!-- /generated:${name} -->` };
}

/** The text with `body` between the markers of `name`. Throws when a marker is missing. */
export function replaceSection(text: string, name: string, body: string): string {
  const { begin, end } = markers(name);
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`no ${begin} … ${end} in the file`);
  return `${text.slice(0, from + begin.length)}\n${body}\n${text.slice(to)}`;
}
