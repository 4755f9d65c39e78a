import { isIP } from 'node:net';
import type { Answer, Audit, Check } from '../../audit/types.js';
import { conclude, type Judged, told } from '../judged.js';
import { cwe, rfc } from '../references.js';
import { headersOf } from '../../audit/answers.js';
import { placeOf } from './place.js';

/** NET-05 */
export const encrypted: Check = {
  id: 'NET-05',
  title: 'The server is reached over https only.',
  severity: 'high',
  keyword: 'MUST',
  eras: ['sse', 'sessions', 'stateless'],
  references: [
    {
      title: 'OAuth 2.1 §1.5',
      url: 'https://datatracker.ietf.org/doc/html/draft-ietf-oauth-v2-1#section-1.5',
    },
    rfc(6750, '5.3'),
    rfc(6797, '7.1'),
    cwe(319),
  ],
  expected: 'An https URL beyond loopback, no redirect to http, and Strict-Transport-Security.',
  remedy: 'Put TLS before the server, and answer with Strict-Transport-Security: max-age=31536000.',
  active: false,
  requests: 0,
  stage: 'last',
  withoutControl: true,
  async run(audit) {
    const place = await placeOf(audit);
    if (audit.url.protocol !== 'https:') {
      if (place === 'loopback') {
        const reason = 'The server is on loopback: what is sent to it does not leave the machine.';
        return { outcome: 'not_applicable', reason };
      }
      const what = audit.form === undefined ? 'everything' : 'the credential';
      return {
        outcome: 'fail',
        reason: `The URL is plain http: who is on the way reads ${what}.`,
        evidence: audit.seen().slice(0, 1),
      };
    }
    return judgeHttps(audit, place === 'public');
  },
};

function judgeHttps(audit: Audit, isPublic: boolean) {
  const answered = audit.seen().filter(({ status }) => status !== 0);
  if (answered.length === 0) {
    return { outcome: 'inconclusive' as const, reason: 'The server answered nothing.' };
  }
  const judged: Judged[] = answered.filter(leavesTls).map((answer) => ({
    verdict: 'wrong',
    note: `${told(answer)} and sends on to plain http`,
    answer,
  }));
  const named = isIP(audit.url.hostname.replace(/^\[|\]$/g, '')) === 0;
  const strict = answered.some((answer) => strictFor(answer) > 0);
  if (isPublic && named && !strict) {
    // RFC 6797 §8.1.1: it has no meaning for addresses; names of a local network change hands.
    judged.push({
      verdict: 'doubtful',
      note: 'no answer has Strict-Transport-Security',
      answer: answered[0],
    });
  }
  return conclude(judged, 'All answers came over https, and none leads away from it.');
}

function leavesTls(answer: Answer): boolean {
  return headersOf(answer, 'location').some((to) => /^\s*http:/i.test(to));
}

function strictFor(answer: Answer): number {
  const value = headersOf(answer, 'strict-transport-security')[0] ?? '';
  return Number(/max-age="?(\d+)/i.exec(value)?.[1] ?? 0);
}
