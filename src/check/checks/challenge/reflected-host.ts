import type { Answer, Audit, Check, HeaderPair } from '../../audit/types.js';
import { conclude, type Judged, told, unjudgeable } from '../judged.js';
import { cwe, rfc } from '../references.js';
import { textOf } from '../../audit/answers.js';
import { claimsNoOAuth, discover, NO_OAUTH } from './discovery.js';

const EVIL = 'ostler-probe.invalid';

const FORWARDED: readonly HeaderPair[] = [
  ['X-Forwarded-Host', EVIL],
  ['X-Forwarded-Server', EVIL],
  ['X-Original-Host', EVIL],
  ['X-Host', EVIL],
  ['Forwarded', `host=${EVIL};proto=https`],
];

/** CHAL-07 */
export const reflectedHost: Check = {
  id: 'CHAL-07',
  title: 'The metadata is not made of the Host that a request names.',
  severity: 'high',
  keyword: 'advice',
  eras: ['sse', 'sessions', 'stateless'],
  references: [
    {
      title: 'supermemory#1483',
      url: 'https://github.com/supermemoryai/supermemory/pull/1483',
    },
    rfc(9728, '7.3'),
    cwe(644),
  ],
  expected: 'The same metadata, or a refusal, whatever Host and X-Forwarded-Host say.',
  remedy:
    'Configure the public URL of the server, and build `resource`, issuer and endpoints from it; trust X-Forwarded-Host from your own proxy only.',
  active: false,
  requests: 3,
  async run(audit) {
    const discovery = await discover(audit);
    if (claimsNoOAuth(discovery)) return NO_OAUTH;
    const own = discovery.found?.url.origin === audit.url.origin ? discovery.found.url : audit.url;
    const judged = await Promise.all([
      probe(audit, audit.url, { name: 'X-Forwarded-Host', headers: FORWARDED }),
      probe(audit, own, { name: 'X-Forwarded-Host', headers: FORWARDED }),
      probe(audit, own, { name: 'Host', headers: [['Host', EVIL]] }),
    ]);
    return conclude(judged, 'No name of a request came back.');
  },
};

async function probe(
  audit: Audit,
  url: URL,
  { name, headers }: { name: string; headers: readonly HeaderPair[] },
): Promise<Judged> {
  const path = `${url.pathname}${url.search}`;
  const answer = await audit.send({
    what: `GET ${url.pathname} with another ${name}`,
    method: 'GET',
    path,
    as: audit.none,
    headers: [['Accept', 'application/json'], ...headers],
    timeoutMs: 3_000,
  });
  const unknown = unjudgeable(answer);
  if (unknown !== undefined) return unknown;
  const where = reflection(answer);
  if (where === undefined) return { verdict: 'right', note: told(answer), answer };
  return { verdict: 'wrong', note: `${told(answer)}, and the name came back ${where}`, answer };
}

function reflection(answer: Answer): string | undefined {
  if (answer.status < 400 && textOf(answer).includes(EVIL)) return 'in the document';
  const header = answer.headers.find(
    ([name, value]) => /^(?:www-authenticate|location|link)$/i.test(name) && value.includes(EVIL),
  );
  return header === undefined ? undefined : `in ${header[0]}`;
}
