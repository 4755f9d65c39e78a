import { expect, it } from 'vitest';
import { columnsOf } from '../../../../src/render/columns.js';
import { createPaint } from '../../../../src/render/style.js';
import { toTextReport, type TextOptions } from '../../../../src/render/check/text.js';
import { checked, failedControl, reportOf, RESULTS } from './fixtures.js';

const plain: TextOptions = {
  paint: createPaint(false),
  columns: undefined,
  verbose: false,
  failOn: 'medium',
  strict: false,
};

it('tells every outcome in a word, failures with evidence and remedy, passes in one line', async () => {
  expect(toTextReport(await reportOf(), { ...plain, columns: 80 })).toMatchInlineSnapshot(`
    "math: http://127.0.0.1:8808/sse
      HTTP+SSE · 2024-11-05 · sample 1.0.0 · 2 tools · credentials in Authorization

    Authentication
      ✓ pass          AUTH-01  What AUTH-01 asks for holds.
      ✗ FAIL          AUTH-13  What AUTH-13 asks for holds.
          medium: 200 to a token with junk behind it.
          POST /messages?sessionId=0f0f → 202 Accepted, 12 ms
            POST with the second token into the session of the first
            Authorization: Bearer [REDACTED]
          POST /messages?sessionId=0f0f → reset, 12 ms
            POST with the second token into the session of the first
            Authorization: Bearer [REDACTED]
            on the watched stream: {"jsonrpc":"2.0","id":"ostler-17","result":{}}
          → Look at the token of every request.
            RFC 6750 §3.1
            https://www.rfc-editor.org/rfc/rfc6750

    Challenges and metadata
      ! warn          CHAL-02  What CHAL-02 asks for holds.
          info: error= is there.
          → Look at the token of every request.
            RFC 6750 §3.1
            https://www.rfc-editor.org/rfc/rfc6750

    Sessions
      ✗ FAIL          SESS-02  What SESS-02 asks for holds.
          high: The answer to a stranger went into the stream.
          POST /messages?sessionId=0f0f → 202 Accepted, 12 ms
            POST with the second token into the session of the first
            Authorization: Bearer [REDACTED]
            on the watched stream: {"jsonrpc":"2.0","id":"ostler-17","result":{}}
          → Look at the token of every request.
            RFC 6750 §3.1
            https://www.rfc-editor.org/rfc/rfc6750
      ? inconclusive  SESS-03  Needs --second-token-env.

    Network
      – n/a           NET-06   No TLS.

    6 checks: 1 passed, 2 failed, 1 warning, 1 inconclusive, 1 not applicable. 42
    requests in 3.2 s.
      Not tested without --second-token-env: SESS-03
      7 checks need --active.
    "
  `);
});

it.each([40, 80, 120])('fits %s columns', async (columns) => {
  const results = RESULTS.map((result) => ({ ...result, title: `${result.title} `.repeat(9) }));
  const lines = toTextReport(await reportOf(results), { ...plain, columns }).split('\n');
  expect(lines.filter((text) => columnsOf(text) > columns)).toEqual([]);
});

it('cuts nothing in a pipe', async () => {
  const title = 'long '.repeat(60).trim();
  const text = toTextReport(await reportOf([checked({ id: 'AUTH-01', title })]), plain);
  expect(text).toContain(title);
});

it('uses colours for the outcome words alone, and none without', async () => {
  const report = await reportOf();
  const painted = toTextReport(report, { ...plain, paint: createPaint(true) });
  expect(painted).toContain('\u001b[31m✗ FAIL');
  expect(painted).toContain('\u001b[32m✓ pass');
  expect(painted.replaceAll(/\u001b\[\d+m/g, '')).toBe(toTextReport(report, plain));
});

it('shows the requests behind passes when asked', async () => {
  const [, ...rest] = RESULTS;
  const report = await reportOf(RESULTS.slice(0, 1));
  expect(toTextReport(report, plain)).not.toContain('401 Unauthorized');
  expect(toTextReport(report, { ...plain, verbose: true })).toContain('401 Unauthorized');
  expect(rest.length).toBeGreaterThan(0);
});

it('tells in one row what was not run for one reason', async () => {
  const results = ['AUTH-18', 'AUTH-19', 'AUTH-20'].map((id) =>
    checked({ id, outcome: 'not_applicable', reason: 'It is no JWT.' }),
  );
  const report = await reportOf([...results, checked({ id: 'AUTH-24' })]);
  const rows = toTextReport(report, plain).split('\n').slice(4, 6);
  expect(rows).toEqual([
    '  – n/a           AUTH-18  It is no JWT. (AUTH-19, AUTH-20, too)',
    '  ✓ pass          AUTH-24  What AUTH-24 asks for holds.',
  ]);
  expect(toTextReport(report, { ...plain, verbose: true })).toContain('AUTH-20  It is no JWT.');
});

it('says that the control failed', async () => {
  const text = toTextReport(await failedControl(), plain);
  expect(text).toContain('The control failed: math answered 401 to the credentials.');
  expect(text).not.toContain('✓');
});
