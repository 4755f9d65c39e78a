import type { Audit } from '../../audit/types.js';
import type { Judged } from '../judged.js';
import { getWithoutCredentials, postWithoutCredentials } from '../without-credentials.js';
import { judgeDoor, REFUSALS } from './door.js';

/**
 * A way around the guard is none where there is no guard: what got through without credentials says nothing when
 * a plain request without them gets through as well.
 */
export async function unlessOpenAnyway(audit: Audit, judged: Judged): Promise<Judged> {
  if (judged.verdict !== 'wrong' || judged.answer === undefined) return judged;
  const streams = audit.era === 'sse' && judged.answer.evidence.method === 'GET';
  const plain = streams ? await plainGet(audit) : await plainPost(audit);
  if (plain.verdict !== 'wrong') return judged;
  const see = audit.era === 'sse' ? (streams ? 'AUTH-01' : 'AUTH-02') : 'AUTH-05';
  const note = `without credentials a request gets in anyway (${see}), so that no way around them can be found`;
  return { verdict: 'unknown', note, answer: judged.answer };
}

async function plainGet(audit: Audit): Promise<Judged> {
  return judgeDoor(await getWithoutCredentials(audit), { right: REFUSALS });
}

async function plainPost(audit: Audit): Promise<Judged> {
  const { answer, seen } = await postWithoutCredentials(audit);
  return judgeDoor(answer, { right: REFUSALS, seen });
}
