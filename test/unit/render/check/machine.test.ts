import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, describe, it } from 'vitest';
import { toJsonReport } from '../../../../src/render/check/json.js';
import { toSarifReport } from '../../../../src/render/check/sarif.js';
import { toMarkdownReport } from '../../../../src/render/check/markdown.js';
import { checked, evidence, failedControl, reportOf } from './fixtures.js';

const SCHEMA = new URL('../../../../docs/check-report.schema.json', import.meta.url);
const options = { failOn: 'medium', strict: false, version: '1.2.3' } as const;

describe('JSON', () => {
  const parse = (text: string) => JSON.parse(text) as Record<string, unknown>;

  it('is one line that follows its schema, whatever became of the audit', async () => {
    const schema = JSON.parse(await readFile(SCHEMA, 'utf8')) as object;
    const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);
    for (const report of [await reportOf(), await failedControl()]) {
      const text = toJsonReport(report, options);
      expect(text.indexOf('\n')).toBe(text.length - 1);
      const document = parse(text);
      expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
      expect(validate({ ...document, more: 1 })).toBe(false);
    }
  });

  it('names the checks that decide the exit code', async () => {
    const report = await reportOf();
    const failed = (changes: object) =>
      parse(toJsonReport(report, { ...options, ...changes }))['failed'];
    expect(failed({})).toEqual(['AUTH-13', 'SESS-02']);
    expect(failed({ failOn: 'high' })).toEqual(['SESS-02']);
    expect(failed({ failOn: 'critical' })).toEqual([]);
    expect(failed({ failOn: 'never' })).toEqual([]);
    expect(failed({ strict: true })).toEqual(['AUTH-13', 'SESS-02', 'SESS-03']);
  });
});

interface Sarif {
  version: string;
  runs: {
    tool: { driver: { rules: { id: string; helpUri: string }[] } };
    invocations: { executionSuccessful: boolean; toolExecutionNotifications: object[] }[];
    results: {
      ruleId: string;
      ruleIndex: number;
      level: string;
      locations: { physicalLocation: { artifactLocation: { uri: string } } }[];
      webRequest?: { method: string; target: string; headers: object };
      webResponse?: { statusCode: number };
    }[];
  }[];
}

