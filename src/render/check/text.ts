import type { CheckResult, Evidence, Outcome } from '../../core/check-events.js';
import { truncateRow, wrapRows } from '../columns.js';
import type { Paint, Style } from '../style.js';
import { exchangeLine, tellingHeaders } from './evidence.js';
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

export interface TextOptions extends Threshold {
  paint: Paint;
  /** Of the terminal; undefined in a pipe, where nothing is cut or wrapped. */
  columns: number | undefined;
  /** The requests behind every result, not only behind failures and warnings. */
  verbose: boolean;
}

const WORDS: Readonly<Record<Outcome, readonly [word: string, style: Style]>> = {
  pass: ['✓ pass', 'green'],
  fail: ['✗ FAIL', 'red'],
  warn: ['! warn', 'yellow'],
  inconclusive: ['? inconclusive', 'cyan'],
  not_applicable: ['– n/a', 'dim'],
};

const WORD_COLUMNS = Math.max(...Object.values(WORDS).map(([word]) => word.length));
const ID_COLUMNS = 7;
/** Where the text of a row begins: two, the word, two, the id, two. */
const TEXT_AT = WORD_COLUMNS + ID_COLUMNS + 6;
/** With less room the text stands under its row. */
const MIN_TEXT = 24;
/** Requests of one result that are shown, and columns of an event. */
const MAX_EVIDENCE = 3;
const MAX_EVENT = 120;

/** The report for a person: a table by group, what failed with its evidence and remedy, a summary. */
export function toTextReport(report: AuditReport, options: TextOptions): string {
  const groups = byGroup(report.results).flatMap(([group, results]) => [
    '',
    options.paint('bold', groupTitle(group)),
    ...(options.verbose ? results : merged(results)).flatMap((one) => resultRows(one, options)),
  ]);
  const lines = [...head(report, options), ...groups, '', ...summary(report, options)];
  return lines.map((text) => `${text.trimEnd()}\n`).join('');
}

function head({ start, control, end }: AuditReport, options: TextOptions): string[] {
  const { paint } = options;
  const target = end.target ?? control?.target;
  const title = wrap(line(`${start.server}: ${start.url}`, 400), options, 0);
  const lines = title.map((text) => paint('bold', text));
  if (target === undefined) return lines;
  const { protocolVersion, serverName, serverVersion, credentials } = target;
  const facts = [
    eraNames(target.eras),
    ...(protocolVersion === undefined ? [] : [line(protocolVersion, 40)]),
    ...(serverName === undefined ? [] : [line(`${serverName} ${serverVersion ?? ''}`, 120).trim()]),
    ...(control?.ok === true ? [count(control.tools, 'tool')] : []),
    credentials.length === 0
      ? 'no credentials'
      : `credentials in ${credentials.map((name) => line(name, 60)).join(', ')}`,
  ];
  return [...lines, ...wrap(facts.join(' · '), options, 2).map((text) => paint('dim', text))];
}

/** What was not run for one reason is one row. */
function merged(results: readonly CheckResult[]): CheckResult[] {
  const rows: CheckResult[] = [];
  for (const result of results) {
    const wasRun = result.outcome !== 'inconclusive' && result.outcome !== 'not_applicable';
    const alike = results.filter(
      ({ outcome, reason }) => outcome === result.outcome && reason === result.reason,
    );
    if (wasRun || alike.length === 1) rows.push(result);
    else if (alike[0] === result) {
      const others = alike.slice(1).map(({ id }) => id);
      rows.push({ ...result, reason: `${result.reason} (${others.join(', ')}, too)` });
    }
  }
  return rows;
}

function resultRows(result: CheckResult, options: TextOptions): string[] {
  const { outcome } = result;
  const isTold = outcome === 'fail' || outcome === 'warn';
  const [word, style] = WORDS[outcome];
  const { paint } = options;
  const start = `  ${paint(style, word.padEnd(WORD_COLUMNS))}  ${line(result.id, 20).padEnd(ID_COLUMNS)}  `;
  const wasRun = isTold || outcome === 'pass';
  const text = line(wasRun ? result.title : result.reason, 400);
  const isNarrow = options.columns !== undefined && options.columns < TEXT_AT + MIN_TEXT;
  const indent = isNarrow ? 4 : TEXT_AT;
  const [first = '', ...rest] =
    outcome === 'pass' ? [fit(text, options, indent)] : wrap(text, options, indent);
  const dim = (row: string) => (outcome === 'not_applicable' ? paint('dim', row) : row);
  return [
    ...(isNarrow ? [start, dim(first)] : [`${start}${dim(first.trimStart())}`]),
    ...rest.map(dim),
    ...(isTold || options.verbose ? detailRows(result, options) : []),
  ];
}

