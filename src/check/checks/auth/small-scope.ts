import { isRecord, type JsonObject } from '../../../core/json.js';
import type { Answer, Asked, Audit, Check, Finding } from '../../audit/types.js';
import { isServed, told, unjudgeable } from '../judged.js';
import { cwe, mcp, rfc } from '../references.js';
import { challengeHas, needs } from './given-tokens.js';

/** AUTH-22 */
export const smallScope: Check = {
  id: 'AUTH-22',
  title: 'A token whose scope is too small is refused with what is missing.',
  severity: 'medium',
  keyword: 'SHOULD',
  eras: ['sse', 'sessions', 'stateless'],
  references: [
    mcp('2025-11-25', 'basic/authorization', 'runtime-insufficient-scope-errors'),
    rfc(6750, '3.1'),
    cwe(862),
  ],
  expected: '403 with error="insufficient_scope" and the scope that is needed.',
  remedy:
    'Check the scope of each operation; answer 403 with a challenge that names it, so that clients can ask for more.',
  active: false,
  requests: 4,
  async run(audit) {
    const { limited, tool } = audit;
    if (limited === undefined)
      return needs('--limited-token-env', 'a token whose scope is too small');
    const session = await audit.open(limited);
    if ('refused' in session) return judgeRefusal(session.refused);
    if (tool === undefined) {
      return needs('--tool', 'the name of a tool which that token may not call');
    }
    const asked = await audit.ask(session, 'tools/call', {
      what: `tools/call of ${tool.name} with the limited token`,
      params: { name: tool.name, arguments: tool.arguments },
    });
    const finding = await judgeCall(audit, asked);
    await session.close();
    return finding;
  },
};

async function judgeCall({ tool }: Audit, asked: Asked): Promise<Finding> {
  const { answer } = asked;
  if (!isServed(answer)) return judgeRefusal(answer);
  const response = await asked.response();
  const evidence = [answer];
  if (response === undefined) {
    return { outcome: 'inconclusive', reason: `${told(answer)}, and no result came.`, evidence };
  }
  if (!isDone(response)) {
    const reason = `${told(answer)} with an error inside; 403 with a challenge would tell a client what it lacks.`;
    return { outcome: 'warn', reason, evidence };
  }
  return { outcome: 'fail', reason: `The limited token called ${tool?.name}.`, evidence };
}

/** True for a tool that was run and did not complain. */
function isDone({ result }: JsonObject): boolean {
  return isRecord(result) && result['isError'] !== true;
}

function judgeRefusal(answer: Answer): Finding {
  const evidence = [answer];
  if (unjudgeable(answer) !== undefined) {
    return { outcome: 'inconclusive', reason: `${told(answer)}.`, evidence };
  }
  if (answer.status !== 403) {
    return { outcome: 'warn', reason: `${told(answer)} instead of 403.`, evidence };
  }
  if (!challengeHas(answer, 'insufficient_scope')) {
    const reason = `${told(answer)} without error="insufficient_scope" in WWW-Authenticate.`;
    return { outcome: 'warn', reason, evidence };
  }
  const named = answer.headers.some(
    ([name, value]) => /^www-authenticate$/i.test(name) && /\bscope\s*=/i.test(value),
  );
  const reason = `${told(answer)} with error="insufficient_scope"`;
  return named
    ? { outcome: 'pass', reason: `${reason} and the scope.`, evidence }
    : { outcome: 'warn', reason: `${reason}, but without the scope that is needed.`, evidence };
}
