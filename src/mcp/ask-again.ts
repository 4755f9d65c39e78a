import { isLost } from './lost-answer.js';
import type { Ask } from './raw-results.js';

/**
 * Asks once more, as a new request, when the answer broke off (2026-07-28/changelog: a broken stream
 * loses its request). For requests that only ask: nothing that acts goes this way.
 */
export function askAgain(ask: Ask): Ask {
  return async (method, params, options) => {
    try {
      return await ask(method, params, options);
    } catch (error) {
      if (!isLost(error) || options.signal?.aborted === true) throw error;
      return ask(method, params, options);
    }
  };
}
