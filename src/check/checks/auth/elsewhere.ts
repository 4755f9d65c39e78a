import type { Audit, CredentialForm, HeaderPair } from '../../audit/types.js';
import type { Judged } from '../judged.js';
import { valueWith } from './credentials.js';
import { unlessOpenAnyway } from './open-anyway.js';
import { isAuthorization, knock, knockStream, type Knock, REFUSALS } from './door.js';

/** Names under which servers have taken a token from the URL. */
export const QUERY_NAMES: readonly string[] = [
  'access_token',
  'token',
  'api_key',
  'apiKey',
  'authorization',
];

/** Who refuses the token altogether, and who refuses a request with so many of them. */
const RIGHT = [...REFUSALS, 400];

/** The path with the good token in its query, under these names. */
export function withQuery(target: string, names: readonly string[], token: string): string {
  const pairs = names.map((name) => `${name}=${encodeURIComponent(token)}`).join('&');
  return `${target}${target.includes('?') ? '&' : '?'}${pairs}`;
}

/** The good token in headers that are not the configured one. */
export function otherHeaders(form: CredentialForm): readonly HeaderPair[] {
  const { token, header } = form;
  const cookie = ['token', 'access_token', 'session'].map((name) => `${name}=${token}`).join('; ');
  const bearer = isAuthorization(header) ? valueWith(form, token) : `Bearer ${token}`;
  const pairs: readonly HeaderPair[] = [
    ['Cookie', cookie],
    ['Authorization', bearer],
    ['X-API-Key', token],
    ['X-Auth-Token', token],
    ['X-Access-Token', token],
    ['Api-Key', token],
    ['X-Authorization', bearer],
  ];
  return pairs.filter(([name]) => name.toLowerCase() !== header.toLowerCase());
}

/** One knock at the message endpoint, and in the SSE era one at the stream: `target` makes the path of each. */
export async function knockAll(
  audit: Audit,
  {
    what,
    headers = [],
    target,
  }: { what: string; headers?: readonly HeaderPair[]; target: (path: string) => string },
): Promise<readonly Judged[]> {
  const common = { as: audit.none, headers, right: RIGHT } satisfies Partial<Knock>;
  const { messagePath } = audit.control.victim;
  const post = knock(audit, { ...common, what: `POST with ${what}`, path: target(messagePath) });
  if (audit.era !== 'sse') return [await post];
  const stream = target(`${audit.url.pathname}${audit.url.search}`);
  return Promise.all([
    knockStream(audit, { ...common, what: `GET with ${what}`, path: stream }),
    post,
  ]);
}

/** The token in the query, in cookies and in other headers, all in one request: where that is refused, none is looked at. */
export function tokenElsewhere(audit: Audit, form: CredentialForm): Promise<readonly Judged[]> {
  return audit.once('token-elsewhere', async () => {
    const judged = await knockAll(audit, {
      what: 'the good token in the query, in cookies and in other headers only',
      headers: otherHeaders(form),
      target: (path) => withQuery(path, QUERY_NAMES, form.token),
    });
    return Promise.all(judged.map((one) => unlessOpenAnyway(audit, one)));
  });
}

/** True when asking for each place by itself would tell no more; 400 may mean that there were too many at once. */
export function isTold(judged: readonly Judged[]): boolean {
  return judged.every(({ verdict, answer }) =>
    verdict === 'right' ? answer?.status !== 400 : verdict === 'unknown',
  );
}
