import type { Audit, Finding } from '../../audit/types.js';
import type { Judged } from '../judged.js';
import { knock, strictRefusals } from './door.js';

/** A random token; one request for all checks that want to know it. */
export function knockWithWrongToken(audit: Audit): Promise<Judged> {
  return audit.once('wrong-token', () =>
    knock(audit, {
      what: 'POST with a wrong token',
      as: audit.wrong(),
      right: strictRefusals(audit),
    }),
  );
}

/** Where every token is let in, a particular one that is let in tells nothing of its own: the reason says so. */
export async function toldOnce(audit: Audit, finding: Finding): Promise<Finding> {
  if (finding.outcome !== 'fail') return finding;
  const any = await knockWithWrongToken(audit).catch(() => undefined);
  if (any?.verdict !== 'wrong') return finding;
  const [first = ''] = finding.reason.split('; ');
  return {
    ...finding,
    reason: `Every token is let in (AUTH-03), these too: ${first.replace(/\.$/, '')}.`,
  };
}
