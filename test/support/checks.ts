import type { CheckEvent } from '../../src/core/check-events.js';
import type { Audit, Check, Finding } from '../../src/check/audit/types.js';

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

export const passed: Finding = { outcome: 'pass', reason: 'It holds.' };

/** A check with some requests to send that runs `work` and passes. */
export function probing(
  work: (audit: Audit) => Promise<unknown>,
  parts: Partial<Check> = {},
): Check {
  return check('X-01', {
    requests: 10,
    ...parts,
    async run(given) {
      await work(given);
      return passed;
    },
  });
}

export function controlOf(events: readonly CheckEvent[]) {
  const event = events.find(({ type }) => type === 'control');
  if (event?.type !== 'control') throw new Error('no control');
  return event;
}
