import type { CheckResult } from '../../core/check-events.js';
import { transcript } from './evidence.js';
import {
  breaks,
  byGroup,
  count,
  countsText,
  eraNames,
  groupTitle,
  untested,
  type AuditReport,
  type Threshold,
} from './report.js';
import { line } from './safe.js';

/** Markdown for a comment on a pull request: what failed first, the rest folded away. */
export function toMarkdownReport(report: AuditReport, threshold: Threshold): string {
  const { start, end, results, control } = report;
  const failed = results.filter((result) => breaks(result, threshold));
  const isBad = failed.length > 0 || end.error !== null;
  const told = results.filter(({ outcome }) => outcome === 'fail' || outcome === 'warn');
  const rest = results.filter((result) => !told.includes(result));
  const work = `${count(end.requests, 'request')} in ${(end.ms / 1000).toFixed(1)} s`;
  const parts = [
    `## ${isBad ? '❌' : '✅'} ostler check: ${escape(start.server)}`,
    `${code(start.url)}${targetText(report)}`,
    `**${countsText(end)}** (${work})`,
    ...(end.error === null ? [] : [`**Broken off:** ${escape(end.error.message)}`]),
    ...(control?.ok === false ? [`**The control failed:** ${escape(control.error.message)}`] : []),
    ...(told.length === 0 ? [] : [toldTable(told)]),
    ...told.map(details),
    ...(rest.length === 0 ? [] : [restTable(rest)]),
    ...bullets([...untested(results).map((text) => `Not tested without ${text}`), ...end.notes]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function targetText({ end, control }: AuditReport): string {
  const target = end.target ?? control?.target;
  if (target === undefined) return '';
  const { eras, protocolVersion, serverName, serverVersion } = target;
  const name =
    serverName === undefined ? '' : `, ${escape(`${serverName} ${serverVersion ?? ''}`)}`;
  const version = protocolVersion === undefined ? '' : ` ${escape(protocolVersion)}`;
  return ` (${eraNames(eras)}${version}${name.trimEnd()})`;
}

function toldTable(results: readonly CheckResult[]): string {
  return table(
    ['', 'check', 'severity', 'what', 'why'],
    results.map(({ outcome, id, severity, title, reason }) => [
      outcome === 'fail' ? '❌ fail' : '⚠️ warn',
      id,
      severity,
      escape(title),
      escape(reason),
    ]),
  );
}

function details({ id, title, remedy, references, evidence }: CheckResult): string {
  const links = references.map((one) => `[${escape(one.title)}](${one.url})`).join(', ');
  const exchanges = evidence.map((one) => `${escape(one.what)}:\n\n${fenced(transcript(one))}`);
  const parts = [`**Remedy:** ${escape(remedy)} See ${links}.`, ...exchanges];
  return folded(`${id}: ${escape(title)}`, parts.join('\n\n'));
}

function restTable(results: readonly CheckResult[]): string {
  const rows = byGroup(results).flatMap(([group, items]) => [
    [`**${groupTitle(group)}**`, '', ''],
    ...items.map(({ id, outcome, title, reason }) => [
      id,
      outcome === 'not_applicable' ? 'not applicable' : outcome,
      escape(outcome === 'pass' ? title : reason),
    ]),
  ]);
  return folded('All other checks', table(['check', 'outcome', ''], rows));
}

function folded(title: string, body: string): string {
  return `<details><summary>${title}</summary>\n\n${body}\n\n</details>`;
}

function bullets(texts: readonly string[]): string[] {
  return texts.length === 0 ? [] : [texts.map((text) => `- ${escape(text)}`).join('\n')];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const toLine = (row: readonly string[]) => `| ${row.join(' | ')} |`;
  return [toLine(head), toLine(head.map(() => '---')), ...rows.map(toLine)].join('\n');
}

/** Text of a server as text: no emphasis, no link, no tag, no cell's end, nobody mentioned. */
function escape(text: string): string {
  return line(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', '&#64;')
    .replaceAll('://', '&#58;//')
    .replaceAll(/[\\`*_{}[\]|#~!]/g, String.raw`\$&`);
}

function code(text: string): string {
  const shown = line(text).replaceAll('`', "'");
  return `\`${shown}\``;
}

/** A fence longer than any run of backticks within (CommonMark 0.31, section 4.5). */
function fenced(lines: readonly string[]): string {
  const longest = Math.max(2, ...lines.flatMap((text) => runsOf(text)));
  const fence = '`'.repeat(longest + 1);
  return `${fence}http\n${lines.join('\n')}\n${fence}`;
}

function runsOf(text: string): number[] {
  return [...text.matchAll(/`+/g)].map(([run]) => run.length);
}
