import { ERAS, type CheckInfo } from '../../core/check-events.js';
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

/** The catalogue as Markdown: a section for each group, a heading for each check; docs/checks.md has it. */
export function toMarkdownList(checks: readonly CheckInfo[]): string {
  const sections = byGroup(checks).map(([group, items]) =>
    [`### ${groupTitle(group)}`, ...items.map(entry)].join('\n\n'),
  );
  return `${sections.join('\n\n')}\n`;
}

function entry(check: CheckInfo): string {
  const { id, title, severity, keyword, references, eras, active, expected, remedy } = check;
  const links = references.map((one) => `[${escape(one.title)}](${one.url})`).join(', ');
  const facts = [
    `**${severity}**`,
    eras.length === ERAS.length ? 'all eras' : eraNames(eras),
    ...(active ? ['with `--active` only'] : []),
    `${keyword}: ${links}`,
  ];
  return [
    `#### ${id}`,
    escape(title),
    facts.join(' · '),
    `A right server: ${escape(expected)}`,
    `When it fails: ${escape(remedy)}`,
  ].join('\n\n');
}

/** Words that Markdown takes as they are; code spans stay. */
function escape(text: string): string {
  return text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replaceAll(/[|<*_[\]]/g, String.raw`\$&`)))
    .join('');
}
