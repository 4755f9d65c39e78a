import type { Audit, Check, HeaderPair } from '../../audit/types.js';
import { conclude, type Judged } from '../judged.js';
import { cwe, rfc } from '../references.js';
import { withCredential } from './credentials.js';
import { nameCulprits } from './culprits.js';
import { judgeDoor, knock, REFUSALS } from './door.js';

/** AUTH-10 */
export const overrideHeaders: Check = {
  id: 'AUTH-10',
  title: 'Headers that proxies set are no way around the guard.',
  severity: 'high',
  keyword: 'advice',
  eras: ['sse', 'sessions', 'stateless'],
  references: [rfc(7239, '8.1'), cwe(290), cwe(348)],
  expected:
    '401 without credentials, whatever X-Forwarded-For, X-Original-URL, X-HTTP-Method-Override and their like say.',
  remedy:
    'Believe such headers only from your own proxy, which removes those of others; never let an address or a path in them decide who may come in.',
  active: false,
  requests: 1,
  thoroughRequests: 3,
  run: withCredential(async (audit) => {
    const judged = await Promise.all([
      whoFrom(audit),
      ...(audit.thorough ? [otherMethod(audit), otherUrl(audit)] : []),
    ]);
    return conclude(judged, `${judged.map(({ note }) => note).join('; ')}.`);
  }),
};

/** "I am from here", "I am somebody": as a proxy would tell of a client it has let in. */
const FROM_INSIDE: readonly HeaderPair[] = [
  ['X-Forwarded-For', '127.0.0.1'],
  ['X-Real-IP', '127.0.0.1'],
  ['X-Client-IP', '127.0.0.1'],
  ['True-Client-IP', '127.0.0.1'],
  ['Forwarded', 'for=127.0.0.1;host=localhost'],
  ['X-Forwarded-Host', 'localhost'],
  ['X-Forwarded-User', 'admin'],
  ['X-Remote-User', 'admin'],
  ['X-Authenticated-User', 'admin'],
];

async function whoFrom(audit: Audit): Promise<Judged> {
  const send = (headers: readonly HeaderPair[], what: string) =>
    knock(audit, { what, as: audit.none, headers });
  const judged = await send(FROM_INSIDE, 'POST without credentials but with a proxy’s headers');
  return nameCulprits(audit, judged, {
    parts: FROM_INSIDE,
    try: (header) => send([header], `POST without credentials but with ${header.join(': ')}`),
  });
}

function otherMethod(audit: Audit): Promise<Judged> {
  const headers = ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override'].map(
    (name) => [name, 'OPTIONS'] as const,
  );
  const what = 'POST without credentials that calls itself OPTIONS';
  return knock(audit, { what, as: audit.none, headers, right: [...REFUSALS, 400, 405] });
}

/** A guard that looks at the path, before a router that looks at the header. */
async function otherUrl(audit: Audit): Promise<Judged> {
  const target = audit.control.victim.messagePath;
  const { answer } = await audit.ask(audit.control.victim, 'tools/list', {
    what: 'POST / without credentials but with X-Original-URL',
    as: audit.none,
    path: '/',
    headers: [
      ['X-Original-URL', target],
      ['X-Rewrite-URL', target],
    ],
  });
  const judged = judgeDoor(answer, { right: [...REFUSALS, 404, 405, 400, 301, 302, 307, 308] });
  const served = answer.messages.length > 0 || answer.status === 202;
  // `/` may be a page of its own, for everybody.
  return judged.verdict === 'wrong' && !served ? { ...judged, verdict: 'right' } : judged;
}
