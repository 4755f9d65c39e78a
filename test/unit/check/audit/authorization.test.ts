import { describe, expect, it } from 'vitest';
import { requiresAuthorization } from '../../../../src/check/audit/authorization.js';

describe('requiresAuthorization', () => {
  it.each([
    'localhost',
    'LOCALHOST:80',
    '127.0.0.1',
    '127.9.8.7',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '0x7f.1',
    '2130706433',
  ])('lets %s be audited by everybody', (host) => {
    expect(requiresAuthorization(new URL(`http://${host}/mcp`))).toBe(false);
  });

  it.each([
    'example.com',
    'localhost.evil.com',
    'evil.localhost',
    'localtest.me',
    '10.0.0.1',
    '192.168.1.1',
    '0.0.0.0',
    '[::]',
    '128.0.0.1',
  ])('asks for consent for %s', (host) => {
    expect(requiresAuthorization(new URL(`https://${host}/`))).toBe(true);
  });
});
