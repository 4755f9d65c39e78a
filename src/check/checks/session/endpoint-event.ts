import type { Audit, Check, Finding } from '../../audit/types.js';
import { sentence } from '../judged.js';
import { cwe, mcp } from '../references.js';
import { textOf } from '../../audit/answers.js';

/** SESS-12 */
export const endpointEvent: Check = {
  id: 'SESS-12',
  title: 'The endpoint event keeps clients on this origin and tells no token.',
  severity: 'high',
  keyword: 'MUST',
  eras: ['sse'],
  references: [mcp('2024-11-05', 'basic/transports', 'http-with-sse'), cwe(598)],
  expected:
    'A path, or a URL of the same origin: https where the stream is, without user name or token.',
  remedy:
    'Announce a path ("/messages?sessionId=…") and leave scheme, host and token to the client.',
  active: false,
  requests: 0,
  // The control refuses an endpoint elsewhere; what was announced is in its answers all the same.
  withoutControl: true,
  run: (audit) => Promise.resolve(judge(audit)),
};

function judge(audit: Audit): Finding {
  const announced = announcedEndpoint(audit);
  const evidence = audit.control.answers.slice(0, 1);
  if (announced === undefined) {
    return { outcome: 'inconclusive', reason: 'No endpoint event was seen.', evidence };
  }
  const faults = faultsOf(announced, audit);
  if (faults.length > 0) return { outcome: 'fail', reason: sentence(faults), evidence };
  return {
    outcome: 'pass',
    reason: 'The endpoint is on the same origin, without a token.',
    evidence,
  };
}

function announcedEndpoint({ control }: Audit): string | undefined {
  const event = control.victim.stream?.events.find((one) => one.event === 'endpoint');
  if (event !== undefined) return event.data;
  const texts = control.answers.map(textOf);
  const body = texts.find((text) => /^event: *endpoint\r?$/m.test(text));
  return body === undefined ? undefined : /^data: ?(.*?)\r?$/m.exec(body)?.[1];
}

function faultsOf(announced: string, { url, form }: Audit): string[] {
  if (!URL.canParse(announced, url.href)) return ['the endpoint event holds no URL'];
  const endpoint = new URL(announced, url.href);
  const faults: string[] = [];
  if (endpoint.protocol === 'http:' && url.protocol === 'https:') {
    faults.push('the endpoint is plain http, the stream https');
  } else if (endpoint.origin !== url.origin) {
    faults.push(`the endpoint is on another origin (${endpoint.origin})`);
  }
  if (endpoint.username !== '' || endpoint.password !== '') {
    faults.push('the endpoint holds a user name or password');
  }
  const spellings = form === undefined ? [] : [form.token, encodeURIComponent(form.token)];
  if (spellings.some((token) => token.length >= 6 && announced.includes(token))) {
    faults.push('the endpoint holds the token, where logs and proxies keep it');
  }
  return faults;
}
