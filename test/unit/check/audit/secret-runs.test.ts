import { beforeEach, describe, expect, it } from 'vitest';
import { createSecretRuns } from '../../../../src/check/audit/secret-runs.js';
import { forgetSecrets, redact, REDACTED } from '../../../../src/core/redact.js';

const TOKEN = 'Zq8rT2mK9xWv4LpB7nHs3YcD';

function runs() {
  const made = createSecretRuns();
  made.add(TOKEN);
  return made;
}

beforeEach(forgetSecrets);

const DERIVED: [string, string][] = [
  ['last character changed', `${TOKEN.slice(0, -1)}x`],
  ['without its last character', TOKEN.slice(0, -1)],
  ['without its first character', TOKEN.slice(1)],
  ['upper-cased', TOKEN.toUpperCase()],
  ['lower-cased', TOKEN.toLowerCase()],
  ['half of it', TOKEN.slice(0, 12)],
  ['with more behind it', `${TOKEN}junk`],
  ['in base64', Buffer.from(`user:${TOKEN.slice(0, -1)}`).toString('base64')],
];

describe('what is made of a token', () => {
  it.each(DERIVED)('%s: is shown nowhere', (_, value) => {
    const { mask, register } = runs();
    const shown = mask(`Bearer ${value} junk, and "null"`);
    expect(shown).toMatch(/^Bearer \[REDACTED\](?:junk|==?)? junk, and "null"$/);
    register(`Bearer ${value}`);
    const echoed = redact(`you sent ${value}, did you?`);
    expect(echoed).toContain(REDACTED);
    for (let at = 0; at + 6 <= TOKEN.length; at += 1) {
      expect(echoed.toLowerCase()).not.toContain(TOKEN.slice(at, at + 6).toLowerCase());
    }
  });

  it('is no secret when it only looks like one', () => {
    const { mask, register } = runs();
    register('Bearer undefined, test, secret, changeme, ZZZZZZZZZZZZZZZZZZZZZZZZ');
    const text = 'undefined test secret changeme';
    expect(redact(text)).toBe(text);
    expect(mask('Bearer null')).toBe('Bearer null');
  });

  it('is shown as a short beginning in no header', () => {
    expect(runs().mask(`Bearer ${TOKEN.slice(0, 4)}`)).toBe(`Bearer ${REDACTED}`);
  });

  it('is found in a short token, too', () => {
    const made = createSecretRuns();
    made.add('s3cret-k');
    made.register('Bearer s3cret-x');
    expect(redact('s3cret-x')).toBe(REDACTED);
  });
});
