import { afterEach, describe, expect, it } from 'vitest';
import { failureOf, open, quiet, textOf } from '../servers/connect.js';
import { remote } from '../servers/definitions.js';
import { startRawHttp, startRawSse, type RawAnswer } from '../servers/raw-mcp.js';
import { endKept, kept } from '../support/kept.js';

afterEach(endKept);

interface Busy {
  method: string;
  status: number;
  retryAfter?: string;
  /** How often it refuses. */
  times: number;
}

/** A server that is busy with one method for a while. */
async function startBusy({ method, status, retryAfter, times }: Busy) {
  const asked: { method: string; at: number }[] = [];
  let left = times;
  const answer: RawAnswer = (message, response) => {
    asked.push({ method: message.method, at: Date.now() });
    if (message.method !== method || left === 0) return false;
    left -= 1;
    const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
    response.writeHead(status, headers).end('Slow down\u001b[2J');
    return true;
  };
  const server = await kept(startRawHttp(answer));
  return {
    definition: remote(`${server.url}/mcp`, { protocol: 'legacy', connectTimeoutMs: 20_000 }),
    asked: () => asked.filter((one) => one.method === method),
  };
}

describe('a busy server', () => {
  for (const method of ['initialize', 'tools/list']) {
    for (const status of [429, 503]) {
      it(`that answers ${method} with ${status} is asked again when it says so`, async () => {
        const { definition, asked } = await startBusy({
          method,
          status,
          retryAfter: '1',
          times: 2,
        });
        const connection = await kept(open(definition));
        expect(connection.tools).toHaveLength(1);
        const times = asked().map(({ at }) => at);
        expect(times).toHaveLength(3);
        expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(950);
      });
    }
  }

  it('is asked three times, no more', async () => {
    const { definition, asked } = await startBusy({
      method: 'initialize',
      status: 429,
      retryAfter: '0',
      times: 9,
    });
    const error = await failureOf(open(definition));
    expect(error).toMatchObject({ code: 'server_failed', status: 429, server: 'docs' });
    expect(error.message).toContain('Slow down');
    expect(error.message).not.toContain('\u001b');
    expect(asked()).toHaveLength(3);
  });

  for (const retryAfter of ['315360000', 'Fri, 01 Jan 2100 00:00:00 GMT', '60']) {
    it(`is not waited for longer than connecting may take: ${retryAfter}`, async () => {
      const { definition, asked } = await startBusy({
        method: 'initialize',
        status: 503,
        retryAfter,
        times: 9,
      });
      const error = await failureOf(open(definition));
      expect(error.message).toMatch(/asks to come again in \d+ (s|days)/);
      expect(asked()).toHaveLength(1);
    });
  }

  for (const retryAfter of ['soon', new Date(0).toUTCString()]) {
    it(`that asks for "${retryAfter}" is asked again`, async () => {
      const { definition, asked } = await startBusy({
        method: 'initialize',
        status: 429,
        retryAfter,
        times: 1,
      });
      await kept(open(definition));
      expect(asked()).toHaveLength(2);
    });
  }

  it('that names no time is told as it is', async () => {
    const { definition, asked } = await startBusy({ method: 'initialize', status: 429, times: 9 });
    expect((await failureOf(open(definition))).status).toBe(429);
    expect(asked()).toHaveLength(1);
  });

  it('gets a call again that it has not looked at', async () => {
    const { definition, asked } = await startBusy({
      method: 'tools/call',
      status: 503,
      retryAfter: '1',
      times: 1,
    });
    const connection = await kept(open(definition));
    expect(textOf(await connection.call('echo', { a: 1 }, quiet))).toBe('{"a":1}');
    expect(asked()).toHaveLength(2);
  });

  it('does not get a call again that was given up meanwhile', async () => {
    const { definition, asked } = await startBusy({
      method: 'tools/call',
      status: 503,
      retryAfter: '2',
      times: 1,
    });
    const connection = await kept(open(definition));
    const controller = new AbortController();
    const failing = failureOf(connection.call('echo', {}, { signal: controller.signal }));
    await expect.poll(asked, { timeout: 15_000 }).toHaveLength(1);
    controller.abort();
    await failing;
    // Longer than it asked for.
    await new Promise((resolve) => {
      setTimeout(resolve, 3000);
    });
    expect(asked()).toHaveLength(1);
  });

  it('gets no call again for which there is no time', async () => {
    const { definition, asked } = await startBusy({
      method: 'tools/call',
      status: 429,
      retryAfter: '30',
      times: 9,
    });
    const connection = await kept(open({ ...definition, callTimeoutMs: 5000 }));
    const error = await failureOf(connection.call('echo', {}, quiet));
    expect(error).toMatchObject({ code: 'server_failed', status: 429 });
    expect(error.message).toContain('was not processed');
    expect(asked()).toHaveLength(1);
  });

  it('over SSE is asked again as well', async () => {
    let busy = true;
    let posts = 0;
    const server = await kept(
      startRawSse(
        (response) => response.write('event: endpoint\ndata: /messages\n\n'),
        ({ method }, response) => {
          if (method !== 'initialize') return false;
          posts += 1;
          if (!busy) return false;
          busy = false;
          response.writeHead(429, { 'retry-after': '0' }).end();
          return true;
        },
      ),
    );
    await kept(open(remote(`${server.url}/sse`)));
    expect(posts).toBe(2);
  });
});
