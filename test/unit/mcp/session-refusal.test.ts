import { SdkHttpError, SdkErrorCode } from '@modelcontextprotocol/client';
import { describe, expect, it } from 'vitest';
import type { Link } from '../../../src/mcp/link.js';
import { ProtocolError } from '../../../src/mcp/sdk.js';
import { sessionGone } from '../../../src/mcp/session-refusal.js';
import { local, remote } from '../../servers/definitions.js';

const link = (server: Link['server'], era: 'legacy' | 'modern' = 'legacy') =>
  ({ server, client: { getProtocolEra: () => era } }) as Link;
const far = link(remote('http://127.0.0.1:1/mcp'));
const refused = (status: number, text: string) =>
  new SdkHttpError(SdkErrorCode.ClientHttpNotImplemented, 'x', { status, statusText: '', text });
const told = (message: string) => JSON.stringify({ error: { code: -32_000, message } });

describe('a dead session', () => {
  it.each([
    [404, ''],
    [404, '<html>'],
    [404, told('Session not found')],
    [400, told('Bad Request: No valid session ID provided')],
    [400, told('Bad Request: Server not initialized')],
    [400, told('Bad Request: Missing session ID')],
    [400, 'No transport found for sessionId'],
    [400, 'Invalid or missing session ID'],
  ])('is meant by HTTP %s %s, and the request was not looked at', (status, text) => {
    expect(sessionGone(refused(status, text), far)?.unprocessed).toBe(true);
  });

  it.each([
    [-32_001, 'Session not found'],
    [-32_600, 'Session has been terminated'],
    [-32_000, 'Bad Request: No valid session ID'],
    [-32_002, 'Server not initialized'],
  ])('is meant by error %s %s, which may come after the work', (code, message) => {
    expect(sessionGone(new ProtocolError(code, message), far)?.unprocessed).toBe(false);
  });

  it.each([
    [400, told('Invalid arguments')],
    [400, ''],
    [401, told('Session not found')],
    [500, told('Session not found')],
    [403, 'Session expired'],
  ])('is not meant by HTTP %s %s', (status, text) => {
    expect(sessionGone(refused(status, text), far)).toBeUndefined();
  });

  it('is not meant by other errors, in the new revision, or by a child process', () => {
    expect(sessionGone(new ProtocolError(-32_602, 'Session not found'), far)).toBeUndefined();
    expect(sessionGone(new ProtocolError(-32_001, 'Request timed out'), far)).toBeUndefined();
    const error = refused(404, '');
    expect(sessionGone(error, link(far.server, 'modern'))).toBeUndefined();
    expect(sessionGone(error, link(local('x', [])))).toBeUndefined();
  });
});
