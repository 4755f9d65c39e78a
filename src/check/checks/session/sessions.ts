import type { Audit, Finding, ProbeSession } from '../../audit/types.js';

/** A further session of the good credential's owner, one for all checks. The checks of stage `last` may close it. */
export function ownSession(audit: Audit): Promise<ProbeSession | Finding> {
  return audit.once('own-session', async () => {
    const opened = await audit.open(audit.good, { handshake: 'none' });
    if (!('refused' in opened)) return opened;
    const { status, problem } = opened.refused;
    return {
      outcome: 'inconclusive',
      reason: `No further session could be opened (${status === 0 ? (problem ?? 'no answer') : `HTTP ${status}`}).`,
      evidence: [opened.refused],
    };
  });
}

/**
 * The second principal's own session: it shows that the second credential is good by itself, so that a refusal
 * elsewhere is meant for the session and not for the token. A finding where there is none.
 */
export function secondSession(audit: Audit): Promise<ProbeSession | Finding> {
  return audit.once('second-session', async () => {
    const { second } = audit;
    if (second === undefined) {
      return {
        outcome: 'inconclusive',
        reason: 'It needs the token of another principal: --second-token-env NAME.',
      };
    }
    if (JSON.stringify(second.headers) === JSON.stringify(audit.good.headers)) {
      return {
        outcome: 'inconclusive',
        reason: 'The second token is the same as the first; give that of another principal.',
      };
    }
    const opened = await audit.open(second, { handshake: 'none' });
    if (!('refused' in opened)) return opened;
    const { status, problem } = opened.refused;
    return {
      outcome: 'inconclusive',
      reason: `The second token is refused itself (${status === 0 ? (problem ?? 'no answer') : `HTTP ${status}`}): it opens no session of its own.`,
      evidence: [opened.refused],
    };
  });
}

export function isFinding(value: ProbeSession | Finding): value is Finding {
  return 'outcome' in value;
}

/** Why the session checks have no meaning here; undefined when they have. */
export function withoutSessions({ control }: Audit): Finding | undefined {
  if (control.victim.id !== undefined) return undefined;
  return {
    outcome: 'not_applicable',
    reason:
      control.victim.era === 'sse'
        ? 'The endpoint it announces holds no session id.'
        : 'The server gives out no session ids.',
  };
}
