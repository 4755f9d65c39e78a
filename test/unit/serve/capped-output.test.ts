import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCappedOutput } from '../../../src/serve/tools/capped-output.js';

const NOTE = /\n\[\.\.\. (\d+) bytes left out \.\.\.\]\n/;

test('what fits comes back unchanged, however it is cut into chunks', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), (pieces) => {
      const whole = Buffer.from(pieces.join(''));
      const output = createCappedOutput(Math.max(1, whole.length));
      for (let at = 0; at < whole.length; at += 3) output.push(whole.subarray(at, at + 3));
      expect(output.text()).toBe(whole.toString('utf8'));
    }),
  );
});

test('what does not fit keeps beginning and end, no half characters, and every byte is accounted for', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'é', '€', '😀'), minLength: 60 });
  fc.assert(
    fc.property(
      text,
      fc.integer({ min: 8, max: 50 }),
      fc.integer({ min: 1, max: 70 }),
      (all, cap, step) => {
        const whole = Buffer.from(all);
        const output = createCappedOutput(cap);
        for (let at = 0; at < whole.length; at += step) output.push(whole.subarray(at, at + step));
        const [begin = '', missing = '', end = ''] = output.text().split(NOTE);
        expect(all.startsWith(begin)).toBe(true);
        expect(all.endsWith(end)).toBe(true);
        const kept = Buffer.byteLength(begin) + Buffer.byteLength(end);
        expect(kept).toBeLessThanOrEqual(cap);
        expect(kept).toBeGreaterThan(cap - 7);
        expect(kept + Number(missing)).toBe(whole.length);
      },
    ),
  );
});
