import type { Check } from '../../audit/types.js';

/** TOOL-01 … TOOL-04 */
export const TOOL_CHECKS: readonly Check[] = [];
