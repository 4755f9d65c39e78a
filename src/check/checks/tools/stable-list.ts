import { canonicalJson } from '../../../core/canonical-json.js';
import { isRecord, type JsonObject } from '../../../core/json.js';
import type { Answer, Asked, Audit, Check, ProbeSession } from '../../audit/types.js';
import { conclude, type Judged, told } from '../judged.js';
import { LIST_BYTES, listAgain } from '../list-again.js';
import { mcp } from '../references.js';

/** TOOL-02 */
export const stableList: Check = {
  id: 'TOOL-02',
  title: 'The tools are the same each time they are listed, and for each principal.',
  severity: 'info',
  keyword: 'SHOULD',
  eras: ['sse', 'sessions', 'stateless'],
  references: [mcp('2026-07-28', 'server/tools', 'capabilities')],
  expected:
    'The same list in the same order; another one for another token only where its scopes differ.',
  remedy:
    'Build the list once, from the code and the scopes of the token, not from what happened on the connection.',
  active: false,
  // The list of HTTP-02; alone, or with a second token, up to five of what is left.
  requests: 0,
  thoroughRequests: 6,
  // After all others: what they did must not have changed it.
  stage: 'last',
  async run(audit) {
    if (audit.control.capabilities['tools'] === undefined) {
      return { outcome: 'not_applicable', reason: 'The server has no tools.' };
    }
    const judged = [await again(audit)];
    if (audit.thorough) judged.push(await onceMore(audit));
    if (audit.second !== undefined) judged.push(await forSecond(audit));
    const both = audit.second === undefined ? '' : ', for both tokens';
    return conclude(judged, `The list is the same each time${both}.`);
  },
};

async function again(audit: Audit): Promise<Judged> {
  const listed = await toListed(await listAgain(audit));
  return compare(audit, listed, 'the second list');
}

async function onceMore(audit: Audit): Promise<Judged> {
  const listed = await list(audit, audit.control.victim, 'tools/list once more');
  return compare(audit, listed, 'the third list');
}

async function forSecond(audit: Audit): Promise<Judged> {
  const { second } = audit;
  if (second === undefined) return { verdict: 'right', note: '' };
  const session = await audit.open(second);
  if ('refused' in session) {
    return { verdict: 'unknown', note: told(session.refused), answer: session.refused };
  }
  try {
    const listed = await list(audit, session, 'tools/list with the second token');
    return compare(audit, listed, 'the list for the second token');
  } finally {
    await session.close();
  }
}

interface Listed {
  answer: Answer;
  /** Undefined when there was no list. */
  tools: readonly JsonObject[] | undefined;
  /** There are further pages. */
  more: boolean;
}

async function list(audit: Audit, session: ProbeSession, what: string): Promise<Listed> {
  return toListed(await audit.ask(session, 'tools/list', { what, maxBytes: LIST_BYTES }));
}

async function toListed(asked: Asked): Promise<Listed> {
  const result = (await asked.response())?.['result'];
  const tools = isRecord(result) && Array.isArray(result['tools']) ? result['tools'] : undefined;
  const more = isRecord(result) && typeof result['nextCursor'] === 'string';
  return { answer: asked.answer, tools: tools?.filter(isRecord) as JsonObject[] | undefined, more };
}

/** Against what the control saw; of a list in pages only the first one. */
function compare({ control }: Audit, { answer, tools, more }: Listed, who: string): Judged {
  if (tools === undefined)
    return { verdict: 'unknown', note: `${told(answer)} with no list`, answer };
  const before = more ? control.tools.slice(0, tools.length) : control.tools;
  const old = before.map(canonicalJson);
  const now = tools.map(canonicalJson);
  if (old.join('\n') === now.join('\n')) return { verdict: 'right', note: '', answer };
  if (old.toSorted().join('\n') === now.toSorted().join('\n')) {
    return { verdict: 'doubtful', note: `${who} has another order`, answer };
  }
  const counts = `${tools.length} tools, ${before.length} before`;
  return { verdict: 'doubtful', note: `${who} differs (${counts})`, answer };
}
