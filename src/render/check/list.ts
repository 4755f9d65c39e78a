import type { CheckInfo } from '../../core/check-events.js';
import { toJsonLine } from '../../core/output-json.js';
import { wrapRows } from '../columns.js';
import type { Paint } from '../style.js';
import { toInfo } from './json.js';
import { byGroup, eraNames, groupTitle } from './report.js';

/** The catalogue as a JSON array, one line. */
export function toJsonList(checks: readonly CheckInfo[]): string {
  return `${toJsonLine(checks.map(toInfo))}\n`;
}

/** The catalogue for a person; `columns` undefined in a pipe, where nothing is wrapped. */
export function toTextList(
  checks: readonly CheckInfo[],
  { paint, columns }: { paint: Paint; columns: number | undefined },
): string {
  const widest = Math.max(0, ...checks.map(({ severity }) => severity.length));
  const left = 7 + 2 + widest + 2 + 8 + 2;
  const rows = byGroup(checks).flatMap(([group, items]) => [
    '',
    paint('bold', groupTitle(group)),
    ...items.flatMap((check) => {
      const { id, severity, active, title } = check;
      const [first = '', ...rest] =
        columns === undefined ? [title] : wrapRows(title, Math.max(20, columns - left));
      const mark = (active ? '--active' : '').padEnd(8);
      return [
        `${id.padEnd(7)}  ${severity.padEnd(widest)}  ${paint('dim', mark)}  ${first}`.trimEnd(),
        ...rest.map((text) => `${' '.repeat(left)}${text.trim()}`),
      ];
    }),
  ]);
  return rows
    .slice(1)
    .map((row) => `${row}\n`)
    .join('');
}

/** The catalogue as Markdown: a heading and a table for each group; docs/checks.md has it. */
export function toMarkdownList(checks: readonly CheckInfo[]): string {
  const sections = byGroup(checks).map(([group, items]) => {
    const rows = items.map((check) => [
      `**${check.id}**`,
      cell(check.title),
      `${check.severity}${check.active ? ', `--active`' : ''}`,
      cell(check.expected),
      cell(check.remedy),
      `${check.keyword}: ${check.references.map(({ title, url }) => `[${cell(title)}](${url})`).join(', ')}`,
      check.eras.length === 3 ? 'all' : eraNames(check.eras),
    ]);
    const head = ['check', 'holds when it passes', 'severity'].concat([
      'a right server',
      'remedy',
      'asked for by',
      'eras',
    ]);
    const lines = [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
    return `### ${groupTitle(group)}\n\n${lines.join('\n')}\n`;
  });
  return sections.join('\n');
}

function cell(text: string): string {
  return text.replaceAll(/[|<*_]/g, String.raw`\$&`);
}
