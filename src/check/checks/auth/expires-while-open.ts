import { delay } from '../../../core/wait.js';
import type { Audit, Check, CredentialForm, Finding } from '../../audit/types.js';
import { isServed, told, unjudgeable } from '../judged.js';
import { cwe, mcp } from '../references.js';
import { withCredential } from './credentials.js';
import { parseJwt } from './jwt.js';

/** Milliseconds the token may still live for the audit to wait for its end. */
const LONGEST_WAIT = 120_000;

export interface Patience {
  /** Milliseconds after the expiry in which a request may still be served: clocks differ. */
  leewayMs: number;
  /** Milliseconds between two looks. */
  everyMs: number;
}

/** AUTH-23 */
export const expiresWhileOpen: Check = {
  id: 'AUTH-23',
  title: 'A token that ends while a stream is open ends what it opened.',
  severity: 'medium',
  keyword: 'MUST',
  eras: ['sse', 'sessions', 'stateless'],
  references: [
    mcp('2025-11-25', 'basic/authorization', 'token-handling'),
    mcp('2025-11-25', 'basic/security_best_practices', 'session-hijacking'),
    cwe(613),
  ],
  expected: '401 for the next POST after the expiry; the open stream is closed within a minute.',
  remedy:
    'Check the token on every request, not only when a session begins; end streams when their token ends.',
  active: true,
  requests: 14,
  stage: 'last',
  run: withCredential((audit, form) =>
    waitForExpiry(audit, form, { leewayMs: 60_000, everyMs: 5_000 }),
  ),
};

/** Only a token that is about to expire can be waited for; nothing from outside can revoke one. */
export async function waitForExpiry(
  audit: Audit,
  { token }: CredentialForm,
  patience: Patience,
): Promise<Finding> {
  const exp = parseJwt(token)?.claims['exp'];
  const left = typeof exp === 'number' ? exp * 1000 - Date.now() : Number.POSITIVE_INFINITY;
  if (left > LONGEST_WAIT) {
    const reason =
      'The token does not expire within two minutes, and an audit cannot revoke it. Run this check with a JWT that does, or by hand: keep "ostler listen" open, revoke the token, and see whether the stream ends and "ostler tools" is refused.';
    return { outcome: 'inconclusive', reason };
  }
  await delay(Math.max(0, left), audit.signal);
  const deadline = Date.now() + patience.leewayMs;
  const served = await untilRefused(audit, { ...patience, deadline });
  if (served !== undefined) return served;
  return streamEnds(audit, { ...patience, deadline });
}

interface Wait extends Patience {
  deadline: number;
}

/** Undefined once the expired token is refused. */
async function untilRefused(audit: Audit, wait: Wait): Promise<Finding | undefined> {
  for (;;) {
    const { answer } = await audit.ask(audit.control.victim, 'tools/list', {
      what: 'POST with the token that has expired meanwhile',
      timeoutMs: 5_000,
    });
    const evidence = [answer];
    if (answer.status === 401 || answer.status === 403 || answer.status === 404) return undefined;
    if (unjudgeable(answer) !== undefined) {
      return { outcome: 'inconclusive', reason: `${told(answer)}.`, evidence };
    }
    if (!isServed(answer))
      return { outcome: 'warn', reason: `${told(answer)} instead of 401.`, evidence };
    if (Date.now() >= wait.deadline) {
      const reason = `${told(answer)}, ${seconds(wait.leewayMs)} after the token expired.`;
      return { outcome: 'fail', reason, evidence };
    }
    await delay(wait.everyMs, audit.signal);
  }
}

async function streamEnds({ control, signal }: Audit, wait: Wait): Promise<Finding> {
  const { stream } = control.victim;
  const refused = 'Once the token has expired it is refused';
  if (stream === undefined) {
    return { outcome: 'pass', reason: `${refused}; there is no stream that could stay open.` };
  }
  while (stream.ended === undefined && Date.now() < wait.deadline) {
    await delay(Math.min(wait.everyMs, 1_000), signal);
  }
  return stream.ended === undefined
    ? { outcome: 'warn', reason: `${refused}, but the stream it opened is still open.` }
    : { outcome: 'pass', reason: `${refused}, and the stream it opened has ended.` };
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
