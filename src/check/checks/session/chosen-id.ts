import { randomUUID } from 'node:crypto';
import { VERSION } from '../../../core/version.js';
import type { Answer, Audit, Check, ProbeSession } from '../../audit/types.js';
import { conclude, isServed, type Judged, told, unjudgeable } from '../judged.js';
import { rightRequest } from '../raw-post.js';
import { cwe, mcp } from '../references.js';
import { headersOf, textOf } from '../../audit/answers.js';
import { idParameter, withSessionIds } from './session-ids.js';
import { withoutSessions } from './sessions.js';

/** SESS-08 */
export const chosenId: Check = {
  id: 'SESS-08',
  title: 'A client cannot choose the id of a new session (fixation).',
  severity: 'high',
  keyword: 'MUST',
  eras: ['sse', 'sessions'],
  references: [mcp('2025-11-25', 'basic/security_best_practices', 'session-hijacking'), cwe(384)],
  expected: 'The new session gets an id of the server’s own making, or the request is refused.',
  remedy:
    'Make the id of a session on the server, from a secure random source, whatever a request says.',
  active: false,
  requests: 1,
  async run(audit) {
    const useless = withoutSessions(audit);
    if (useless !== undefined) return useless;
    const chosen = randomUUID();
    const judged = audit.era === 'sse' ? openStream(audit, chosen) : initialize(audit, chosen);
    return conclude([await judged], 'The id that was asked for is not taken.');
  },
};

/** The id in the query, where the server puts its own, and in the header. */
async function openStream(audit: Audit, chosen: string): Promise<Judged> {
  const { pathname, search } = audit.url;
  const pair = `${idParameter(audit.control.victim)}=${chosen}`;
  const answer = await audit.send({
    what: 'GET of a stream with a session id of our choice',
    method: 'GET',
    path: `${pathname}${search === '' ? '?' : `${search}&`}${pair}`,
    headers: [
      ['Accept', 'text/event-stream'],
      ['Mcp-Session-Id', chosen],
    ],
    timeoutMs: 3_000,
    until: (text) => /^event: *endpoint$[^]*\n\r?\n/m.test(text),
  });
  const unknown = unjudgeable(answer);
  if (unknown !== undefined) return unknown;
  if (!isServed(answer)) return judgeRefusal(answer);
  const endpoint = /^data:(.*)$/m.exec(textOf(answer))?.[1];
  if (endpoint === undefined) {
    return { verdict: 'unknown', note: `${told(answer)} without an endpoint event`, answer };
  }
  return judgeTaken(answer, endpoint.includes(chosen));
}

async function initialize(audit: Audit, chosen: string): Promise<Judged> {
  const answer = await audit.send({
    what: 'initialize with a session id of our choice',
    method: 'POST',
    headers: [
      ['Accept', 'application/json, text/event-stream'],
      ['Mcp-Session-Id', chosen],
    ],
    body: rightRequest(audit, {
      method: 'initialize',
      id: chosen,
      params: {
        protocolVersion: audit.control.protocolVersion,
        capabilities: {},
        clientInfo: { name: 'ostler', version: VERSION },
      },
    }),
  });
  const unknown = unjudgeable(answer);
  if (unknown !== undefined) return unknown;
  if (!isServed(answer)) return judgeRefusal(answer);
  const [given] = headersOf(answer, 'mcp-session-id');
  const session = withSessionIds(audit.control.victim, [given ?? chosen]);
  if (given === undefined && session !== undefined) return judgeSilent(audit, answer, session);
  if (session !== undefined) await end(audit, session);
  return judgeTaken(answer, given === chosen);
}

/** The answer names no id: does the chosen one live? */
async function judgeSilent(audit: Audit, opened: Answer, session: ProbeSession): Promise<Judged> {
  const { answer } = await audit.ask(session, 'tools/list', {
    what: 'POST into the session of our choice',
  });
  return unjudgeable(answer) ?? judgeTaken(isServed(answer) ? answer : opened, isServed(answer));
}

/** The audit ends the sessions it knows of; this one it does not. */
async function end(audit: Audit, session: ProbeSession): Promise<void> {
  await audit.send({
    what: 'DELETE of an own session',
    method: 'DELETE',
    path: session.messagePath,
    headers: session.headers,
  });
}

function judgeTaken(answer: Answer, taken: boolean): Judged {
  const note = taken ? `${told(answer)} and the id was taken` : told(answer);
  return { verdict: taken ? 'wrong' : 'right', note, answer };
}

function judgeRefusal(answer: Answer): Judged {
  const refused = answer.status >= 400 && answer.status < 500;
  return { verdict: refused ? 'right' : 'doubtful', note: told(answer), answer };
}
