import type { CheckInfo, CheckResult, CheckTarget, Evidence } from '../../core/check-events.js';
import type { ErrorInfo } from '../../core/errors.js';
import { toJsonLine } from '../../core/output-json.js';
import { redactValue } from '../../core/redact.js';
import { breaks, type AuditReport, type Threshold } from './report.js';

export interface ReportOptions extends Threshold {
  /** Of the program that writes the report. */
  version: string;
}

/** One JSON document, docs/check-report.schema.json, with a newline at its end. */
export function toJsonReport(report: AuditReport, options: ReportOptions): string {
  const { start, control, end, results } = report;
  const document = {
    version: options.version,
    server: start.server,
    url: start.url,
    started: start.timestamp,
    ms: Math.round(end.ms),
    requests: end.requests,
    target: end.target === undefined ? null : toTarget(end.target),
    control: toControl(control),
    counts: end.counts,
    fail_on: options.failOn,
    strict: options.strict,
    failed: results.filter((result) => breaks(result, options)).map(({ id }) => id),
    results: results.map(toResult),
    notes: end.notes,
    error: end.error === null ? null : toError(end.error),
  };
  return `${toJsonLine(redactValue(document))}\n`;
}

function toTarget(target: CheckTarget) {
  return {
    server: target.server,
    url: target.url,
    eras: target.eras,
    protocol_version: target.protocolVersion ?? null,
    server_name: target.serverName ?? null,
    server_version: target.serverVersion ?? null,
    credentials: target.credentials,
  };
}

function toControl(control: AuditReport['control']) {
  if (control === undefined) return null;
  return control.ok
    ? { ok: true, tools: control.tools, ms: Math.round(control.ms) }
    : { ok: false, error: toError(control.error) };
}

function toError({ code, message, hint, server, status }: ErrorInfo) {
  return { code, message, hint: hint ?? null, server: server ?? null, status: status ?? null };
}

/** A check of the catalogue; the same words as `--list --json`. */
export function toInfo(info: CheckInfo) {
  return {
    id: info.id,
    title: info.title,
    severity: info.severity,
    keyword: info.keyword,
    eras: info.eras,
    active: info.active,
    expected: info.expected,
    remedy: info.remedy,
    references: info.references.map(({ title, url }) => ({ title, url })),
  };
}

function toResult(result: CheckResult) {
  return {
    ...toInfo(result),
    outcome: result.outcome,
    reason: result.reason,
    requests: result.requests,
    evidence: result.evidence.map(toEvidence),
  };
}

function toEvidence(evidence: Evidence) {
  return {
    what: evidence.what,
    method: evidence.method,
    path: evidence.path,
    headers: evidence.headers,
    body: evidence.body ?? null,
    status: evidence.status,
    response_headers: evidence.responseHeaders,
    response_body: evidence.responseBody ?? null,
    problem: evidence.problem ?? null,
    seen_on_stream: evidence.seenOnStream ?? [],
    ms: Math.round(evidence.ms),
  };
}
