import type { Check } from './audit/types.js';
import { AUTH_CHECKS } from './checks/auth/index.js';
import { CHALLENGE_CHECKS } from './checks/challenge/index.js';
import { HTTP_CHECKS } from './checks/http/index.js';
import { NETWORK_CHECKS } from './checks/network/index.js';
import { SESSION_CHECKS } from './checks/session/index.js';
import { TOOL_CHECKS } from './checks/tools/index.js';

/** Every check there is, in the order in which they are told. An id is never used for another check. */
export const CATALOGUE: readonly Check[] = [
  ...AUTH_CHECKS,
  ...CHALLENGE_CHECKS,
  ...SESSION_CHECKS,
  ...NETWORK_CHECKS,
  ...HTTP_CHECKS,
  ...TOOL_CHECKS,
];
