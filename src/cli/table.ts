const GAP = '  ';

/**
 * Lines of a table, columns aligned. With a `width` the last columns are left out, and the first
 * is cut, until a line fits. Cells are plain text, already safe for a terminal.
 */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  width?: number,
): string {
  const all = [header, ...rows];
  const widths = header.map((_, at) => Math.max(...all.map((row) => (row[at] ?? '').length)));
  const shown = columnsThatFit(widths, width ?? Infinity);
  const lines = all.map((row) =>
    row
      .slice(0, shown)
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join(GAP)
      .trimEnd(),
  );
  return lines.map((line) => `${cut(line, width)}\n`).join('');
}

/** How many columns from the left fit; at least one. */
function columnsThatFit(widths: readonly number[], width: number): number {
  let total = -GAP.length;
  let count = 0;
  for (const cells of widths) {
    total += cells + GAP.length;
    if (total > width) break;
    count += 1;
  }
  return Math.max(1, count);
}

function cut(line: string, width: number | undefined): string {
  return width !== undefined && width > 0 && line.length > width
    ? `${line.slice(0, width - 1)}…`
    : line;
}

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];

/** Decimal units, as Ollama prints sizes: `4.9 GB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}
