import type { Asked, Audit } from '../audit/types.js';
import { harmlessMethod } from './raw-post.js';

export const LIST_BYTES = 8 * 1024 * 1024;

/**
 * The victim lists its tools once more: as a sign of life after what could have harmed the server, and to
 * compare with the first list. A server without tools is asked something harmless instead.
 */
export function listAgain(audit: Audit): Promise<Asked> {
  return audit.once('list-again', () => {
    const { capabilities, victim } = audit.control;
    const method = 'tools' in capabilities ? 'tools/list' : harmlessMethod(audit);
    return audit.ask(victim, method, {
      what: 'a right request after bad ones',
      maxBytes: LIST_BYTES,
    });
  });
}
