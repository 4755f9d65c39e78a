import type {
  AuthorizationServerMetadata,
  OAuthClientProvider,
  OAuthProtectedResourceMetadata,
} from '@modelcontextprotocol/client';
import { OstlerError } from '../../core/errors.js';
import { originOf } from '../../net/address.js';
import { shown } from '../shown.js';
import { authError, type AuthContext, type Challenge } from './context.js';
import type * as SdkAuth from './sdk-auth.js';

/** Who gives tokens for a server, and for what. Asked anew for every refusal: servers move to others. */
export interface Discovered {
  /** As its metadata says; credentials belong to it and to no other. */
  issuer: string;
  /** As the server names it. */
  url: string;
  /** Undefined for a server of 2025-03-26 that has the default endpoints. */
  metadata: AuthorizationServerMetadata | undefined;
  /** RFC 8707; undefined where the server has no metadata of its own. */
  resource: string | undefined;
  /** All scopes the server knows. */
  scopes: readonly string[] | undefined;
}

type Sdk = typeof SdkAuth;

/**
 * RFC 9728 metadata of the server by the challenge or the well-known paths, then RFC 8414 and OpenID
 * metadata of the authorization server, which has to name the very issuer it was asked for.
 */
export async function discover(context: AuthContext, challenge: Challenge): Promise<Discovered> {
  const sdk = await import('./sdk-auth.js');
  const { server, fetch } = context;
  const found = await protectedResource(context, challenge, sdk);
  const url = found?.authorization_servers?.[0] ?? String(new URL('/', server.url));
  if (!URL.canParse(url)) throw authError('protocol_error', context, NO_URL);
  // A server of 2025-03-26 is its own authorization server, under whatever path of its origin.
  const skipIssuerValidation = found === undefined;
  const metadata = await sdk
    .discoverAuthorizationServerMetadata(url, { fetchFn: fetch, skipIssuerValidation })
    .catch((error: unknown) => Promise.reject(broken(context, url, error, sdk)));
  if (metadata !== undefined && skipIssuerValidation && !isWithin(metadata.issuer, url)) {
    throw otherIssuer(context, url);
  }
  return {
    url,
    metadata,
    issuer: metadata?.issuer ?? url,
    resource: found && (await resourceOf(context, found, sdk)),
    scopes: found?.scopes_supported,
  };
}

const NO_URL = 'its metadata names an authorization server by something that is no URL.';

async function protectedResource(
  context: AuthContext,
  { resourceMetadataUrl }: Challenge,
  sdk: Sdk,
): Promise<OAuthProtectedResourceMetadata | undefined> {
  const { server, fetch } = context;
  const hints = resourceMetadataUrl === undefined ? [{}] : [{ resourceMetadataUrl }, {}];
  for (const hint of hints) {
    try {
      return await sdk.discoverOAuthProtectedResourceMetadata(server.url, hint, fetch);
    } catch (error) {
      if (error instanceof OstlerError) throw error;
      if (!isAbsent(error)) {
        const what = 'its metadata (RFC 9728) is not as it has to be.';
        throw authError('protocol_error', context, what, { cause: error });
      }
    }
  }
  return undefined;
}

/** By the SDK's words: 404 and any other status it looks further after. */
function isAbsent(error: unknown): boolean {
  return (
    error instanceof Error && /^(?:Resource server does not|HTTP (?:4\d\d|502))/.test(error.message)
  );
}

/** The resource as the metadata has it, letter by letter, when it is this server's. */
async function resourceOf(
  context: AuthContext,
  found: OAuthProtectedResourceMetadata,
  { selectResourceURL }: Sdk,
): Promise<string> {
  try {
    await selectResourceURL(context.server.url, {} as OAuthClientProvider, found);
    return found.resource;
  } catch (error) {
    const other = shown(found.resource, 120);
    const what = `its metadata is about another resource, ${other}; no token is asked for.`;
    throw authError('protocol_error', context, what, { cause: error });
  }
}

function broken(context: AuthContext, url: string, error: unknown, sdk: Sdk): unknown {
  if (error instanceof OstlerError) return error;
  if (error instanceof sdk.IssuerMismatchError) return otherIssuer(context, url, error);
  const who = `its authorization server ${originOf(url)}`;
  const failed = error instanceof Error && /^HTTP (\d{3})\b/.exec(error.message)?.[1];
  return failed
    ? authError('protocol_error', context, `${who} does not show its metadata (HTTP ${failed}).`)
    : authError('protocol_error', context, `${who} has metadata that are not as they have to be.`, {
        cause: error,
      });
}

function otherIssuer(context: AuthContext, url: string, cause?: unknown): OstlerError {
  const what = `its authorization server ${originOf(url)} calls itself by another issuer (RFC 8414 section 3.3); no token is asked for.`;
  return authError('protocol_error', context, what, { cause });
}

function isWithin(issuer: string, url: string): boolean {
  return URL.canParse(issuer) && new URL(issuer).origin === new URL(url).origin;
}
