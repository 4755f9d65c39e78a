import type { Answer, Audit, Check, Finding } from '../../audit/types.js';
import { conclude, type Judged } from '../judged.js';
import { mcp, rfc } from '../references.js';
import { headersOf } from '../../audit/answers.js';

const EVENTS = /^text\/event-stream\s*(?:;|$)/i;

/** HTTP-08 */
export const streamHeaders: Check = {
  id: 'HTTP-08',
  title: 'Event streams are neither cached nor held back on their way.',
  severity: 'info',
  keyword: 'SHOULD',
  eras: ['sse', 'sessions', 'stateless'],
  references: [
    mcp('2026-07-28', 'basic/transports/streamable-http', 'receiving-messages'),
    {
      title: 'HTML, server-sent events',
      url: 'https://html.spec.whatwg.org/multipage/server-sent-events.html#authoring-notes',
    },
  ],
  expected:
    'Content-Type: text/event-stream, Cache-Control with no-cache or no-store, X-Accel-Buffering: no.',
  remedy: 'Set these headers where the stream begins; send a comment at least every 30 s.',
  active: false,
  requests: 0,
  stage: 'last',
  run(audit) {
    const streams = audit
      .seen()
      .filter((answer) => answer.status === 200 && EVENTS.test(first(answer, 'content-type')));
    if (streams.length === 0) {
      return Promise.resolve({
        outcome: 'not_applicable',
        reason: 'The server answered with no event stream.',
      });
    }
    const pass = 'Streams say that they are neither to be cached nor buffered.';
    return Promise.resolve(conclude(streams.flatMap(judgeStream), pass));
  },
};

function judgeStream(answer: Answer): readonly Judged[] {
  const said = `the stream of "${answer.evidence.what}" comes without`;
  const missing: Judged[] = [];
  if (!/no-cache|no-store/i.test(allOf(answer, 'cache-control'))) {
    missing.push({ verdict: 'doubtful', note: `${said} Cache-Control: no-store`, answer });
  }
  if (!/^no$/i.test(first(answer, 'x-accel-buffering').trim())) {
    missing.push({ verdict: 'doubtful', note: `${said} X-Accel-Buffering: no`, answer });
  }
  return missing;
}

/** HTTP-09 */
export const notCacheable: Check = {
  id: 'HTTP-09',
  title: 'Answers are not to be stored by caches.',
  severity: 'low',
  keyword: 'advice',
  eras: ['sse', 'sessions', 'stateless'],
  references: [rfc(9111, '3.5'), rfc(9111, '5.2.2.5')],
  expected: 'Cache-Control: no-store on refusals and on everything that needs a credential.',
  remedy: 'Set Cache-Control: no-store on every answer, before anything else happens.',
  active: false,
  requests: 0,
  stage: 'last',
  run(audit) {
    const judged = audit.seen().flatMap(judgeCaching);
    return Promise.resolve(orNothing(audit, conclude(judged, 'No answer may be stored.')));
  },
};

/** Refusals, and what the endpoint answers to GET; a cache stores the answer to POST only when told to. */
function judgeCaching(answer: Answer): readonly Judged[] {
  const { status, evidence } = answer;
  if (status === 0) return [];
  const control = allOf(answer, 'cache-control');
  const said = `the ${status} to "${evidence.what}"`;
  const open = /\bpublic\b|\bs-maxage=[1-9]/i.test(control);
  const kept = /\bmax-age=[1-9]/i.test(control) && !/\b(?:no-store|private)\b/i.test(control);
  if (open || kept) return [{ verdict: 'wrong', note: `${said} has "${control}"`, answer }];
  const telling = status === 401 || (evidence.method === 'GET' && status === 200);
  if (!telling || /\bno-store\b|\bno-cache\b|\bprivate\b/i.test(control)) return [];
  return [{ verdict: 'doubtful', note: `${said} has no Cache-Control: no-store`, answer }];
}

/** HTTP-10 */
export const quietHeaders: Check = {
  id: 'HTTP-10',
  title: 'Headers neither advertise the software nor let a browser guess types.',
  severity: 'info',
  keyword: 'advice',
  eras: ['sse', 'sessions', 'stateless'],
  references: [
    {
      title: 'Fetch, nosniff',
      url: 'https://fetch.spec.whatwg.org/#x-content-type-options-header',
    },
    { title: 'CWE-200', url: 'https://cwe.mitre.org/data/definitions/200.html' },
    rfc(9110, '10.2.4'),
  ],
  expected:
    'X-Content-Type-Options: nosniff on error pages; no X-Powered-By, no version in Server.',
  remedy: 'Express: app.disable("x-powered-by"); set X-Content-Type-Options on every answer.',
  active: false,
  requests: 0,
  stage: 'last',
  run(audit) {
    const judged = audit.seen().flatMap(judgeHeaders);
    return Promise.resolve(orNothing(audit, conclude(judged, 'The headers tell nothing.')));
  },
};

const BANNERS = ['x-powered-by', 'x-aspnet-version', 'x-aspnetmvc-version', 'x-runtime'];

function judgeHeaders(answer: Answer): readonly Judged[] {
  const found: Judged[] = [];
  // One note for each header, however many answers have it.
  for (const name of BANNERS) {
    const value = first(answer, name);
    if (value !== '') found.push({ verdict: 'wrong', note: `${name}: ${value}`, answer });
  }
  const server = first(answer, 'server');
  if (/\d/.test(server)) {
    found.push({ verdict: 'wrong', note: `server: ${server} tells the version`, answer });
  }
  const page = answer.status >= 400 && answer.body.length > 0;
  if (page && !/nosniff/i.test(first(answer, 'x-content-type-options'))) {
    const note = 'error answers come without X-Content-Type-Options: nosniff';
    found.push({ verdict: 'doubtful', note, answer });
  }
  return found;
}

function orNothing(audit: Audit, finding: Finding): Finding {
  if (audit.seen().some(({ status }) => status !== 0)) return finding;
  return { outcome: 'inconclusive', reason: 'The server answered nothing.' };
}

function first(answer: Answer, name: string): string {
  return headersOf(answer, name)[0] ?? '';
}

function allOf(answer: Answer, name: string): string {
  return headersOf(answer, name).join(', ');
}
