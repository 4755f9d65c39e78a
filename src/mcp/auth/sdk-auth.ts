/**
 * All of the SDK's authorization that runs here. The build makes a file of its own of it
 * (scripts/build.ts), which is loaded when the first server wants a token.
 */
export {
  buildDiscoveryUrls,
  ClientCredentialsProvider,
  computeScopeUnion,
  CrossAppAccessProvider,
  discoverAuthorizationServerMetadata,
  discoverOAuthProtectedResourceMetadata,
  DpopSession,
  exchangeAuthorization,
  extractWWWAuthenticateParams,
  fetchToken,
  generateDpopKeyPair,
  isDpopNonceChallenge,
  isStrictScopeSuperset,
  IssuerMismatchError,
  PrivateKeyJwtProvider,
  refreshAuthorization,
  registerClient,
  requestJwtAuthorizationGrant,
  selectResourceURL,
  startAuthorization,
  validateAuthorizationResponseIssuer,
} from '@modelcontextprotocol/client';
