import { describe, expect, it } from 'vitest';
import { run } from './fakes.js';

describe('a server that waits for a login', () => {
  const error = { code: 'auth_required' as const, message: 'docs wants credentials.', status: 401 };
  const waiting = { name: 'my docs', status: 'failed' as const, tools: 0, error };

  it('says how to log in', async () => {
    const { text } = await run('servers', { chat: { servers: { list: () => [waiting] } } });
    expect(text).toContain('⚠ wants a login (401)');
    expect(text).toContain('→ /servers login "my docs"');
  });

  it('with headers that were turned away wants other ones', async () => {
    const server = { ...waiting, credentials: 'headers' as const };
    const { text } = await run('servers', { chat: { servers: { list: () => [server] } } });
    expect(text).toContain('wants credentials (401)');
    expect(text).toContain('→ /servers auth my docs');
  });
});
