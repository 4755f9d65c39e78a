import { readFile, writeFile } from 'node:fs/promises';
import type { Row } from './types.js';

const BEGIN = '<!-- bench:begin -->';
const END = '<!-- bench:end -->';

/** All rows measured on one node. */
export interface Report {
  /** E.g. `v24.21.0`. */
  node: string;
  rows: readonly Row[];
}

function major({ node }: Report): string {
  return `Node ${node.replace(/^v/, '').split('.')[0]}`;
}

/** Cells of the table: scenario, goal, then for each node ours, the verdict and the libraries'. */
function cells(reports: readonly Report[]): string[][] {
  const head = reports.flatMap((report) => [`${major(report)}: ostler`, 'verdict', 'libraries']);
  const [first] = reports;
  const body = (first?.rows ?? []).map(({ title, goal }, index) => {
    const measured = reports.flatMap(({ rows }) => {
      const row = rows[index];
      return row ? [row.figure, row.verdict, row.libs || '–'] : ['', '', ''];
    });
    return [title, goal].concat(measured);
  });
  return [['scenario', 'goal', ...head], ...body];
}

/** A Markdown table, columns padded so that it reads on a terminal as well. */
export function toTable(reports: readonly Report[]): string {
  const table = cells(reports);
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
  const lines = table.map(
    (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`,
  );
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [lines[0], rule, ...lines.slice(1)].join('\n');
}

/** Puts the table between the markers of a Markdown file; false when it has none. */
export async function updateTable(file: string, table: string): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from === -1 || to < from) return false;
  const head = text.slice(0, from + BEGIN.length);
  await writeFile(file, `${head}\n${table}\n${text.slice(to)}`);
  return true;
}