/** Why, what was sent and answered, and what to change. */
function detailRows(result: CheckResult, options: TextOptions): string[] {
  const { paint } = options;
  const isTold = result.outcome === 'fail' || result.outcome === 'warn';
  const reason = isTold || result.outcome === 'pass' ? [result.reason] : [];
  const more = result.evidence.length - MAX_EVIDENCE;
  const dim = (text: string) => paint('dim', text);
  return [
    ...(isTold ? wrap(`${result.severity}: ${line(reason[0] ?? '')}`, options, 6) : []),
    ...(isTold ? [] : reason.flatMap((text) => wrap(line(text), options, 6).map(dim))),
    ...result.evidence.slice(0, MAX_EVIDENCE).flatMap((one) => evidenceRows(one, options)),
    ...(more > 0
      ? wrap(`… and ${count(more, 'request')} more; --json has all`, options, 6).map(dim)
      : []),
    ...(isTold ? remedyRows(result, options) : []),
  ];
}

function evidenceRows(evidence: Evidence, options: TextOptions): string[] {
  const { paint } = options;
  const [first, ...others] = evidence.seenOnStream ?? [];
  const more = others.length === 0 ? '' : ` (and ${count(others.length, 'event')} more)`;
  const seen =
    first === undefined ? [] : [`on the watched stream: ${line(first, MAX_EVENT)}${more}`];
  const small = [line(evidence.what, 300), tellingHeaders(evidence).join(' · ')];
  return [
    ...wrap(exchangeLine(evidence), options, 6),
    ...small
      .filter((text) => text !== '')
      .flatMap((text) => wrap(text, options, 8).map((row) => paint('dim', row))),
    ...seen.flatMap((text) => wrap(text, options, 8).map((row) => paint('red', row))),
  ];
}

/** With the reference that comes first; docs/checks.md has the others, and the addresses that do not fit here. */
function remedyRows({ remedy, references }: CheckResult, options: TextOptions): string[] {
  const { paint, columns = Infinity } = options;
  const [first] = references;
  const address = first !== undefined && first.url.length + 8 <= columns ? [first.url] : [];
  return [
    ...wrap(`→ ${remedy}`, options, 6).map((text) => paint('cyan', text)),
    ...[...(first === undefined ? [] : [first.title]), ...address]
      .flatMap((text) => wrap(text, options, 8))
      .map((text) => paint('dim', text)),
  ];
}

function summary(report: AuditReport, options: TextOptions): string[] {
  const { end, results, control } = report;
  const { paint } = options;
  const isBad = end.error !== null || results.some((result) => breaks(result, options));
  const seconds = (end.ms / 1000).toFixed(1);
  const work = `${count(end.requests, 'request')} in ${seconds} s`;
  const told = `${count(results.length, 'check')}: ${countsText(end)}. ${work}.`;
  const notes = [
    ...(control?.ok === false ? [`The control failed: ${control.error.message}`] : []),
    ...untested(results).map((text) => `Not tested without ${text}`),
    ...end.notes,
  ];
  return [
    ...wrap(told, options, 0).map((text) => paint(isBad ? 'red' : 'green', text)),
    ...notes.flatMap((text) => wrap(line(text, 600), options, 2)),
  ];
}

/** Rows with `indent` before each; in a pipe one row. */
function wrap(text: string, { columns }: TextOptions, indent: number): string[] {
  const left = ' '.repeat(indent);
  if (columns === undefined) return [`${left}${text}`];
  const rows = wrapRows(text, Math.max(20, columns - indent));
  return rows.map((row) => `${left}${row.trim()}`);
}

function fit(text: string, { columns }: TextOptions, indent: number): string {
  const left = ' '.repeat(indent);
  if (columns === undefined) return `${left}${text}`;
  return `${left}${truncateRow(text, Math.max(20, columns - indent))}`;
}
