import type { Check, CredentialForm } from '../../audit/types.js';
import { conclude } from '../judged.js';
import { cwe, mcp, rfc } from '../references.js';
import { toldOnce } from './any-token.js';
import { withCredential } from './credentials.js';
import { knock, REFUSALS } from './door.js';
import { parseJwt } from './jwt.js';

/** AUTH-14 */
export const alteredToken: Check = {
  id: 'AUTH-14',
  title: 'A token that differs from the good one in a character is refused.',
  severity: 'critical',
  keyword: 'MUST',
  eras: ['sse', 'sessions', 'stateless'],
  references: [
    mcp('2025-11-25', 'basic/authorization', 'token-handling'),
    rfc(6750, '3.1'),
    cwe(697),
  ],
  expected:
    '401 for the good token with another last character, cut short, longer, or in another case.',
  remedy:
    'Compare the whole token, byte by byte, in constant time; no startsWith, no includes, no lower case.',
  active: false,
  requests: 3,
  thoroughRequests: 6,
  run: withCredential(async (audit, form) => {
    const all = alterationsOf(form).filter(({ token }) => token !== form.token);
    const chosen = audit.thorough ? all : all.slice(0, 3);
    const judged = await Promise.all(
      chosen.map(({ label, token }) =>
        knock(audit, {
          what: `POST with the good token ${label}`,
          as: audit.withToken(token, label),
          right: [...REFUSALS, 400],
        }),
      ),
    );
    return toldOnce(
      audit,
      conclude(judged, `Refused: the good token ${chosen.map(({ label }) => label).join('; ')}.`),
    );
  }),
};

interface Alteration {
  label: string;
  token: string;
}

/** Of Basic what it encodes: the same text has many spellings in Base64 (RFC 4648 §3.5). */
function alterationsOf({ scheme, token }: CredentialForm): readonly Alteration[] {
  if (scheme?.toLowerCase() !== 'basic') return alterationsOfText(token);
  const pair = Buffer.from(token, 'base64').toString('utf8');
  const encode = (text: string) => Buffer.from(text, 'utf8').toString('base64');
  return alterationsOfText(pair).map(({ label, token: text }) => ({ label, token: encode(text) }));
}

function alterationsOfText(token: string): readonly Alteration[] {
  const half = Math.ceil(token.length / 2);
  const upper = token.toUpperCase();
  return [
    withOneChanged(token),
    { label: 'without its last character', token: token.slice(0, -1) },
    // Four, because a reader of Base64 may pass over one that is no whole byte.
    { label: 'and four more characters', token: `${token}AAAA` },
    { label: 'in another case', token: upper === token ? token.toLowerCase() : upper },
    { label: 'cut to its first half', token: token.slice(0, half) },
    { label: 'with a space in it', token: `${token.slice(0, half)} ${token.slice(half)}` },
  ];
}

/**
 * The last character, of a JWT the first one of its signature: the last one of Base64 may hold bits that mean
 * nothing (RFC 4648 §3.5), and a changed one is then the same signature.
 */
function withOneChanged(token: string): Alteration {
  const at = parseJwt(token) === undefined ? token.length - 1 : token.lastIndexOf('.') + 1;
  const char = token.charAt(at);
  const other = /[0-9]/.test(char) ? (char === '7' ? '3' : '7') : char === 'b' ? 'e' : 'b';
  const label =
    at === token.length - 1 ? 'with its last character changed' : 'with its signature changed';
  return { label, token: `${token.slice(0, at)}${other}${token.slice(at + 1)}` };
}
