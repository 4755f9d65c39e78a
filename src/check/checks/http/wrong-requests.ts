import { isRecord, type JsonObject, type JsonValue } from '../../../core/json.js';
import type { Answer, Audit, Check } from '../../audit/types.js';
import { conclude, type Judged, told, unjudgeable } from '../judged.js';
import { mcp } from '../references.js';
import { findRefusable, toWrongArguments } from './wrong-arguments.js';

/** HTTP-04 */
export const wrongRequests: Check = {
  id: 'HTTP-04',
  title: 'Unknown methods, unknown tools and wrong arguments are errors.',
  severity: 'medium',
  keyword: 'MUST',
  eras: ['sse', 'sessions', 'stateless'],
  references: [
    { title: 'JSON-RPC 2.0 §5.1', url: 'https://www.jsonrpc.org/specification#error_object' },
    mcp('2025-11-25', 'server/tools', 'error-handling'),
    mcp('2026-07-28', 'basic/transports/streamable-http', 'protocol-version-header'),
  ],
  expected:
    '-32601 for an unknown method (2026-07-28: with HTTP 404), -32602 for an unknown tool, an error or isError for arguments that break the schema.',
  remedy:
    'Let the SDK answer unknown methods; look tools up in a Map; validate arguments against inputSchema before the tool runs.',
  active: false,
  requests: 3,
  async run(audit) {
    const probes = [unknownMethod(audit)];
    if (audit.control.capabilities['tools'] !== undefined) {
      probes.push(unknownTool(audit), wrongArguments(audit));
    }
    const judged = await Promise.all(probes);
    const refused = judged.flatMap(({ note, answer }) => (answer === undefined ? [] : note));
    const untried = judged.flatMap(({ note, answer }) => (answer === undefined ? ` ${note}` : []));
    return conclude(judged, `Refused: ${refused.join(', ')}.${untried.join('')}`);
  },
};

async function unknownMethod(audit: Audit): Promise<Judged> {
  const asked = await audit.ask(audit.control.victim, 'ostler/unknown', {
    what: 'a request of an unknown method',
  });
  const { answer } = asked;
  const code = codeOf(await asked.response());
  if (code === -32601 && (audit.era !== 'stateless' || answer.status === 404)) {
    return { verdict: 'right', note: 'an unknown method (-32601)', answer };
  }
  const note = `${told(answer)} with ${spell(code)} instead of ${audit.era === 'stateless' ? '404 and ' : ''}-32601`;
  return judgeCode({ code, answer, note });
}

async function unknownTool(audit: Audit): Promise<Judged> {
  const asked = await audit.ask(audit.control.victim, 'tools/call', {
    what: 'a call of an unknown tool',
    params: { name: 'ostler_unknown_tool', arguments: {} },
  });
  const { answer } = asked;
  const response = await asked.response();
  const code = codeOf(response);
  if (code === -32602) return { verdict: 'right', note: 'an unknown tool (-32602)', answer };
  const isError = isRecord(response?.['result']) && response['result']['isError'] === true;
  if (isError) {
    const note = 'a call of an unknown tool is answered with a result (isError), not with -32602';
    return { verdict: 'doubtful', note, answer };
  }
  const note = `${told(answer)} with ${spell(code)} instead of -32602`;
  return judgeCode({ code, answer, note });
}

/** Only where nothing can happen if the server does not look: see `findRefusable`. */
async function wrongArguments(audit: Audit): Promise<Judged> {
  const tool = findRefusable(audit);
  if (tool === undefined) {
    const note =
      'Wrong arguments were not tried: no tool with arguments says that it only reads (name one: --tool).';
    return { verdict: 'right', note };
  }
  const asked = await audit.ask(audit.control.victim, 'tools/call', {
    what: `a call of ${tool.name} with arguments of wrong types`,
    params: { name: tool.name, arguments: toWrongArguments(tool.inputSchema) },
  });
  const { answer } = asked;
  const response = await asked.response();
  const result = response?.['result'];
  const refused =
    codeOf(response) !== undefined || (isRecord(result) && result['isError'] === true);
  if (refused) return { verdict: 'right', note: `wrong arguments of ${tool.name}`, answer };
  const note = `${tool.name} was run with arguments that its schema does not allow`;
  if (result !== undefined) return { verdict: 'wrong', note, answer };
  return judgeCode({ code: undefined, answer, note: told(answer) });
}

/** Any other error is one; no answer tells nothing; an answer without an error is wrong. */
function judgeCode({
  code,
  answer,
  note,
}: {
  code: JsonValue | undefined;
  answer: Answer;
  note: string;
}): Judged {
  const unknown = unjudgeable(answer);
  if (unknown !== undefined) return unknown;
  const isRefusal = code !== undefined || (answer.status >= 400 && answer.status < 500);
  return { verdict: isRefusal ? 'doubtful' : 'wrong', note, answer };
}

function codeOf(response: JsonObject | undefined): JsonValue | undefined {
  const error = response?.['error'];
  return isRecord(error) ? error['code'] : undefined;
}

function spell(code: JsonValue | undefined): string {
  return code === undefined ? 'no error' : `error ${JSON.stringify(code)}`;
}
