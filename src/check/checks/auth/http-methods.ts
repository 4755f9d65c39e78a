import type { Answer, Audit, Check } from '../../audit/types.js';
import { conclude, isServed, type Judged, told } from '../judged.js';
import { cwe, mcp, rfc } from '../references.js';
import { withCredential } from './credentials.js';
import { hasEvent, isEventStream, judgeDoor, REFUSALS } from './door.js';
import { messageTo } from './message.js';

/** AUTH-08 */
export const httpMethods: Check = {
  id: 'AUTH-08',
  title: 'No other HTTP method is a way around the guard.',
  severity: 'medium',
  keyword: 'advice',
  eras: ['sse', 'sessions', 'stateless'],
  references: [
    rfc(9110, '9.3.2'),
    mcp('2025-11-25', 'basic/authorization', 'token-requirements'),
    cwe(650),
  ],
  expected:
    'Without credentials HEAD is refused like GET, OPTIONS gives no data, PUT and PATCH are 405 or 401.',
  remedy: 'Guard the path, whatever the method; refuse methods that have no meaning here with 405.',
  active: false,
  requests: 2,
  thoroughRequests: 8,
  run: withCredential(async (audit) => {
    const judged = await Promise.all(
      methodsOf(audit).map(async ({ method, path }) =>
        judge(method, await probe(audit, method, path)),
      ),
    );
    const said = judged.map(({ answer }) => `${answer?.evidence.method} ${answer?.status}`);
    return conclude(judged, `Without credentials: ${said.join(', ')}.`);
  }),
};

function methodsOf({ url, control, thorough, era }: Audit) {
  const stream = `${url.pathname}${url.search}`;
  const message = control.victim.messagePath;
  if (!thorough) {
    const put = { method: 'PUT', path: message };
    return era === 'sse' ? [{ method: 'HEAD', path: stream }, put] : [put];
  }
  const paths = era === 'sse' ? [stream, message] : [stream];
  return ['HEAD', 'OPTIONS', 'PUT', 'PATCH'].flatMap((method) =>
    paths.map((path) => ({ method, path })),
  );
}

function probe(audit: Audit, method: string, path: string): Promise<Answer> {
  const { body, headers } = messageTo(audit);
  const writes = method === 'PUT' || method === 'PATCH';
  return audit.send({
    what: `${method} without credentials`,
    method,
    path,
    as: audit.none,
    ...(headers === undefined ? {} : { headers }),
    ...(writes && body !== undefined ? { body } : {}),
    timeoutMs: 3_000,
    until: hasEvent,
  });
}

const RIGHT = [...REFUSALS, 404, 405, 501];

/** What a method list or an empty preflight may weigh; more would be data. */
const PREFLIGHT_BYTES = 256;

function judge(method: string, answer: Answer): Judged {
  const harmless =
    answer.messages.length === 0 && !isEventStream(answer) && answer.body.length <= PREFLIGHT_BYTES;
  if (method === 'OPTIONS' && isServed(answer) && harmless) {
    return { verdict: 'right', note: told(answer), answer };
  }
  return judgeDoor(answer, { right: RIGHT });
}
