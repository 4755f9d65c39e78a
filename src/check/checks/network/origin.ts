import type { Check } from '../../audit/types.js';
import { conclude, sentence } from '../judged.js';
import { cwe, mcp } from '../references.js';
import { evilOrigin, evilStatus, postFromOrigin } from './origin-probes.js';
import { placeOf } from './place.js';

const references = [
  mcp('2025-11-25', 'basic/transports', 'security-warning'),
  mcp('2026-07-28', 'basic/transports/streamable-http', 'security-&-endpoint'),
  cwe(346),
];

const remedy =
  'Compare the Origin header with a list of the origins you serve, before anything else; refuse every other with 403, and let requests without one pass.';

/** NET-01 */
export const foreignOrigin: Check = {
  id: 'NET-01',
  title: 'A request from a web page of another origin is refused.',
  severity: 'high',
  keyword: 'MUST',
  eras: ['sse', 'sessions', 'stateless'],
  references,
  expected: '403 for a foreign Origin on every method, with the credential and without.',
  remedy,
  active: false,
  requests: 2,
  thoroughRequests: 7,
  async run(audit) {
    const finding = conclude(await evilOrigin(audit), 'A foreign Origin is refused.');
    const open = audit.form === undefined && (await placeOf(audit)) === 'loopback';
    if (finding.outcome !== 'fail' || !open) return finding;
    const why =
      'the server is on this machine and asks for no credential, so any web page can use it';
    return {
      ...finding,
      severity: 'critical',
      reason: sentence([finding.reason.replace(/\.$/, ''), why]),
    };
  },
};

/** NET-02 */
export const similarOrigin: Check = {
  id: 'NET-02',
  title: 'An origin that only looks like an allowed one is refused.',
  severity: 'medium',
  keyword: 'MUST',
  eras: ['sse', 'sessions', 'stateless'],
  references,
  expected: '403 for Origin: null, and for names that begin or end like the right one.',
  remedy: `${remedy} Compare whole origins, never parts of them; "null" is no origin.`,
  active: false,
  requests: 2,
  thoroughRequests: 6,
  async run(audit) {
    const evil = await evilStatus(audit);
    if (evil.verdict === 'wrong') {
      return conclude([{ ...evil, note: `every Origin is let in: ${evil.note}` }], '');
    }
    const local = (await placeOf(audit)) === 'loopback';
    const origins = similarOrigins(audit.url, { local, thorough: audit.thorough });
    const judged = await Promise.all(
      origins.map(async (origin) => {
        const seen = await postFromOrigin(audit, origin);
        const neighbour = local && origin === NEIGHBOUR && seen.verdict === 'wrong';
        // Pages of other programs on this machine: many servers let them in on purpose.
        return neighbour ? { ...seen, verdict: 'doubtful' as const } : seen;
      }),
    );
    return conclude(judged, `Refused: ${origins.join(', ')}.`);
  },
};

/** A page that another program on this machine serves. */
const NEIGHBOUR = 'http://127.0.0.1:1';

function similarOrigins(
  url: URL,
  { local, thorough }: { local: boolean; thorough: boolean },
): readonly string[] {
  const longer = local
    ? 'http://localhost.evil.example'
    : `${url.protocol}//${url.hostname}.evil.example`;
  if (!thorough) return ['null', longer];
  return [
    'null',
    longer,
    `${url.protocol}//${url.host}.evil.example`,
    `${url.protocol}//evil-${url.host}`,
    'http://localhost.evil.example',
    NEIGHBOUR,
  ].filter((origin, index, all) => all.indexOf(origin) === index);
}
