import type { Audit } from '../../audit/types.js';
import { headersOf } from '../../audit/answers.js';
import { answersWithoutCredentials } from '../without-credentials.js';
import { type Document, fetchDocument } from './document.js';
import { findChallenge, parseChallenges } from './parse.js';

/** How a client would find the authorization servers of this server (RFC 9728). */
export interface Discovery {
  /** `resource_metadata` of the challenge, as written; undefined where it has none. */
  named: string | undefined;
  /** What was asked for: the URL that is named, else the well-known ones in their order, up to one that works. */
  tried: readonly Document[];
  /** The metadata. */
  found: Document | undefined;
}

/** Finds the protected resource metadata as MCP's authorization page says; once for all checks. */
export function discover(audit: Audit): Promise<Discovery> {
  return audit.once('resource-metadata', async () => {
    const named = await namedMetadata(audit);
    const tried: Document[] = [];
    for (const url of candidates(audit, named)) {
      const document = await fetchDocument(audit, url, `GET ${url.pathname} without credentials`);
      tried.push(document);
      if (document.state === 'found' && isMetadata(document)) {
        return { named, tried, found: document };
      }
    }
    return { named, tried, found: undefined };
  });
}

async function namedMetadata(audit: Audit): Promise<string | undefined> {
  for (const answer of await answersWithoutCredentials(audit)) {
    const parsed = parseChallenges(headersOf(answer, 'www-authenticate'));
    const named = findChallenge(parsed, 'Bearer')?.params.get('resource_metadata');
    if (named !== undefined) return named;
  }
  return undefined;
}

const WELL_KNOWN = '/.well-known/oauth-protected-resource';

function candidates({ url }: Audit, named: string | undefined): readonly URL[] {
  const root = new URL(WELL_KNOWN, url.origin);
  const ofPath = new URL(`${WELL_KNOWN}${url.pathname.replace(/\/$/, '')}`, url.origin);
  const own = named !== undefined && URL.canParse(named) ? [new URL(named)] : [];
  const all = [...own, ofPath, root];
  return all.filter((one, at) => all.findIndex(({ href }) => href === one.href) === at);
}

/** A page that answers everything with some JSON is none. */
function isMetadata({ json = {} }: Document): boolean {
  return typeof json['resource'] === 'string' || Array.isArray(json['authorization_servers']);
}

/** Nothing of OAuth is claimed: its tokens come from elsewhere. */
export const NO_OAUTH = {
  outcome: 'not_applicable',
  reason:
    'The server claims no OAuth: it names no resource metadata and has none at the well-known paths.',
} as const;

/** True when the server names no metadata, and every well-known path said clearly that there is none. */
export function claimsNoOAuth({ named, tried, found }: Discovery): boolean {
  return (
    named === undefined && found === undefined && tried.every(({ state }) => state === 'absent')
  );
}
