import { parse } from '../../audit/answers.js';
import type { Answer, Audit, Check, ProbeSession } from '../../audit/types.js';
import { conclude, isServed, type Judged, told, unjudgeable } from '../judged.js';
import { cwe, mcp } from '../references.js';
import { textOf } from '../../audit/answers.js';
import { isFinding, ownSession, secondSession, withoutSessions } from './sessions.js';

/** SESS-11 */
export const replayedEvents: Check = {
  id: 'SESS-11',
  title: 'Events of one session are not replayed to another (Last-Event-ID).',
  severity: 'high',
  keyword: 'MUST',
  eras: ['sse', 'sessions'],
  references: [mcp('2025-11-25', 'basic/transports', 'resumability-and-redelivery'), cwe(639)],
  expected: 'No event of the other session: an ordinary new stream, or 4xx.',
  remedy:
    'Look up Last-Event-ID only among the events of the session that asks, and check whose session that is.',
  active: false,
  requests: 1,
  thoroughRequests: 3,
  async run(audit) {
    const useless = withoutSessions(audit);
    if (useless !== undefined) return useless;
    const ids = eventIds(audit);
    const [first] = ids;
    if (first === undefined) {
      return {
        outcome: 'not_applicable',
        reason: 'Its events carry no ids, so there is nothing to resume from.',
      };
    }
    const other = audit.second === undefined ? await ownSession(audit) : await secondSession(audit);
    if (isFinding(other)) return other;
    const wanted = audit.thorough ? [first, ids.at(-1) ?? first, '0'] : [first];
    const judged = await Promise.all([...new Set(wanted)].map((id) => replay(audit, other, id)));
    return conclude(judged, 'Nothing of the other session was replayed.');
  },
};

/** Ids of the victim's events: on its stream, and in the event streams that answered its requests. */
function eventIds({ control }: Audit): readonly string[] {
  const streamed = control.victim.stream?.events.flatMap(({ id }) => id ?? []) ?? [];
  const answered = control.answers.flatMap((answer) =>
    [...textOf(answer).matchAll(/^id: ?(.+?)\r?$/gm)].map((match) => match[1] ?? ''),
  );
  return [...answered, ...streamed].filter((id) => id !== '' && /^[\x20-\x7e]+$/.test(id));
}

async function replay(audit: Audit, other: ProbeSession, lastId: string): Promise<Judged> {
  const sse = audit.era === 'sse';
  const answer = await audit.send({
    what: `GET as ${other.as.label} with the Last-Event-ID of another session`,
    method: 'GET',
    ...(sse ? {} : { path: other.messagePath }),
    as: other.as,
    headers: [
      ['Accept', 'text/event-stream'],
      ...(sse ? [] : other.headers),
      ['Last-Event-ID', lastId],
    ],
    timeoutMs: 2_000,
  });
  const unknown = unjudgeable(answer);
  if (unknown !== undefined) return unknown;
  const note = told(answer);
  const foreign = foreignMessages(audit, answer);
  if (foreign.length > 0) {
    const what = `${note}, with ${foreign.length} of the other session's messages`;
    return { verdict: 'wrong', note: what, answer, seen: foreign };
  }
  const refused = answer.status >= 400 && answer.status < 500;
  return { verdict: refused || isServed(answer) ? 'right' : 'doubtful', note, answer };
}

/** Responses to requests that the victim sent; a fresh stream has none. */
function foreignMessages({ control }: Audit, answer: Answer): string[] {
  const known = new Set(
    [
      ...control.answers.flatMap(({ messages }) => messages),
      ...(control.victim.stream?.events.flatMap(({ data }) => parse(data)) ?? []),
    ].map((message) => JSON.stringify(message)),
  );
  return answer.messages
    .map((message) => JSON.stringify(message))
    .filter((text) => known.has(text));
}
