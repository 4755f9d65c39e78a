import type { Check } from '../../audit/types.js';
import { hostileArguments } from './hostile-arguments.js';
import { listedText } from './listed-text.js';
import { quietResult } from './result.js';
import { stableList } from './stable-list.js';

/** TOOL-01 … TOOL-04 */
export const TOOL_CHECKS: readonly Check[] = [
  listedText,
  stableList,
  quietResult,
  hostileArguments,
];
