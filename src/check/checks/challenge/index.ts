import type { Check } from '../../audit/types.js';
import { authorizationServer } from './authorization-server.js';
import { reflectedHost } from './reflected-host.js';
import { metadataFound, resourceMetadata } from './resource-metadata.js';
import { challengeSyntax } from './syntax.js';
import { challengeSent, noErrorCode } from './unauthorized.js';

/** CHAL-01 … CHAL-07 */
export const CHALLENGE_CHECKS: readonly Check[] = [
  challengeSent,
  noErrorCode,
  challengeSyntax,
  resourceMetadata,
  metadataFound,
  authorizationServer,
  reflectedHost,
];
