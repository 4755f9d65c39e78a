import type { Audit, Check, CredentialForm, HeaderPair } from '../../audit/types.js';
import { conclude, type Judged } from '../judged.js';
import { cwe, mcp, rfc } from '../references.js';
import { withCredential } from './credentials.js';
import { unlessOpenAnyway } from './open-anyway.js';
import { nameCulprits, type Parts } from './culprits.js';
import { judgeDoor, knock, knockStream, REFUSALS } from './door.js';
import {
  knockAll,
  isTold,
  otherHeaders,
  QUERY_NAMES,
  tokenElsewhere,
  withQuery,
} from './elsewhere.js';

const FORM = 'application/x-www-form-urlencoded';

/** AUTH-15 */
export const tokenInQuery: Check = {
  id: 'AUTH-15',
  title: 'A token in the URL or in a form is not taken for a credential.',
  severity: 'high',
  keyword: 'MUST',
  eras: ['sse', 'sessions', 'stateless'],
  references: [
    mcp('2025-11-25', 'basic/authorization', 'token-requirements'),
    rfc(6750, '2.3'),
    rfc(9700, '4.3.2'),
    cwe(598),
  ],
  expected:
    '401 for the good token as access_token, token, api_key, apiKey or authorization in the query, without a header.',
  remedy: 'Read the token from its header only: URLs end up in logs, histories and referrers.',
  active: false,
  requests: 2,
  thoroughRequests: 5,
  run: withCredential(async (audit, form) => {
    const combined = await tokenElsewhere(audit, form);
    const inBody = audit.thorough ? [await inForm(audit, form)] : [];
    const judged = isTold(combined) ? combined : await inQuery(audit, form);
    return conclude([...judged, ...inBody], passed('the query', judged));
  }),
};

function passed(where: string, judged: readonly Judged[]): string {
  const said = judged.map(({ answer }) => `${answer?.evidence.method} ${answer?.status}`);
  return `The good token in ${where} only is not looked at: ${said.join(', ')}.`;
}

async function inQuery(audit: Audit, form: CredentialForm): Promise<readonly Judged[]> {
  const judged = await knockAll(audit, {
    what: 'the good token in the query only',
    target: (path) => withQuery(path, QUERY_NAMES, form.token),
  });
  return nameInFirst<string>(audit, judged, (stream) => ({
    parts: QUERY_NAMES,
    try: (name) => single(audit, { name, token: form.token, stream }),
  }));
}

/** Names the culprits on the first channel that is open; what opens one mostly opens the other. */
async function nameInFirst<T>(
  audit: Audit,
  judged: readonly Judged[],
  partsOf: (stream: boolean) => Parts<T>,
): Promise<readonly Judged[]> {
  const honest = await Promise.all(judged.map((one) => unlessOpenAnyway(audit, one)));
  const first = honest.find(({ verdict }) => verdict === 'wrong');
  if (first === undefined) return honest;
  const named = await nameCulprits(audit, first, partsOf(first.answer?.evidence.method === 'GET'));
  return honest.map((one) => (one === first ? named : one));
}

function single(
  audit: Audit,
  { name, token, stream }: { name: string; token: string; stream: boolean },
): Promise<Judged> {
  const path = stream
    ? `${audit.url.pathname}${audit.url.search}`
    : audit.control.victim.messagePath;
  return (stream ? knockStream : knock)(audit, {
    what: `${stream ? 'GET' : 'POST'} with the good token as ?${name}=`,
    as: audit.none,
    path: withQuery(path, [name], token),
  });
}

/** RFC 6750 §2.2; no JSON-RPC server should even read it. */
async function inForm(audit: Audit, { token }: CredentialForm): Promise<Judged> {
  const answer = await audit.send({
    what: 'POST with the good token in a form',
    path: audit.control.victim.messagePath,
    as: audit.none,
    headers: [['Content-Type', FORM], ...audit.control.victim.headers],
    body: Buffer.from(`access_token=${encodeURIComponent(token)}`),
  });
  return judgeDoor(answer, { right: [...REFUSALS, 400, 415] });
}

/** AUTH-16 */
export const tokenInOtherHeader: Check = {
  id: 'AUTH-16',
  title: 'A token in a cookie or in another header is not taken for a credential.',
  severity: 'medium',
  keyword: 'MUST',
  eras: ['sse', 'sessions', 'stateless'],
  references: [
    mcp('2025-11-25', 'basic/authorization', 'token-requirements'),
    rfc(6750, '2.1'),
    cwe(352),
  ],
  expected:
    '401 for the good token in Cookie, X-API-Key and the like only, unless the server documents that way.',
  remedy:
    'Read the token from one header. A cookie is sent by every web page that makes a browser ask.',
  active: false,
  // AUTH-15 pays for what both look at.
  requests: 0,
  run: withCredential(async (audit, form) => {
    const combined = await tokenElsewhere(audit, form);
    const judged = isTold(combined) ? combined : await inHeaders(audit, form);
    return conclude(judged, passed('cookies and other headers', judged));
  }),
};

async function inHeaders(audit: Audit, form: CredentialForm): Promise<readonly Judged[]> {
  const headers = otherHeaders(form);
  const judged = await knockAll(audit, {
    what: 'the good token in cookies and other headers only',
    headers,
    target: (path) => path,
  });
  return nameInFirst<HeaderPair>(audit, judged, (stream) => ({
    parts: headers,
    try: (header) =>
      (stream ? knockStream : knock)(audit, {
        what: `${stream ? 'GET' : 'POST'} with the good token in ${header[0]} only`,
        as: audit.none,
        headers: [header],
      }),
  }));
}
