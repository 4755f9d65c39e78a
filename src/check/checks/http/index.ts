import type { Check } from '../../audit/types.js';
import { notCacheable, quietHeaders, streamHeaders } from './answer-headers.js';
import { badBodies } from './bad-bodies.js';
import { noBatches } from './batch.js';
import { quietErrors } from './error-answers.js';
import { handshakeFirst } from './lifecycle.js';
import { credentialsFirst } from './order.js';
import { protocolVersion } from './protocol-version.js';
import { wrongRequests } from './wrong-requests.js';

/** HTTP-01 … HTTP-10 */
export const HTTP_CHECKS: readonly Check[] = [
  quietErrors,
  badBodies,
  credentialsFirst,
  wrongRequests,
  protocolVersion,
  handshakeFirst,
  noBatches,
  streamHeaders,
  notCacheable,
  quietHeaders,
];
