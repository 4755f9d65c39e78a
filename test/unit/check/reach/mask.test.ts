import { describe, expect, it } from 'vitest';
import { maskHeader } from '../../../../src/check/reach/mask.js';
import { REDACTED } from '../../../../src/core/redact.js';

describe('a masked header', () => {
  it.each([
    ['Authorization', 'Bearer abc', `Bearer ${REDACTED}`],
    ['authorization', 'basic abc', `basic ${REDACTED}`],
    ['Authorization', 'hunter2 is my password', REDACTED],
    ['Authorization', 'Bearer', REDACTED],
    ['Authorization', 'bearerabc', REDACTED],
    ['X-Api-Key', 'abc', REDACTED],
    ['Cookie', 'a=b', REDACTED],
    ['Mcp-Session-Id', '1234', REDACTED],
    ['X-Empty', '', ''],
    ['Accept', 'text/html', 'text/html'],
    ['Host', 'localhost:80', 'localhost:80'],
    ['MCP-Protocol-Version', '2025-11-25', '2025-11-25'],
  ])('%s: %s', (name, value, shown) => {
    expect(maskHeader(name, value)).toBe(shown);
  });
});
