import type { Answer, Audit, Check } from '../../audit/types.js';
import { conclude, isServed, type Judged, told, unjudgeable } from '../judged.js';
import { cwe } from '../references.js';
import { textOf } from '../../audit/answers.js';

/** Where servers tell how they are. */
const TELLING = ['/health', '/sessions', '/'] as const;
const MORE = [
  '/healthz',
  '/status',
  '/metrics',
  '/debug',
  '/debug/vars',
  '/info',
  '/api/sessions',
  '/admin',
  '/.env',
] as const;

/** SESS-09 */
export const listedIds: Check = {
  id: 'SESS-09',
  title: 'No public page tells session ids or tokens.',
  severity: 'high',
  keyword: 'advice',
  eras: ['sse', 'sessions', 'stateless'],
  references: [
    { title: 'evm-mcp-server#35', url: 'https://github.com/mcpdotdirect/evm-mcp-server/pull/35' },
    cwe(200),
  ],
  expected: '401 or 404, or a page without ids and tokens.',
  remedy: 'Tell only that the server lives; numbers of sessions at most, never their ids.',
  active: false,
  requests: TELLING.length,
  thoroughRequests: TELLING.length + MORE.length,
  async run(audit) {
    const paths = audit.thorough ? [...TELLING, ...MORE] : TELLING;
    const judged = await Promise.all(paths.map((path) => look(audit, path)));
    return conclude(judged, `No session id and no token at ${paths.join(', ')}.`);
  },
};

async function look(audit: Audit, path: string): Promise<Judged> {
  const answer = await audit.send({
    what: `GET ${path} without credentials`,
    method: 'GET',
    path,
    as: audit.none,
    headers: [['Accept', 'application/json, text/html, */*']],
    timeoutMs: 3_000,
  });
  const unknown = unjudgeable(answer);
  if (unknown !== undefined) return unknown;
  const note = told(answer);
  if (!isServed(answer)) return { verdict: 'right', note, answer };
  return judge(audit, answer, note);
}

function judge(audit: Audit, answer: Answer, note: string): Judged {
  const text = textOf(answer);
  const { form, control } = audit;
  if (control.victim.id !== undefined && text.includes(control.victim.id)) {
    return { verdict: 'wrong', note: `${note} with the id of a live session in it`, answer };
  }
  if (form !== undefined && form.token.length >= 6 && text.includes(form.token)) {
    return { verdict: 'wrong', note: `${note} with the token in it`, answer };
  }
  if (looksLikeSecrets(text)) {
    return { verdict: 'doubtful', note: `${note} with what looks like tokens in it`, answer };
  }
  if (looksLikeIds(text)) {
    return { verdict: 'doubtful', note: `${note} with what looks like session ids in it`, answer };
  }
  return { verdict: 'right', note, answer };
}

/** `SECRET_KEY=…` of an environment file, `"token": "…"` of a dump. */
function looksLikeSecrets(text: string): boolean {
  return (
    /^\s*(?:export )?[A-Z][A-Z0-9_]*(?:TOKEN|SECRET|KEY|PASSWORD)[A-Z0-9_]*=\S{6}/m.test(text) ||
    /"[^"]{0,40}(?:token|secret|api_?key|password)[^"]{0,20}"\s*:\s*"[^"]{8,}"/i.test(text)
  );
}

/** A word about sessions, and values that are as long and as mixed as ids. */
function looksLikeIds(text: string): boolean {
  if (!/session/i.test(text)) return false;
  return /\b[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}\b|\b(?=[a-z]*\d)(?=\d*[a-f])[\da-f]{24,}\b/i.test(
    text,
  );
}
