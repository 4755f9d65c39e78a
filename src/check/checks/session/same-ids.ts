import { isRecord, type JsonObject } from '../../../core/json.js';
import { delay } from '../../../core/wait.js';
import { parse } from '../../audit/answers.js';
import type { Answer, Audit, Check, ProbeSession } from '../../audit/types.js';
import { conclude, type Judged, told, unjudgeable } from '../judged.js';
import { LIST_BYTES } from '../list-again.js';
import { newMarker, rightRequest } from '../raw-post.js';
import { cve, cwe, mcp } from '../references.js';
import { seenBy } from '../without-credentials.js';
import { isFinding, ownSession } from './sessions.js';

/** SESS-10 */
export const sameIds: Check = {
  id: 'SESS-10',
  title: 'Two clients that use the same request id each get their own answer only.',
  severity: 'critical',
  keyword: 'MUST',
  eras: ['sse', 'sessions', 'stateless'],
  references: [
    mcp('2025-11-25', 'basic/transports', 'multiple-connections'),
    cve('CVE-2026-25536'),
    cwe(488),
  ],
  expected: 'Each answer goes to the client that asked, and to nobody else.',
  remedy:
    'Give every session its own server and transport object; never connect one server object to two transports.',
  active: false,
  requests: 3,
  async run(audit) {
    const other = await ownSession(audit);
    if (isFinding(other)) return other;
    return conclude([await askBoth(audit, other)], 'Each client got its own answer only.');
  },
};

/** Milliseconds for what comes after the first answer. */
const LATE_MS = 300;

/** Two requests whose answers cannot be taken for each other. */
interface Side {
  name: string;
  session: ProbeSession;
  method: string;
}

interface Got {
  side: Side;
  answer: Answer;
  /** Answers to the id, wherever this client got them; undefined when its stream broke off. */
  responses: readonly JsonObject[] | undefined;
}

async function askBoth(audit: Audit, other: ProbeSession): Promise<Judged> {
  const id = newMarker();
  const quick = audit.era === 'stateless' ? 'server/discover' : 'ping';
  const sides: readonly Side[] = [
    { name: 'the first client', session: audit.control.victim, method: 'tools/list' },
    { name: 'the second client', session: other, method: quick },
  ];
  const answers = await Promise.all(sides.map((side) => post(audit, side, id)));
  const collectAll = () =>
    Promise.all(sides.map(async (side, at) => collect(side, answers[at] as Answer, id)));
  await collectAll();
  // Each own answer may have been the first; the other one's comes a moment later.
  await delay(LATE_MS, audit.signal);
  return judge(await collectAll());
}

function post(audit: Audit, { session, method, name }: Side, id: string): Promise<Answer> {
  const modern = audit.era === 'stateless';
  return audit.send({
    what: `${method} of ${name} with an id that the other one uses, too`,
    method: 'POST',
    path: session.messagePath,
    as: session.as,
    headers: [
      ['Accept', 'application/json, text/event-stream'],
      ...withVersion(audit, session),
      ...(modern ? [['Mcp-Method', method] as const] : []),
    ],
    body: rightRequest(audit, { method, id }),
    maxBytes: LIST_BYTES,
  });
}

/** The version's header, which the stateless era asks for, once. */
function withVersion({ era, control }: Audit, { headers }: ProbeSession): ProbeSession['headers'] {
  const named = headers.some(([name]) => name.toLowerCase() === 'mcp-protocol-version');
  if (era !== 'stateless' || named) return headers;
  return [...headers, ['MCP-Protocol-Version', control.protocolVersion]];
}

async function collect(side: Side, answer: Answer, id: string): Promise<Got> {
  const seen = await seenBy(side.session, { marker: id });
  const inBody = answer.messages.filter((message) => message['id'] === id);
  if (seen === undefined) return { side, answer, responses: undefined };
  const onStream = seen.map(parsed).filter((message) => message['id'] === id);
  const responses = [...inBody, ...onStream];
  return { side, answer, responses };
}

function parsed(data: string): JsonObject {
  return parse(data)[0] ?? {};
}

function judge(got: readonly Got[]): Judged {
  for (const { side, answer, responses = [] } of got) {
    const foreign = responses.filter((response) => !fits(response, side.method));
    if (foreign.length > 0) {
      const note = `${side.name} asked for ${side.method} and got the other one's answer`;
      return { verdict: 'wrong', note, answer, seen: foreign.map((one) => JSON.stringify(one)) };
    }
    if (responses.length > 1) {
      const note = `${side.name} got ${responses.length} answers to one request`;
      return { verdict: 'wrong', note, answer };
    }
  }
  for (const { side, answer, responses } of got) {
    const unknown = unjudgeable(answer);
    if (unknown !== undefined) return unknown;
    if (responses === undefined) {
      return { verdict: 'unknown', note: `the stream of ${side.name} broke off`, answer };
    }
    if (responses.length === 0) {
      const note = `${told(answer)}, and no answer to it was seen`;
      return { verdict: 'unknown', note, answer };
    }
  }
  return { verdict: 'right', note: '', answer: got[0]?.answer };
}

/** An error fits any request; a list of tools only the one that asked for it. */
function fits(response: JsonObject, method: string): boolean {
  const { result } = response;
  if (!isRecord(result)) return true;
  return Array.isArray(result['tools']) === (method === 'tools/list');
}
