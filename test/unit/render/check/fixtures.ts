import type { CheckEvent, CheckResult, Evidence } from '../../../../src/core/check-events.js';
import { collectReport, type AuditReport } from '../../../../src/render/check/report.js';

export const TIME = '2026-09-01T10:00:00.000Z';

export function evidence(changes: Partial<Evidence> = {}): Evidence {
  return {
    what: 'POST with the second token into the session of the first',
    method: 'POST',
    path: '/messages?sessionId=0f0f',
    headers: [
      ['Authorization', 'Bearer [REDACTED]'],
      ['Content-Type', 'application/json'],
    ],
    body: '{"jsonrpc":"2.0","id":"ostler-17","method":"tools/list"}',
    status: 202,
    responseHeaders: [['content-type', 'text/plain']],
    responseBody: 'Accepted',
    seenOnStream: ['{"jsonrpc":"2.0","id":"ostler-17","result":{}}'],
    ms: 12.4,
    ...changes,
  };
}

export function checked(changes: Partial<CheckResult> & Pick<CheckResult, 'id'>): CheckResult {
  return {
    title: `What ${changes.id} asks for holds.`,
    severity: 'high',
    keyword: 'MUST',
    eras: ['sse'],
    references: [{ title: 'RFC 6750 §3.1', url: 'https://www.rfc-editor.org/rfc/rfc6750' }],
    expected: '401, and nothing on the stream.',
    remedy: 'Look at the token of every request.',
    active: false,
    outcome: 'pass',
    reason: 'Answered 401.',
    evidence: [],
    requests: 1,
    ...changes,
  };
}

/** One of every outcome. */
export const RESULTS: readonly CheckResult[] = [
  checked({ id: 'AUTH-01', severity: 'critical', evidence: [evidence({ status: 401 })] }),
  checked({
    id: 'AUTH-13',
    severity: 'medium',
    outcome: 'fail',
    reason: '200 to a token with junk behind it.',
    evidence: [evidence({ seenOnStream: [] }), evidence({ status: 0, problem: 'reset' })],
  }),
  checked({ id: 'CHAL-02', severity: 'info', outcome: 'warn', reason: 'error= is there.' }),
  checked({
    id: 'SESS-02',
    outcome: 'fail',
    reason: 'The answer to a stranger went into the stream.',
    evidence: [evidence()],
  }),
  checked({ id: 'SESS-03', outcome: 'inconclusive', reason: 'Needs --second-token-env.' }),
  checked({ id: 'NET-06', outcome: 'not_applicable', reason: 'No TLS.' }),
];

const COUNTS = { pass: 1, fail: 2, warn: 1, inconclusive: 1, not_applicable: 1 };

const target = {
  server: 'math',
  url: 'http://127.0.0.1:8808/sse',
  eras: ['sse'],
  protocolVersion: '2024-11-05',
  serverName: 'sample',
  serverVersion: '1.0.0',
  credentials: ['Authorization'],
} as const;

type End = Extract<CheckEvent, { type: 'check_end' }>;

export function eventsOf(
  results: readonly CheckResult[] = RESULTS,
  end: Partial<End> = {},
): CheckEvent[] {
  const time = { timestamp: TIME };
  return [
    { type: 'check_start', ...time, url: target.url, server: 'math', planned: results.length },
    { type: 'control', ...time, ok: true, target, tools: 2, ms: 30 },
    { type: 'check_progress', ...time, done: 1, planned: results.length, requests: 9 },
    ...results.map((result): CheckEvent => ({ type: 'check', ...time, result })),
    {
      type: 'check_end',
      ...time,
      target,
      counts: COUNTS,
      requests: 42,
      ms: 3210,
      error: null,
      notes: ['7 checks need --active.'],
      ...end,
    },
  ];
}

export async function* stream(events: readonly CheckEvent[]): AsyncGenerator<CheckEvent> {
  yield* events;
}

export function reportOf(
  results: readonly CheckResult[] = RESULTS,
  end: Partial<End> = {},
): Promise<AuditReport> {
  return collectReport(stream(eventsOf(results, end)));
}

/** What an audit tells whose control failed. */
export async function failedControl(): Promise<AuditReport> {
  const error = {
    code: 'auth_rejected' as const,
    message: 'math answered 401 to the credentials.',
    hint: 'Look at the token.',
    status: 401,
  };
  const results = [checked({ id: 'AUTH-01', outcome: 'inconclusive', reason: 'No control.' })];
  const events = eventsOf(results, { error, target: undefined as never });
  return collectReport(
    stream(
      events.map((event) =>
        event.type === 'control' ? { type: 'control', timestamp: TIME, ok: false, error } : event,
      ),
    ),
  );
}
