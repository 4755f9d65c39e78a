import { describe, expect, test } from 'vitest';
import type { ProbeSession } from '../../../src/check/audit/types.js';
import {
  idParameter,
  similarId,
  withSessionIds,
} from '../../../src/check/checks/session/session-ids.js';

const session = (parts: Partial<ProbeSession>): ProbeSession => ({
  era: 'sse',
  as: { label: 'good', headers: [] },
  messagePath: '/',
  id: 'a1',
  stream: undefined,
  headers: [],
  close: () => Promise.resolve(),
  ...parts,
});

describe('other ids in the place of the own', () => {
  const cases: [path: string, ids: string[], other: string | undefined][] = [
    ['/messages?sessionId=a1', [], '/messages'],
    ['/messages?sessionId=a1', [''], '/messages?sessionId='],
    ['/messages?sessionId=a1', ['%00'], '/messages?sessionId=%00'],
    ['/messages?sessionId=a1', ['x', 'y'], '/messages?sessionId=x&sessionId=y'],
    ['/m?v=2&session_id=%611&w=3', ['b2'], '/m?v=2&session_id=b2&w=3'],
    ['/m?v=2&session_id=a1', [], '/m?v=2'],
    ['/messages/a1/post?v=2', ['b2'], '/messages/b2/post?v=2'],
    ['/messages/a1', [], '/messages'],
    ['/messages/a1', ['x', 'y'], undefined],
    ['/messages?token=other', ['b2'], undefined],
  ];
  test.each(cases)('%s with %j', (messagePath, ids, other) => {
    expect(withSessionIds(session({ messagePath }), ids)?.messagePath).toBe(other);
  });

  test('a header is replaced, taken away, or stands twice', () => {
    const headers = [
      ['mcp-session-id', 'a1'],
      ['MCP-Protocol-Version', '2025-06-18'],
    ] as const;
    const http = session({ era: 'sessions', headers });
    const version = ['MCP-Protocol-Version', '2025-06-18'];
    expect(withSessionIds(http, [])?.headers).toEqual([version]);
    expect(withSessionIds(http, ['b', 'c'])?.headers).toEqual([
      version,
      ['Mcp-Session-Id', 'b'],
      ['Mcp-Session-Id', 'c'],
    ]);
  });

  test('without an id there is nothing to change', () => {
    expect(withSessionIds(session({ id: undefined }), ['x'])).toBeUndefined();
  });
});

test('the parameter that carries the id', () => {
  expect(idParameter(session({ messagePath: '/m?v=2&session_id=a1' }))).toBe('session_id');
  expect(idParameter(session({ messagePath: '/m/a1' }))).toBe('sessionId');
});

test('a similar id has the same form and is another', () => {
  const uuid = '3f1c9a70-5b2e-4d11-9c0a-0a1b2c3d4e5f';
  const other = similarId(uuid);
  expect(other).not.toBe(uuid);
  expect(other).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-9[\da-f]{3}-[\da-f]{12}$/);
  expect(similarId('Ab_9-Z')).toMatch(/^[A-F][a-f]_\d-[G-Z]$/);
});
