import type { Check } from '../../audit/types.js';
import { badBodies } from './bad-bodies.js';
import { quietErrors } from './error-answers.js';
import { credentialsFirst } from './order.js';

/** HTTP-01 … HTTP-10 */
export const HTTP_CHECKS: readonly Check[] = [quietErrors, badBodies, credentialsFirst];
