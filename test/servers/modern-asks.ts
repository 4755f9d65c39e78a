import type { IncomingMessage } from 'node:http';
import { createMcpHandler, inputRequired, McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { startHttp, type HttpFixture } from './http.js';

export interface ModernAsksFixture extends HttpFixture {
  mcpUrl: string;
  /** The params of every request of a method, as they came. */
  received: (method: string) => Record<string, unknown>[];
  /** Tells whoever listens that a resource has changed. */
  touch: (uri: string) => void;
}

type InputRequests = NonNullable<Parameters<typeof inputRequired>[0]['inputRequests']>;

/** Bytes that anything but an echo would change. */
export const STATE = ' {"a":1.0,\t"b":"\u00e4\\u00e4"} %20+&= ';

/**
 * A server of the 2026-07-28 revision that asks whatever it is told to: the tool `ask` takes the
 * embedded requests, `loop` never has enough, `put_off` only puts off. A prompt and a resource ask too.
 */
export async function startModernAsks(): Promise<ModernAsksFixture> {
  const received: { method: string; params: Record<string, unknown> }[] = [];
  const handler = createMcpHandler(createAskingServer, { legacy: 'reject' });
  const fixture = await startHttp((request, response) => {
    const run = async () => {
      const text = await bodyOf(request);
      received.push(JSON.parse(text) as (typeof received)[number]);
      const answer = await handler.fetch(
        new Request(`http://${request.headers.host}${request.url}`, {
          method: 'POST',
          headers: Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
          body: text,
        }),
      );
      response.writeHead(answer.status, Object.fromEntries(answer.headers));
      const body = answer.body?.getReader();
      response.once('close', () => void body?.cancel());
      for (let chunk = await body?.read(); chunk?.done === false; chunk = await body?.read()) {
        response.write(chunk.value);
      }
      response.end();
    };
    run().catch(() => response.destroy());
  });
  return {
    ...fixture,
    mcpUrl: `${fixture.url}/mcp`,
    received: (method) => received.filter((one) => one.method === method).map((one) => one.params),
    touch: (uri) => handler.notify.resourceUpdated(uri),
  };
}

function createAskingServer(): McpServer {
  const server = new McpServer(
    { name: 'asking', version: '2.0.0' },
    {
      capabilities: { logging: {}, resources: { subscribe: true } },
      cacheHints: { 'prompts/list': { ttlMs: 60_000, cacheScope: 'private' } },
    },
  );
  const text = (value: unknown) => ({
    content: [{ type: 'text' as const, text: JSON.stringify(value) }],
  });
  server.registerTool(
    'ask',
    { inputSchema: z.object({ requests: z.record(z.string(), z.unknown()) }) },
    ({ requests }, { mcpReq }) =>
      mcpReq.inputResponses === undefined
        ? inputRequired({ inputRequests: requests as InputRequests, requestState: STATE })
        : text(mcpReq.inputResponses),
  );
  server.registerTool('loop', {}, () => inputRequired({ inputRequests: { again: form() } }));
  server.registerTool('put_off', {}, ({ mcpReq }) =>
    mcpReq.requestState() === undefined ? inputRequired({ requestState: STATE }) : text('done'),
  );
  server.registerTool('log', {}, async ({ mcpReq }) => {
    for (const level of ['debug', 'info', 'error'] as const) await mcpReq.log(level, `a ${level}`);
    return text('logged');
  });
  server.registerPrompt('greet', {}, ({ mcpReq }) =>
    mcpReq.inputResponses === undefined
      ? inputRequired({ inputRequests: { who: form() } })
      : {
          messages: [
            {
              role: 'user' as const,
              content: { type: 'text' as const, text: JSON.stringify(mcpReq.inputResponses) },
            },
          ],
        },
  );
  server.registerResource('note', 'mem://note', {}, (_, { mcpReq }) =>
    mcpReq.inputResponses === undefined
      ? inputRequired({ inputRequests: { who: form() } })
      : { contents: [{ uri: 'mem://note', text: JSON.stringify(mcpReq.inputResponses) }] },
  );
  return server;
}

function form() {
  return inputRequired.elicit({
    message: 'Who?',
    requestedSchema: { type: 'object', properties: { name: { type: 'string', default: 'Ada' } } },
  });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
