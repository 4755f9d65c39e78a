import type { Check } from '../../audit/types.js';
import { crossOriginReading } from './cors.js';
import { foreignHost } from './host.js';
import { foreignOrigin, similarOrigin } from './origin.js';

/** NET-01 … NET-08 */
export const NETWORK_CHECKS: readonly Check[] = [
  foreignOrigin,
  similarOrigin,
  foreignHost,
  crossOriginReading,
];
