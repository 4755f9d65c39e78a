import type { Check, Finding } from '../../../../src/check/audit/types.js';

/** A check for a test; by default one for all eras that passes and sends nothing. */
export function check(id: string, parts: Partial<Check> = {}): Check {
  return {
    id,
    title: `${id} holds.`,
    severity: 'medium',
    keyword: 'MUST',
    eras: ['sse', 'sessions', 'stateless'],
    references: [],
    expected: 'as it should be',
    remedy: 'mend it',
    active: false,
    requests: 0,
    run: (): Promise<Finding> => Promise.resolve({ outcome: 'pass', reason: 'It holds.' }),
    ...parts,
  };
}
