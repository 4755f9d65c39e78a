import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import { forgetSecrets, registerSecret } from '../../../../src/core/redact.js';
import { toJsonReport } from '../../../../src/render/check/json.js';
import { toJunitReport } from '../../../../src/render/check/junit.js';
import { toMarkdownReport } from '../../../../src/render/check/markdown.js';
import { createProgress } from '../../../../src/render/check/progress.js';
import { toSarifReport } from '../../../../src/render/check/sarif.js';
import { createPaint } from '../../../../src/render/style.js';
import { toTextReport } from '../../../../src/render/check/text.js';
import type { CheckResult } from '../../../../src/core/check-events.js';
import { collectReport, type AuditReport } from '../../../../src/render/check/report.js';
import { checked, evidence, eventsOf, stream } from './fixtures.js';

const CANARY = 'canary-5f2e91c07b';
/** Everything a terminal acts on or hides, but newline and tab. */
const FORBIDDEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e0fff}]|\p{Cs}/u;

const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\u001b[2J',
        '\u001b]52;c;aGk=\u0007',
        '\u009b31m',
        '\r',
        '\u202e',
        '\u2028',
        '\ufffe',
        '\ud800',
        ']]>',
        '</testcase>',
        '```',
        '\n',
        CANARY,
        Buffer.from(CANARY).toString('base64'),
      ),
      fc.string({ unit: 'binary' }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));

afterEach(forgetSecrets);

/** An audit in which every text is the server's. */
function hostileEvents(text: string) {
  const shown = evidence({
    what: text,
    method: text,
    path: text,
    headers: [[text, text]],
    body: text,
    responseHeaders: [[text, text]],
    responseBody: text,
    seenOnStream: [text],
    problem: text,
  });
  const outcomes = ['pass', 'fail', 'warn', 'inconclusive', 'not_applicable'] as const;
  const results = outcomes.map((outcome): CheckResult =>
    checked({ id: `AUTH-0${outcomes.indexOf(outcome)}`, outcome, reason: text, evidence: [shown] }),
  );
  const error = { code: 'server_failed' as const, message: text, hint: text, server: text };
  const target = {
    server: text,
    url: text,
    eras: ['sse' as const],
    protocolVersion: text,
    serverName: text,
    serverVersion: text,
    credentials: [text],
  };
  return eventsOf(results, { error, target, notes: [text] }).map((event) =>
    event.type === 'check_start' ? { ...event, server: text, url: text } : event,
  );
}

const options = { failOn: 'medium', strict: true, version: '1.2.3' } as const;

const REPORTS: [string, (report: AuditReport) => string][] = [
  [
    'text',
    (report) =>
      toTextReport(report, { ...options, paint: createPaint(false), columns: 80, verbose: true }),
  ],
  ['json', (report) => toJsonReport(report, options)],
  ['junit', (report) => toJunitReport(report, options)],
  ['sarif', (report) => toSarifReport(report, options)],
  ['markdown', (report) => toMarkdownReport(report, options)],
];

it.each(REPORTS)('%s: no control character and no secret of a server', async (_, format) => {
  registerSecret(CANARY);
  await fc.assert(
    fc.asyncProperty(hostile, async (text) => {
      const written = format(await collectReport(stream(hostileEvents(text))));
      expect(written).not.toMatch(FORBIDDEN);
      expect(written).not.toContain(CANARY);
      expect(written).not.toContain(Buffer.from(CANARY).toString('base64'));
    }),
    { numRuns: 100 },
  );
});

it('progress: neither', async () => {
  registerSecret(CANARY);
  await fc.assert(
    fc.asyncProperty(hostile, async (text) => {
      const written: string[] = [];
      const stderr = { write: (piece: string) => written.push(piece) } as never;
      for (const mode of ['line', 'lines'] as const) {
        const progress = createProgress({ stderr, mode, paint: createPaint(false) });
        await collectReport(stream(hostileEvents(text)), progress.update);
        progress.end();
      }
      const own = written.join('').replaceAll('\r\u001b[2K', '');
      expect(own).not.toMatch(FORBIDDEN);
      expect(own).not.toContain(CANARY);
    }),
    { numRuns: 100 },
  );
});
