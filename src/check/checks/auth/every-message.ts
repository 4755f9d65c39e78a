import type { JsonObject } from '../../../core/json.js';
import { VERSION } from '../../../core/version.js';
import type { Audit, Check } from '../../audit/types.js';
import { conclude, type Judged } from '../judged.js';
import { cwe, mcp, rfc } from '../references.js';
import { postWithoutCredentials, seenBy } from '../without-credentials.js';
import { judgeDoor, strictRefusals } from './door.js';
import { openTold } from './no-credentials.js';

/** AUTH-05 */
export const everyMessage: Check = {
  id: 'AUTH-05',
  title: 'Each kind of message without credentials is refused, not only some.',
  severity: 'critical',
  keyword: 'MUST',
  eras: ['sessions', 'stateless'],
  references: [
    mcp('2025-11-25', 'basic/authorization', 'token-requirements'),
    mcp('2026-07-28', 'basic/authorization'),
    rfc(6750, '3.1'),
    cwe(306),
  ],
  expected: '401 for initialize, tools/list, tools/call and server/discover, each for itself.',
  remedy: 'Guard the whole endpoint before the message is read, not single methods or tools.',
  active: false,
  requests: 3,
  thoroughRequests: 6,
  async run(audit) {
    const methods = methodsOf(audit);
    const judged = await Promise.all(methods.map((method) => tryMethod(audit, method)));
    const statuses = [...new Set(judged.map(({ answer }) => answer?.status))].join(' and ');
    const pass = `Without credentials ${methods.join(', ')} are each refused with ${statuses}.`;
    return openTold(audit, conclude(judged, pass));
  },
};

function methodsOf({ era, thorough }: Audit): readonly string[] {
  const first = era === 'stateless' ? 'server/discover' : 'initialize';
  const other = era === 'stateless' ? 'initialize' : 'server/discover';
  const telling = [first, 'tools/list', 'tools/call'];
  return thorough ? [...telling, other, 'resources/list', 'prompts/list'] : telling;
}

async function tryMethod(audit: Audit, method: string): Promise<Judged> {
  const right = strictRefusals(audit);
  if (method === 'initialize') return judgeDoor(await initialize(audit), { right });
  if (method === 'tools/list') {
    const { answer, seen } = await postWithoutCredentials(audit);
    const judged = judgeDoor(answer, { right, seen });
    return { ...judged, note: `tools/list: ${judged.note}` };
  }
  const { victim } = audit.control;
  const asked = await audit.ask(victim, method, {
    what: `${method} without credentials`,
    as: audit.none,
    timeoutMs: 5_000,
    ...(method === 'tools/call' ? { params: callOf(audit) } : {}),
  });
  return judgeDoor(asked.answer, { right, seen: await seenBy(victim, asked) });
}

/** A tool there is not, so that nothing is run by a server that lets everybody in; the person may name a harmless one. */
function callOf({ tool }: Audit): JsonObject {
  return tool === undefined
    ? { name: 'ostler-no-such-tool', arguments: {} }
    : { name: tool.name, arguments: tool.arguments };
}

/** Outside of any session, as a stranger begins. */
function initialize(audit: Audit) {
  return audit.send({
    what: 'initialize without credentials',
    as: audit.none,
    headers: [['Accept', 'application/json, text/event-stream']],
    body: {
      jsonrpc: '2.0',
      id: 'ostler-stranger',
      method: 'initialize',
      params: {
        protocolVersion: audit.era === 'sessions' ? audit.control.protocolVersion : '2025-11-25',
        capabilities: {},
        clientInfo: { name: 'ostler', version: VERSION },
      },
    },
  });
}
