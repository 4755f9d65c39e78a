import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { forgetSecrets, redact } from '../../src/core/redact.js';
import { startBearer } from '../servers/bearer.js';
import { failureOf, open, quiet } from '../servers/connect.js';
import { remote } from '../servers/definitions.js';
import { startHttp } from '../servers/http.js';
import { startRawHttp } from '../servers/raw-mcp.js';
import { endKept, kept } from '../support/kept.js';

beforeEach(forgetSecrets);
afterEach(async () => {
  await endKept();
  forgetSecrets();
});

describe('the id of a session', () => {
  for (const transport of ['http', 'sse'] as const) {
    it(`over ${transport} is shown nowhere`, async () => {
      const server = await kept(startBearer());
      await kept(open(remote(transport === 'sse' ? server.sseUrl : server.mcpUrl)));
      const id = server.seen
        .map(({ path, headers }) =>
          transport === 'sse'
            ? new URL(path, server.url).searchParams.get('sessionId')
            : headers['mcp-session-id'],
        )
        .find((value) => typeof value === 'string');
      expect(id).toMatch(/^[0-9a-f-]{36}$/);
      expect(redact(`POST /messages?sessionId=${String(id)}`)).not.toContain(id);
    });
  }

  it('goes nowhere but to its server', async () => {
    const other = await kept(startHttp((_, response) => void response.writeHead(200).end('{}')));
    const server = await kept(
      startRawHttp(({ method }, response) => {
        if (method === 'initialize') response.setHeader('mcp-session-id', 'x'.repeat(40));
        if (method !== 'tools/call') return false;
        response.writeHead(307, { location: `${other.url}/mcp` }).end();
        return true;
      }),
    );
    const connection = await kept(open(remote(`${server.url}/mcp`, { protocol: 'legacy' })));
    const error = await failureOf(connection.call('echo', {}, quiet));
    expect(error.code).toBe('cross_origin_redirect');
    expect(other.seen).toEqual([]);
    const last = server.seen.findLast(({ method }) => method === 'POST');
    expect(last?.headers['mcp-session-id']).toBe('x'.repeat(40));
  });
});
