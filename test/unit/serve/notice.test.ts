import { expect, test } from 'vitest';
import { startNotice } from '../../../src/serve/notice.js';

const server = {
  url: 'http://127.0.0.1:1234',
  sseUrl: 'http://127.0.0.1:1234/sse',
  mcpUrl: 'http://127.0.0.1:1234/mcp',
  port: 1234,
  close: async () => {},
};
const given = { root: '/srv', generatedToken: undefined, tokenReference: '$OSTLER_SERVE_TOKEN' };

test('beyond loopback it says that TLS is missing', () => {
  expect(startNotice(server, { kind: 'math', host: '0.0.0.0', ...given })).toContain('put TLS');
  for (const host of ['127.0.0.1', 'localhost', '::1', '127.1.2.3']) {
    expect(startNotice(server, { kind: 'math', host, ...given })).not.toContain('TLS');
  }
});

test('shell says what its token is worth', () => {
  const text = startNotice(server, { kind: 'shell', host: '127.0.0.1', ...given });
  expect(text).toContain('Whoever has the token runs commands as this user, starting in /srv.');
});