describe('SARIF', () => {
  const parse = (text: string) => JSON.parse(text) as Sarif;

  it('has a rule for every check, a result for every failure and warning', async () => {
    const { version, runs } = parse(toSarifReport(await reportOf(), options));
    const [run] = runs;
    expect(version).toBe('2.1.0');
    expect(run?.tool.driver.rules.map(({ id }) => id)).toHaveLength(6);
    expect(run?.results.map(({ ruleId, level }) => [ruleId, level])).toEqual([
      ['AUTH-13', 'warning'],
      ['CHAL-02', 'note'],
      ['SESS-02', 'error'],
    ]);
    for (const { ruleId, ruleIndex } of run?.results ?? []) {
      expect(run?.tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
    }
    const [first] = run?.results ?? [];
    expect(first?.webRequest?.headers).toMatchObject({ Authorization: 'Bearer [REDACTED]' });
    expect(first?.webResponse?.statusCode).toBe(202);
    expect(first?.locations[0]?.physicalLocation.artifactLocation.uri).toBe(
      'http://127.0.0.1:8808/sse',
    );
    expect(run?.invocations[0]?.toolExecutionNotifications).toEqual([
      {
        level: 'note',
        message: { text: 'Needs --second-token-env.' },
        associatedRule: { id: 'SESS-03' },
      },
    ]);
  });

  it('says that it could not be done', async () => {
    const { runs } = parse(toSarifReport(await failedControl(), options));
    expect(runs[0]?.invocations[0]?.executionSuccessful).toBe(false);
    expect(runs[0]?.results).toEqual([]);
  });
});

describe('Markdown', () => {
  it('is a comment for a pull request', async () => {
    expect(toMarkdownReport(await reportOf(), options)).toMatchInlineSnapshot(`
      "## ❌ ostler check: math

      \`http://127.0.0.1:8808/sse\` (HTTP+SSE 2024-11-05, sample 1.0.0)

      **1 passed, 2 failed, 1 warning, 1 inconclusive, 1 not applicable** (42 requests in 3.2 s)

      |  | check | severity | what | why |
      | --- | --- | --- | --- | --- |
      | ❌ fail | AUTH-13 | medium | What AUTH-13 asks for holds. | 200 to a token with junk behind it. |
      | ⚠️ warn | CHAL-02 | info | What CHAL-02 asks for holds. | error= is there. |
      | ❌ fail | SESS-02 | high | What SESS-02 asks for holds. | The answer to a stranger went into the stream. |

      <details><summary>AUTH-13: What AUTH-13 asks for holds.</summary>

      **Remedy:** Look at the token of every request. See [RFC 6750 §3.1](https://www.rfc-editor.org/rfc/rfc6750).

      POST with the second token into the session of the first:

      \`\`\`http
      POST /messages?sessionId=0f0f HTTP/1.1
      Authorization: Bearer [REDACTED]
      Content-Type: application/json

      {"jsonrpc":"2.0","id":"ostler-17","method":"tools/list"}

      HTTP/1.1 202 Accepted
      content-type: text/plain

      Accepted
      \`\`\`

      POST with the second token into the session of the first:

      \`\`\`http
      POST /messages?sessionId=0f0f HTTP/1.1
      Authorization: Bearer [REDACTED]
      Content-Type: application/json

      {"jsonrpc":"2.0","id":"ostler-17","method":"tools/list"}

      (reset)
      content-type: text/plain

      Accepted

      Arrived on the watched stream:
      {"jsonrpc":"2.0","id":"ostler-17","result":{}}
      \`\`\`

      </details>

      <details><summary>CHAL-02: What CHAL-02 asks for holds.</summary>

      **Remedy:** Look at the token of every request. See [RFC 6750 §3.1](https://www.rfc-editor.org/rfc/rfc6750).

      </details>

      <details><summary>SESS-02: What SESS-02 asks for holds.</summary>

      **Remedy:** Look at the token of every request. See [RFC 6750 §3.1](https://www.rfc-editor.org/rfc/rfc6750).

      POST with the second token into the session of the first:

      \`\`\`http
      POST /messages?sessionId=0f0f HTTP/1.1
      Authorization: Bearer [REDACTED]
      Content-Type: application/json

      {"jsonrpc":"2.0","id":"ostler-17","method":"tools/list"}

      HTTP/1.1 202 Accepted
      content-type: text/plain

      Accepted

      Arrived on the watched stream:
      {"jsonrpc":"2.0","id":"ostler-17","result":{}}
      \`\`\`

      </details>

      <details><summary>All other checks</summary>

      | check | outcome |  |
      | --- | --- | --- |
      | **Authentication** |  |  |
      | AUTH-01 | pass | What AUTH-01 asks for holds. |
      | **Sessions** |  |  |
      | SESS-03 | inconclusive | Needs --second-token-env. |
      | **Network** |  |  |
      | NET-06 | not applicable | No TLS. |

      </details>

      - Not tested without --second-token-env: SESS-03
      - 7 checks need --active.
      "
    `);
  });

  it('lets no text of a server be markup, a link, or a mention', async () => {
    const nasty = '@team <img src=x> | **b** `c` [l](https://evil.example) ``` # h';
    const one = checked({
      id: 'AUTH-01',
      outcome: 'fail',
      reason: nasty,
      title: nasty,
      evidence: [evidence({ responseBody: nasty, what: nasty })],
    });
    const text = toMarkdownReport(await reportOf([one]), options);
    const [prose = '', fenced = ''] = text.split('````');
    expect(fenced).toContain('``` # h');
    expect(prose).not.toMatch(/@team|<img|\*\*b|\]\(https:\/\/evil|https:\/\/evil/);
  });
});
