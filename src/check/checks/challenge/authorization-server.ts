import type { Audit, Check } from '../../audit/types.js';
import { conclude, type Judged } from '../judged.js';
import { mcp, rfc } from '../references.js';
import { claimsNoOAuth, discover, NO_OAUTH } from './discovery.js';
import { urlFault } from './document-url.js';
import { type Document, fetchDocument } from './document.js';

/** Servers looked at; each costs up to three requests. */
const USUAL = 1;
const THOROUGH = 5;

/** CHAL-06 */
export const authorizationServer: Check = {
  id: 'CHAL-06',
  title: 'The authorization servers it names are what they say, over https, with PKCE.',
  severity: 'high',
  keyword: 'MUST',
  eras: ['sse', 'sessions', 'stateless'],
  references: [
    rfc(8414, '3.3'),
    mcp('2025-11-25', 'basic/authorization', 'authorization-server-metadata-discovery'),
    mcp('2025-11-25', 'basic/authorization', 'authorization-code-protection'),
  ],
  expected:
    'At least one, an https URL; its metadata has the identical issuer, S256 among code_challenge_methods_supported, and https endpoints only.',
  remedy:
    'Name the issuer exactly as its own metadata does, serve everything over https, and support PKCE with S256.',
  active: false,
  requests: 2,
  thoroughRequests: 18,
  async run(audit) {
    const discovery = await discover(audit);
    if (claimsNoOAuth(discovery)) return NO_OAUTH;
    if (discovery.found === undefined) {
      return { outcome: 'inconclusive', reason: 'The resource metadata was not found (CHAL-05).' };
    }
    const { json = {}, answer } = discovery.found;
    const servers = json['authorization_servers'];
    if (!Array.isArray(servers) || servers.length === 0) {
      const note = 'the metadata names no authorization server';
      return conclude([{ verdict: 'wrong', note, answer }], '');
    }
    const looked = servers.slice(0, audit.thorough ? THOROUGH : USUAL);
    const judged = await Promise.all(looked.map((server) => judgeServer(audit, server)));
    const count = servers.length === 1 ? 'It is' : `${looked.length} of ${servers.length} are`;
    return conclude(judged.flat(), `${count} what the metadata says.`);
  },
};

async function judgeServer(audit: Audit, issuer: unknown): Promise<readonly Judged[]> {
  const name = typeof issuer === 'string' ? issuer.slice(0, 120) : 'an entry';
  const fault = urlFault(audit, issuer);
  if (fault !== undefined) {
    return [{ verdict: 'wrong', note: `the authorization server ${name} ${fault}` }];
  }
  const tried = await climb(audit, new URL(String(issuer)));
  const found = tried.find(({ state }) => state === 'found');
  if (found !== undefined) return judgeServerMetadata(audit, String(issuer), found);
  const worst = tried.find(({ state }) => state === 'forbidden' || state === 'unknown');
  const { note, answer } = worst ?? tried[0] ?? { note: 'nothing was asked' };
  const verdict = worst === undefined ? 'wrong' : 'unknown';
  return [{ verdict, note: `no metadata of ${name}: ${note}`, answer }];
}

/** The well-known places in the order of MCP's authorization page, up to the first that answers. */
async function climb(audit: Audit, issuer: URL): Promise<readonly Document[]> {
  const path = issuer.pathname.replace(/\/$/, '');
  const places = [
    `/.well-known/oauth-authorization-server${path}`,
    `/.well-known/openid-configuration${path}`,
    ...(path === '' ? [] : [`${path}/.well-known/openid-configuration`]),
  ];
  const tried: Document[] = [];
  for (const place of places) {
    const document = await fetchDocument(audit, new URL(place, issuer.origin), `GET ${place}`);
    tried.push(document);
    if (document.state !== 'absent') break;
  }
  return tried;
}

const ENDPOINTS = [
  'authorization_endpoint',
  'token_endpoint',
  'registration_endpoint',
  'revocation_endpoint',
  'introspection_endpoint',
  'userinfo_endpoint',
  'jwks_uri',
] as const;

function judgeServerMetadata(audit: Audit, issuer: string, document: Document): readonly Judged[] {
  const { json = {}, answer } = document;
  const judged: Judged[] = [judgeIssuer(issuer, json['issuer'], document)];
  const methods = json['code_challenge_methods_supported'];
  if (!Array.isArray(methods) || !methods.includes('S256')) {
    judged.push({ verdict: 'wrong', note: `${issuer} does not say that it supports S256`, answer });
  }
  for (const name of ENDPOINTS) {
    const value = json[name];
    if (value === undefined) continue;
    const fault = urlFault(audit, value);
    if (fault !== undefined)
      judged.push({ verdict: 'wrong', note: `its ${name} ${fault}`, answer });
  }
  return judged;
}

/** RFC 8414 §3.3: identical; a slash at the end is the usual slip. */
function judgeIssuer(named: string, issuer: unknown, { answer }: Document): Judged {
  if (issuer === named) return { verdict: 'right', note: 'the issuer is right', answer };
  const shown = typeof issuer === 'string' ? issuer.slice(0, 120) : 'missing';
  const note = `the issuer is ${shown}, not ${named.slice(0, 120)}`;
  const close = typeof issuer === 'string' && trimmed(issuer) === trimmed(named);
  return { verdict: close ? 'doubtful' : 'wrong', note, answer };
}

const trimmed = (text: string) => text.replace(/\/$/, '');
