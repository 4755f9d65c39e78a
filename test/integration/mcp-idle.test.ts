import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { dial } from '../../src/mcp/dial.js';
import { watchIdle } from '../../src/mcp/idle.js';
import { openLink } from '../../src/mcp/link.js';
import type { OstlerError } from '../../src/core/errors.js';
import { open, quiet, textOf } from '../servers/connect.js';
import { local, remote } from '../servers/definitions.js';
import { startRawHttp, startRawSse, type RawAnswer } from '../servers/raw-mcp.js';
import { endKept, kept } from '../support/kept.js';

afterEach(endKept);
const WAIT = { timeout: 15_000 };
const LIMITS = { silentMs: 300, signMs: 1500 };

/** A server whose calls never end; `says` is what it does about them, and about `ping`. */
async function startStill(kind: 'http' | 'sse', ping: 'answers' | 'is silent') {
  let call: ServerResponse | undefined;
  let stream: ServerResponse | undefined;
  let pings = 0;
  const answer: RawAnswer = ({ id, method }, response) => {
    if (method === 'ping') {
      pings += 1;
      if (ping === 'is silent') return true;
      const text = JSON.stringify({ jsonrpc: '2.0', id, result: {} });
      if (kind === 'http')
        response.writeHead(200, { 'content-type': 'application/json' }).end(text);
      else {
        response.writeHead(202).end();
        stream?.write(`data: ${text}\n\n`);
      }
      return true;
    }
    if (method !== 'tools/call') return false;
    if (kind === 'sse') response.writeHead(202).end();
    else response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': open\n\n');
    call = kind === 'sse' ? stream : response;
    return true;
  };
  const server = await kept(
    kind === 'http'
      ? startRawHttp(answer)
      : startRawSse((response) => {
          stream = response;
          response.write('event: endpoint\ndata: /messages\n\n');
        }, answer),
  );
  const definition = remote(`${server.url}/${kind === 'sse' ? 'sse' : 'mcp'}`, {
    protocol: 'legacy',
  });
  const link = await openLink(dial(definition, { env: process.env }), 'legacy', quiet.signal);
  await kept({ close: () => link.client.close() });
  const controller = new AbortController();
  await kept({ close: () => Promise.resolve(controller.abort()) });
  link
    .ask('tools/call', { name: 'echo', arguments: {} }, { signal: controller.signal })
    .catch(() => {});
  await expect.poll(() => call, WAIT).toBeDefined();
  return { link, pings: () => pings, comment: () => call?.write(': alive\n\n') };
}

describe('a call on which nothing comes', () => {
  for (const kind of ['http', 'sse'] as const) {
    it(`over ${kind} is given up when a ping is not answered either`, async () => {
      const { link, pings } = await startStill(kind, 'is silent');
      let dead: OstlerError | undefined;
      watchIdle(link, (error) => (dead = error), LIMITS);
      await expect.poll(() => dead?.message, WAIT).toContain('no answer to a ping');
      expect(dead).toMatchObject({ code: 'server_unreachable', server: 'docs' });
      expect(pings()).toBe(1);
    });

    it(`over ${kind} goes on while a ping is answered`, async () => {
      const { link, pings } = await startStill(kind, 'answers');
      let dead = false;
      const { stop } = watchIdle(link, () => (dead = true), LIMITS);
      await expect.poll(pings, WAIT).toBeGreaterThan(2);
      stop();
      expect(dead).toBe(false);
    });

    it(`over ${kind} needs no ping while there are comments`, async () => {
      const { link, pings, comment } = await startStill(kind, 'is silent');
      let dead = false;
      const beat = setInterval(comment, 50);
      const { stop } = watchIdle(link, () => (dead = true), { silentMs: 5000, signMs: 1000 });
      await new Promise((resolve) => {
        setTimeout(resolve, 7000);
      });
      clearInterval(beat);
      stop();
      expect([pings(), dead]).toEqual([0, false]);
    }, 30_000);
  }

  it('of a child process is left alone: its end is known', async () => {
    const script = 'process.stdin.resume()';
    const dialed = dial(local(process.execPath, ['-e', script]), { env: process.env });
    await kept({ close: async () => dialed.transport?.close() });
    expect(dialed.transport?.heardAt).toBeUndefined();
  });
});

describe('the last progress', () => {
  for (const kind of ['http', 'sse'] as const) {
    it(`over ${kind}, in one piece with the result, makes no noise`, async () => {
      const warnings: string[] = [];
      let trouble = 0;
      let lists = 0;
      let stream: ServerResponse | undefined;
      const answer: RawAnswer = ({ id, method, params }, response) => {
        lists += method === 'tools/list' ? 1 : 0;
        if (method !== 'tools/call') return false;
        const meta = params?.['_meta'] as { progressToken: unknown };
        const progress = (n: number) => ({
          jsonrpc: '2.0',
          method: 'notifications/progress',
          params: { progressToken: meta.progressToken, progress: n, total: 2 },
        });
        const result = {
          jsonrpc: '2.0',
          id,
          result: { content: [{ type: 'text', text: 'done' }] },
        };
        const changed = { jsonrpc: '2.0', method: 'notifications/tools/list_changed' };
        const text = [changed, progress(1), progress(2), result, progress(2)]
          .map((message) => `data: ${JSON.stringify(message)}\n\n`)
          .join('');
        if (kind === 'sse') {
          response.writeHead(202).end();
          stream?.write(text);
        } else response.writeHead(200, { 'content-type': 'text/event-stream' }).end(text);
        return true;
      };
      const server = await kept(
        kind === 'http'
          ? startRawHttp(answer)
          : startRawSse((response) => {
              stream = response;
              response.write('event: endpoint\ndata: /messages\n\n');
            }, answer),
      );
      const definition = remote(`${server.url}/${kind === 'sse' ? 'sse' : 'mcp'}`, {
        protocol: 'legacy',
      });
      const connection = await kept(
        open(definition, {
          onWarning: (text) => warnings.push(text),
          onTrouble: () => (trouble += 1),
        }),
      );
      connection.onNotice(() => {});
      const call = async () =>
        textOf(await connection.call('echo', {}, { ...quiet, onProgress: () => {} }));
      // A list that is read anew shows that somebody listens to trouble by now.
      await expect
        .poll(async () => ((await call()) === 'done' ? lists : 0), WAIT)
        .toBeGreaterThan(1);
      for (let n = 0; n < 3; n += 1) expect(await call()).toBe('done');
      expect([warnings, trouble]).toEqual([[], 0]);
    });
  }
});
