import type { Answer, Audit, Check } from '../../audit/types.js';
import { conclude, type Judged, told, unjudgeable } from '../judged.js';
import { rawPost } from '../raw-post.js';
import { cwe, mcp } from '../references.js';

/** HTTP-03 */
export const credentialsFirst: Check = {
  id: 'HTTP-03',
  title: 'The credential is checked before the body is read.',
  severity: 'medium',
  keyword: 'advice',
  eras: ['sse', 'sessions', 'stateless'],
  references: [mcp('2025-11-25', 'basic/authorization', 'token-requirements'), cwe(696)],
  expected: '401 for a broken body without a credential; 5 MB of it are not read (--active).',
  remedy:
    'Put the check of the credential before the body parser (Express: before express.json()), so that a stranger cannot make the server parse.',
  active: false,
  requests: 1,
  thoroughRequests: 2,
  async run(audit) {
    if (audit.form === undefined) {
      return { outcome: 'not_applicable', reason: 'The server asks for no credential.' };
    }
    const probes = [broken(audit, '{"jsonrpc":"2.0","id":1,', 'POST of broken JSON')];
    if (audit.active) probes.push(broken(audit, `{${' '.repeat(5_000_000)}`, 'POST of 5 MB'));
    const judged = (await Promise.all(probes)).map(judge);
    return conclude(judged, 'A broken body without a credential is refused for the credential.');
  },
};

function broken(audit: Audit, body: string, what: string): Promise<Answer> {
  return rawPost(audit, {
    what: `${what} without credentials`,
    body,
    as: audit.none,
    timeoutMs: 10_000,
  });
}

function judge(answer: Answer): Judged {
  const unknown = unjudgeable(answer);
  if (unknown !== undefined) return unknown;
  const note = told(answer);
  // 413: who stands in front may refuse a long body by its length alone.
  if ([401, 403, 413].includes(answer.status)) return { verdict: 'right', note, answer };
  if (answer.status === 404) {
    return { verdict: 'doubtful', note: `${note} instead of 401`, answer };
  }
  return { verdict: 'wrong', note: `${note} instead of 401`, answer };
}
