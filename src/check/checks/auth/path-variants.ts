import type { Answer, Audit, Check } from '../../audit/types.js';
import { conclude, isServed, type Judged, told } from '../judged.js';
import { cwe, rfc } from '../references.js';
import { headersOf } from '../../audit/answers.js';
import { seenBy } from '../without-credentials.js';
import { withCredential } from './credentials.js';
import { unlessOpenAnyway } from './open-anyway.js';
import { hasEvent, judgeDoor, REFUSALS } from './door.js';

/** AUTH-09 */
export const pathVariants: Check = {
  id: 'AUTH-09',
  title: 'Another spelling of the path is no way around the guard.',
  severity: 'high',
  keyword: 'advice',
  eras: ['sse', 'sessions', 'stateless'],
  references: [rfc(3986, '6.2'), cwe(288), cwe(41)],
  expected:
    '401 or 404 without credentials for a trailing slash, a doubled one, other case, percent-encoding, ;x and the like.',
  remedy:
    'Guard in the same place that routes, or everything; not a list of paths in front of a router that reads them differently.',
  active: false,
  requests: 3,
  thoroughRequests: 14,
  run: withCredential(async (audit) => {
    const paths = pathsOf(audit);
    const judged = await Promise.all(
      paths.map(async (path) => unlessOpenAnyway(audit, await tryPath(audit, path))),
    );
    return conclude(
      judged,
      `Nobody gets in by ${paths.map(({ path }) => path.split('?')[0]).join(', ')}.`,
    );
  }),
};

interface Variant {
  method: 'GET' | 'POST';
  path: string;
}

/** The telling ones: what a proxy and a router most often read differently. */
function pathsOf({ url, control, era, thorough }: Audit): readonly Variant[] {
  const message = variantsOf(control.victim.messagePath).map(toVariant('POST'));
  if (era !== 'sse') return thorough ? message : message.slice(0, 2);
  const stream = variantsOf(`${url.pathname}${url.search}`).map(toVariant('GET'));
  if (thorough) return [...stream, ...message];
  return [...stream.slice(0, 2), ...message.slice(0, 1)];
}

const toVariant = (method: Variant['method']) => (path: string) => ({ method, path });

function variantsOf(target: string): readonly string[] {
  const [path = '/', ...rest] = target.split('?');
  const query = rest.length === 0 ? '' : `?${rest.join('?')}`;
  const bare = path.replace(/\/$/, '');
  const last = bare.slice(bare.lastIndexOf('/') + 1);
  const start = bare.slice(0, bare.length - last.length);
  const encoded = `%${(last.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}${last.slice(1)}`;
  const variants = [
    path.endsWith('/') && bare !== '' ? bare : `${bare}/`,
    `/${start}${last}`,
    ...(last === '' ? [] : [`${start}${toOtherCase(last)}`, `${start}${encoded}`]),
    `${bare}/.`,
    `${bare === '' ? '/' : bare};x`,
  ].filter((variant) => variant !== path);
  const withX = query === '' ? `${path}?x` : `${path}${query}&x`;
  return [...variants.map((variant) => `${variant}${query}`), withX];
}

function toOtherCase(text: string): string {
  const upper = text.toUpperCase();
  return upper === text ? text.toLowerCase() : upper;
}

async function tryPath(audit: Audit, { method, path }: Variant): Promise<Judged> {
  const what = `${method} ${path.split('?')[0]} without credentials`;
  const as = audit.none;
  if (method === 'GET') {
    const headers = [['Accept', 'text/event-stream'] as const];
    return judge(
      await audit.send({ what, method, path, as, headers, timeoutMs: 3_000, until: hasEvent }),
      [],
    );
  }
  const { victim } = audit.control;
  const asked = await audit.ask(victim, 'tools/list', { what, as, path, timeoutMs: 5_000 });
  return judge(asked.answer, await seenBy(victim, asked));
}

/** A redirect leads to the guarded path again; whether it leads elsewhere is NET-07's question. */
const RIGHT = [404, ...REFUSALS, 400, 405, 410, 301, 302, 303, 307, 308];

/** A page for people, as sites answer to everything, is another door than this one. */
function judge(answer: Answer, seen: readonly string[] | undefined): Judged {
  const page = headersOf(answer, 'content-type').some((type) => /^text\/html/i.test(type));
  if (isServed(answer) && page && seen?.length === 0) {
    return { verdict: 'right', note: `${told(answer)} with a page`, answer };
  }
  return judgeDoor(answer, { right: RIGHT, seen });
}
