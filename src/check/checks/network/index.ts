import type { Check } from '../../audit/types.js';
import { boundToLoopback } from './bind.js';
import { crossOriginReading } from './cors.js';
import { foreignHost } from './host.js';
import { encrypted } from './https.js';
import { foreignOrigin, similarOrigin } from './origin.js';
import { noRedirects } from './redirects.js';
import { goodCertificate } from './tls.js';

/** NET-01 … NET-08 */
export const NETWORK_CHECKS: readonly Check[] = [
  foreignOrigin,
  similarOrigin,
  foreignHost,
  crossOriginReading,
  encrypted,
  goodCertificate,
  noRedirects,
  boundToLoopback,
];
