import { createHash } from 'node:crypto';
import type { CheckInfo, CheckResult, Evidence, Severity } from '../../core/check-events.js';
import { toJsonLine } from '../../core/output-json.js';
import { redactValue } from '../../core/redact.js';
import { exchangeLine, transcript } from './evidence.js';
import type { ReportOptions } from './json.js';
import type { AuditReport } from './report.js';
import { block, line } from './safe.js';

const SCHEMA =
  'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const MANUAL = 'https://modelcontextprotocol.io/specification/';

type Level = 'error' | 'warning' | 'note';

const LEVELS: Readonly<Record<Severity, Level>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};

/** CVSS-like, as GitHub code scanning sorts alerts; none for what is no weakness. */
const SCORES: Readonly<Record<Severity, string | undefined>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '3.0',
  info: undefined,
};

/**
 * SARIF 2.1.0 (OASIS, errata 01): every check that ran is a rule, failures and warnings are
 * results with the telling request and its answer, what could not be run is a notification.
 */
export function toSarifReport(report: AuditReport, { version }: ReportOptions): string {
  const { start, end, results } = report;
  const rules = new Map(results.map((result): [string, CheckInfo] => [result.id, result]));
  const ids = [...rules.keys()];
  const uri = locationOf(start.url);
  const log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'ostler',
            version,
            informationUri: MANUAL,
            rules: [...rules.values()].map(toRule),
          },
        },
        invocations: [invocation(report)],
        results: results
          .filter(({ outcome }) => outcome === 'fail' || outcome === 'warn')
          .map((result) => toResult(result, { uri, ruleIndex: ids.indexOf(result.id) })),
        properties: { url: line(start.url), requests: end.requests, counts: end.counts },
      },
    ],
  };
  return `${toJsonLine(redactValue(log))}\n`;
}

/** Something every reader takes for a URI. */
function locationOf(url: string): string {
  const shown = encodeURI(line(url));
  return URL.canParse(shown) ? shown : 'http://localhost/';
}

function toRule(info: CheckInfo) {
  const score = SCORES[info.severity];
  const links = info.references.map(({ title, url }) => `- [${title}](${url})`).join('\n');
  return {
    id: info.id,
    name: info.id.replace('-', ''),
    shortDescription: { text: info.title },
    fullDescription: { text: `${info.title} Expected: ${info.expected}` },
    help: {
      text: `Expected: ${info.expected}\nRemedy: ${info.remedy}`,
      markdown: `**Expected:** ${info.expected}\n\n**Remedy:** ${info.remedy}\n\n${links}`,
    },
    ...(info.references[0] === undefined ? {} : { helpUri: info.references[0].url }),
    defaultConfiguration: { level: LEVELS[info.severity] },
    properties: {
      tags: ['security', 'mcp', ...info.eras],
      severity: info.severity,
      keyword: info.keyword,
      ...(score === undefined ? {} : { 'security-severity': score }),
    },
  };
}

function invocation({ start, end, results, control }: AuditReport) {
  const problem = end.error ?? (control?.ok === false ? control.error : null);
  const untested = results
    .filter(({ outcome }) => outcome === 'inconclusive')
    .map(({ id, reason }) => ({
      level: 'note',
      message: { text: line(reason) },
      associatedRule: { id },
    }));
  const failed =
    problem === null ? [] : [{ level: 'error', message: { text: line(problem.message) } }];
  return {
    executionSuccessful: problem === null,
    startTimeUtc: start.timestamp,
    endTimeUtc: end.timestamp,
    toolExecutionNotifications: [...failed, ...untested],
  };
}

function toResult(result: CheckResult, { uri, ruleIndex }: { uri: string; ruleIndex: number }) {
  const { id, outcome, severity, reason, evidence } = result;
  const [first] = evidence;
  return {
    ruleId: id,
    ruleIndex,
    kind: 'fail',
    level: outcome === 'fail' ? LEVELS[severity] : 'note',
    message: { text: `${line(reason)} Remedy: ${result.remedy}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri },
          region: { startLine: 1 },
        },
        ...(first === undefined
          ? {}
          : { logicalLocations: [{ name: exchangeLine(first), kind: 'resource' }] }),
      },
    ],
    partialFingerprints: {
      'ostlerCheck/v1': createHash('sha256').update(`${id}\n${uri}`).digest('hex').slice(0, 32),
    },
    ...(first === undefined ? {} : exchange(first)),
    properties: {
      outcome,
      severity,
      evidence: evidence.map((one) => ({ what: line(one.what), exchange: transcript(one) })),
    },
  };
}

/** SARIF 3.46 and 3.47: repeated header names are joined; the transcript in the properties has all. */
function exchange(evidence: Evidence) {
  const { method, path, headers, body, status, responseHeaders, responseBody } = evidence;
  const answered = status !== 0;
  return {
    webRequest: {
      protocol: 'HTTP',
      version: '1.1',
      method: line(method),
      target: line(path),
      headers: toObject(headers),
      ...(body === undefined ? {} : { body: { text: block(body) } }),
    },
    webResponse: {
      noResponseReceived: !answered,
      ...(answered ? { protocol: 'HTTP', version: '1.1', statusCode: status } : {}),
      headers: toObject(responseHeaders),
      ...(responseBody === undefined ? {} : { body: { text: block(responseBody) } }),
    },
  };
}

function toObject(headers: Evidence['headers']): Record<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of headers) {
    const known = values.get(line(name));
    values.set(line(name), known === undefined ? line(value) : `${known}, ${line(value)}`);
  }
  return Object.fromEntries(values);
}
