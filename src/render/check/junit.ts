import type { CheckResult } from '../../core/check-events.js';
import { transcript } from './evidence.js';
import { byGroup, groupTitle, type AuditReport } from './report.js';
import { block, line } from './safe.js';
import type { ReportOptions } from './json.js';

/**
 * JUnit XML as CI systems read it (https://github.com/testmoapp/junitxml): a suite for each group.
 * `fail` is a failure, `warn` a test that passed and says something, what was not run is skipped
 * with its reason. With `--strict` what could not be run is an error.
 */
export function toJunitReport(report: AuditReport, options: ReportOptions): string {
  const { start, end } = report;
  const suites = [controlSuite(report), ...byGroup(report.results).map(toSuite)].join('');
  const all = attributes({
    name: `ostler check ${start.server}`,
    tests: report.results.length + 1,
    failures: end.counts.fail,
    errors: errorsOf(report.results, options) + (end.error === null ? 0 : 1),
    skipped: skippedOf(report.results, options),
    time: (end.ms / 1000).toFixed(3),
    timestamp: start.timestamp,
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${all}>\n${suites}</testsuites>\n`;

  function toSuite([group, results]: readonly [string, readonly CheckResult[]]): string {
    const head = attributes({
      name: groupTitle(group),
      tests: results.length,
      failures: results.filter(({ outcome }) => outcome === 'fail').length,
      errors: errorsOf(results, options),
      skipped: skippedOf(results, options),
      timestamp: start.timestamp,
    });
    return `  <testsuite${head}>\n${results.map((one) => testCase(one, options)).join('')}  </testsuite>\n`;
  }
}

const isError = ({ outcome }: CheckResult, { strict }: ReportOptions) =>
  strict && outcome === 'inconclusive';

const errorsOf = (results: readonly CheckResult[], options: ReportOptions) =>
  results.filter((result) => isError(result, options)).length;

const skippedOf = (results: readonly CheckResult[], options: ReportOptions) =>
  results.filter(({ outcome }) => outcome === 'inconclusive' || outcome === 'not_applicable')
    .length - errorsOf(results, options);

/** Without it nothing below means anything, so it is a test of its own. */
function controlSuite({ control, end, start }: AuditReport): string {
  const error = end.error ?? (control?.ok === false ? control.error : null);
  const head = attributes({
    name: 'Control',
    tests: 1,
    failures: 0,
    errors: error === null ? 0 : 1,
    skipped: 0,
    timestamp: start.timestamp,
  });
  const name = attributes({
    name: 'With the right credentials everything works',
    classname: 'ostler.check.CONTROL',
    time: (control?.ok === true ? control.ms / 1000 : 0).toFixed(3),
  });
  const body =
    error === null
      ? ''
      : `      <error${attributes({ message: line(error.message), type: error.code })}/>\n`;
  return `  <testsuite${head}>\n    <testcase${name}>\n${body}    </testcase>\n  </testsuite>\n`;
}

function testCase(result: CheckResult, options: ReportOptions): string {
  const name = attributes({
    name: `${result.id} ${result.title}`,
    classname: `ostler.check.${result.id.split('-')[0] ?? ''}`,
    time: (result.evidence.reduce((sum, { ms }) => sum + ms, 0) / 1000).toFixed(3),
  });
  const body = outcomeElement(result, options);
  return `    <testcase${name}>\n${body}    </testcase>\n`;
}

function outcomeElement(result: CheckResult, options: ReportOptions): string {
  const message = line(result.reason);
  switch (result.outcome) {
    case 'pass':
      return '';
    case 'fail':
      return `      <failure${attributes({ message, type: result.severity })}>${escapeXml(details(result))}</failure>\n`;
    case 'warn':
      return `      <system-out>${escapeXml(`warning: ${message}\n${details(result)}`)}</system-out>\n`;
    case 'inconclusive':
      return isError(result, options)
        ? `      <error${attributes({ message: `inconclusive: ${message}`, type: 'inconclusive' })}/>\n`
        : `      <skipped${attributes({ message: `inconclusive: ${message}` })}/>\n`;
    case 'not_applicable':
      return `      <skipped${attributes({ message: `not applicable: ${message}` })}/>\n`;
  }
}

function details(result: CheckResult): string {
  return [
    `Expected: ${result.expected}`,
    `Remedy: ${result.remedy}`,
    ...result.references.map(({ title, url }) => `See ${title}: ${url}`),
    ...result.evidence.flatMap((evidence) => [
      '',
      `# ${line(evidence.what)}`,
      ...transcript(evidence),
    ]),
  ].join('\n');
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(line(String(value)))}"`)
    .join('');
}

/** Character data and attribute values of XML 1.0: what may not stand there at all is written out. */
function escapeXml(text: string): string {
  return block(text, Infinity)
    .replaceAll(/[\ufffe\uffff]/g, (char) => `\\u{${char.charCodeAt(0).toString(16)}}`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
