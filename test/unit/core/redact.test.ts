import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createRedactStream,
  forgetSecrets,
  redact,
  REDACTED,
  redactValue,
  registerHeaderSecret,
  registerSecret,
} from '../../../src/core/redact.js';

afterEach(forgetSecrets);

describe('redact', () => {
  it('finds a secret in every spelling', () => {
    registerHeaderSecret('Bearer s3cr3t/token+value');
    const spellings = [
      'Bearer s3cr3t/token+value',
      's3cr3t/token+value',
      encodeURIComponent('s3cr3t/token+value'),
      Buffer.from('s3cr3t/token+value').toString('base64'),
      Buffer.from('s3cr3t/token+value').toString('base64url'),
    ];
    for (const spelling of spellings) {
      expect(redact(`before ${spelling} after`)).toBe(`before ${REDACTED} after`);
    }
  });

  it('leaves short values alone', () => {
    registerSecret('abc');
    expect(redact('abcdef')).toBe('abcdef');
  });

  it('reaches into values, keys included', () => {
    registerSecret('topsecret');
    expect(redactValue({ topsecret: ['x topsecret', 1, null, { a: 'topsecret' }] })).toEqual({
      [REDACTED]: [`x ${REDACTED}`, 1, null, { a: REDACTED }],
    });
  });
});

describe('createRedactStream', () => {
  it('finds a secret cut at any place, and loses nothing', () => {
    registerSecret('topsecret');
    registerSecret('secrettop');
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('topsecret', 'secrettop', 'top', 'secret', 'x', ' '), {
          maxLength: 12,
        }),
        fc.integer({ min: 1, max: 5 }),
        (parts, size) => {
          const text = parts.join('');
          const stream = createRedactStream();
          let out = '';
          for (let at = 0; at < text.length; at += size)
            out += stream.push(text.slice(at, at + size));
          out += stream.flush();
          expect(out).not.toMatch(/topsecret|secrettop/);
          if (!/topsecret|secrettop/.test(text)) expect(out).toBe(text);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
