import type { Answer, Audit, Check } from '../../audit/types.js';
import { conclude, isServed, type Judged, told, unjudgeable } from '../judged.js';
import { type BadRequest, badRequests } from './bad-requests.js';
import { listAgain } from '../list-again.js';
import { rawPost } from '../raw-post.js';
import { mcp } from '../references.js';
import { headersOf, textOf } from '../../audit/answers.js';

/** HTTP-02 */
export const badBodies: Check = {
  id: 'HTTP-02',
  title: 'Bad requests are refused as such, and the server lives on.',
  severity: 'medium',
  keyword: 'MUST',
  eras: ['sse', 'sessions', 'stateless'],
  references: [
    mcp('2025-11-25', 'basic/transports', 'sending-messages-to-the-server'),
    { title: 'JSON-RPC 2.0 §5.1', url: 'https://www.jsonrpc.org/specification#error_object' },
    { title: 'RFC 9110 §15.5', url: 'https://www.rfc-editor.org/rfc/rfc9110#section-15.5' },
  ],
  expected:
    '400 for what is no JSON or no JSON-RPC, 415 or 400 for another content type, 413 for too much; no 5xx, no silence, nothing of the body repeated as it came.',
  remedy:
    'Check the content type, limit the body while it comes in, parse it in a try block, and answer with JSON-RPC’s -32700 or -32600 and a fixed text.',
  active: false,
  requests: 3,
  thoroughRequests: 9,
  async run(audit) {
    const probes = badRequests(audit);
    const answers = await Promise.all(
      probes.map(async (probe) => ({ probe, answer: await rawPost(audit, probe) })),
    );
    const alive = await control(audit);
    const judged = await Promise.all(
      answers.map(({ probe, answer }) => judge(audit, { probe, answer, alive })),
    );
    return conclude([...judged, alive], 'Bad requests are refused, and the server lives on.');
  },
};

async function judge(
  audit: Audit,
  { probe, answer, alive }: { probe: BadRequest; answer: Answer; alive: Judged },
): Promise<Judged> {
  if (answer.status === 0 && alive.verdict === 'right') {
    // It answers others: so it is this request that it has no answer to.
    return { verdict: 'wrong', note: told(answer), answer };
  }
  const unknown = unjudgeable(answer);
  if (unknown !== undefined) return unknown;
  const note = told(answer);
  if (answer.status >= 500) return { verdict: 'wrong', note, answer };
  if (probe.marker.startsWith('<') && textOf(answer).includes(probe.marker)) {
    return reflected(answer);
  }
  if (probe.right.includes(answer.status)) return { verdict: 'right', note, answer };
  if (!isServed(answer)) {
    return { verdict: 'doubtful', note: `${note} instead of ${probe.right.join(' or ')}`, answer };
  }
  if (probe.harmless === true) return { verdict: 'right', note, answer };
  return judgeServed(audit, { probe, answer });
}

/** 2xx: a JSON-RPC error says it was refused, in the wrong place; a result, that it was done. */
async function judgeServed(
  { control, era }: Audit,
  { probe, answer }: { probe: BadRequest; answer: Answer },
): Promise<Judged> {
  const onStream = era === 'sse' ? await control.victim.stream?.seen(probe.marker) : [];
  const result =
    answer.messages.some((message) => 'result' in message) ||
    onStream?.some((data) => data.includes('"result"')) === true;
  const note = `${told(answer)}${result ? ' with a result' : ''}`;
  if (result) return { verdict: 'wrong', note, answer };
  return { verdict: 'doubtful', note: `${note} instead of ${probe.right.join(' or ')}`, answer };
}

function reflected(answer: Answer): Judged {
  const type = headersOf(answer, 'content-type')[0] ?? 'no content type';
  const note = `the answer to ${answer.evidence.what} repeats the body as it came (${type})`;
  return { verdict: /json/i.test(type) ? 'doubtful' : 'wrong', note, answer };
}

/** Whether a right request still gets its answer. */
async function control(audit: Audit): Promise<Judged> {
  const asked = await listAgain(audit);
  const { answer } = asked;
  const responded = isServed(answer) && (await asked.response()) !== undefined;
  if (responded) return { verdict: 'right', note: '', answer };
  if (answer.status === 429) return { verdict: 'unknown', note: told(answer), answer };
  return { verdict: 'wrong', note: `${told(answer)}, and got no response`, answer };
}
