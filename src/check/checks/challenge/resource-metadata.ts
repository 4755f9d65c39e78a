import type { Answer, Audit, Check } from '../../audit/types.js';
import { conclude, type Judged, sentence } from '../judged.js';
import { mcp, rfc } from '../references.js';
import { claimsNoOAuth, discover, type Discovery, NO_OAUTH } from './discovery.js';
import { urlFault } from './document-url.js';
import { type Document, isJson } from './document.js';

/** CHAL-04 */
export const resourceMetadata: Check = {
  id: 'CHAL-04',
  title: 'The protected resource metadata names this server.',
  severity: 'medium',
  keyword: 'MUST',
  eras: ['sse', 'sessions', 'stateless'],
  references: [
    rfc(9728, '3.3'),
    rfc(9728, '5.1'),
    mcp('2025-11-25', 'basic/authorization', 'authorization-server-location'),
  ],
  expected:
    'resource_metadata is an https URL of this origin that answers 200 with JSON whose `resource` is the URL clients use.',
  remedy:
    'Publish the metadata under this origin, and set `resource` to the exact URL of the endpoint.',
  active: false,
  requests: 2,
  async run(audit) {
    const discovery = await discover(audit);
    if (claimsNoOAuth(discovery)) return NO_OAUTH;
    return conclude(judgeMetadata(audit, discovery), 'The metadata is this server’s own.');
  },
};

function judgeMetadata(audit: Audit, { named, tried, found }: Discovery): readonly Judged[] {
  const judged: Judged[] = [];
  if (named !== undefined) judged.push(...judgeNamed(audit, named, tried));
  if (found === undefined) {
    if (judged.some(({ verdict }) => verdict !== 'right')) return judged;
    const missing = tried.find(({ state }) => state !== 'absent') ?? tried[0];
    return missing === undefined ? judged : [...judged, judgeMissing(missing)];
  }
  judged.push(judgeResource(audit, found));
  if (found.answer !== undefined && !isJson(found.answer)) {
    const note = 'the metadata is not sent as application/json';
    judged.push({ verdict: 'wrong', note, answer: found.answer });
  }
  return judged;
}

/** The URL in the challenge: the first that was tried, when it is one. */
function judgeNamed(audit: Audit, named: string, tried: readonly Document[]): readonly Judged[] {
  const fault = urlFault(audit, named);
  if (fault !== undefined) return [{ verdict: 'wrong', note: `resource_metadata ${fault}` }];
  const [document] = tried;
  if (document === undefined) return [];
  const judged: Judged[] = [];
  if (new URL(named).origin !== audit.url.origin) {
    judged.push({
      verdict: 'doubtful',
      note: 'resource_metadata is on another origin',
      ...by(document),
    });
  }
  if (document.state !== 'found') judged.push(judgeMissing(document));
  return judged;
}

function judgeMissing(document: Document): Judged {
  const verdict = document.state === 'unknown' ? 'unknown' : 'wrong';
  return { verdict, note: document.note, ...by(document) };
}

function judgeResource({ url }: Audit, document: Document): Judged {
  const resource = document.json?.['resource'];
  if (typeof resource !== 'string' || !URL.canParse(resource)) {
    return { verdict: 'wrong', note: 'the metadata has no `resource`', ...by(document) };
  }
  const named = new URL(resource);
  if (named.href === url.href)
    return { verdict: 'right', note: 'resource is right', ...by(document) };
  const shown = resource.slice(0, 120);
  const prefix = named.pathname.replace(/\/$/, '');
  const within = url.pathname === prefix || url.pathname.startsWith(`${prefix}/`);
  if (named.origin === url.origin && within) {
    const note = `\`resource\` is ${shown}, a part of the URL that is used`;
    return { verdict: 'doubtful', note, ...by(document) };
  }
  return {
    verdict: 'wrong',
    note: `\`resource\` is ${shown}, not the URL that is used`,
    ...by(document),
  };
}

function by({ answer }: Document): { answer?: Answer } {
  return answer === undefined ? {} : { answer };
}

/** CHAL-05 */
export const metadataFound: Check = {
  id: 'CHAL-05',
  title: 'Clients can find the metadata: by the challenge, or at a well-known path.',
  severity: 'medium',
  keyword: 'MUST',
  eras: ['sse', 'sessions', 'stateless'],
  references: [
    mcp('2025-11-25', 'basic/authorization', 'protected-resource-metadata-discovery-requirements'),
    rfc(9728, '3.1'),
  ],
  expected:
    'resource_metadata in the 401, or /.well-known/oauth-protected-resource with the endpoint’s path, or without.',
  remedy:
    'Serve the metadata at the well-known path, without asking for a token, and name it in the 401.',
  active: false,
  requests: 0,
  async run(audit) {
    const discovery = await discover(audit);
    if (claimsNoOAuth(discovery)) return NO_OAUTH;
    const { found, tried } = discovery;
    if (found !== undefined) {
      const reason = `Found at ${found.url.origin}${found.url.pathname}.`;
      return { outcome: 'pass', reason, evidence: tried.flatMap(({ answer }) => answer ?? []) };
    }
    const unknown = tried.some(({ state }) => state === 'unknown');
    return {
      outcome: unknown ? 'inconclusive' : 'fail',
      reason: sentence(['no metadata where it should be', ...tried.map(({ note }) => note)]),
      evidence: tried.flatMap(({ answer }) => answer ?? []),
    };
  },
};
