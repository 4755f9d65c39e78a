import type { IncomingMessage } from 'node:http';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { startHttp, type HttpFixture } from './http.js';

export interface ModernFixture extends HttpFixture {
  mcpUrl: string;
  /** Answers to `subscriptions/listen` that have begun. */
  listening: () => number;
  /** A tool that says its name; whoever listens is told. */
  addTool: (name: string) => void;
}

/** A server of the 2026-07-28 revision; without `legacy` it refuses `initialize`. */
export async function startModern({ legacy = false, port = 0 } = {}): Promise<ModernFixture> {
  const added: string[] = [];
  let listening = 0;
  const handler = createMcpHandler(() => createModernServer(added), {
    legacy: legacy ? 'stateless' : 'reject',
  });
  const fixture = await startHttp(
    (request, response) => {
      const run = async () => {
        const answer = await handler.fetch(await toRequest(request));
        response.writeHead(answer.status, Object.fromEntries(answer.headers));
        const listens = request.headers['mcp-method'] === 'subscriptions/listen';
        const body = answer.body?.getReader();
        response.once('close', () => void body?.cancel());
        for (let chunk = await body?.read(); chunk?.done === false; chunk = await body?.read()) {
          response.write(chunk.value);
          if (listens && chunk.value.length > 0) listening += 1;
        }
        response.end();
      };
      run().catch(() => response.destroy());
    },
    undefined,
    port,
  );
  return {
    ...fixture,
    mcpUrl: `${fixture.url}/mcp`,
    listening: () => listening,
    addTool(name) {
      added.push(name);
      handler.notify.toolsChanged();
    },
  };
}

function createModernServer(added: readonly string[]): McpServer {
  const server = new McpServer({ name: 'modern', version: '2.0.0' });
  server.registerTool(
    'add_numbers',
    {
      description: 'Add two numbers',
      inputSchema: z.object({ number1: z.number(), number2: z.number() }),
    },
    ({ number1, number2 }) => ({ content: [{ type: 'text', text: String(number1 + number2) }] }),
  );
  server.registerTool(
    'region',
    {
      description: 'Repeats an argument as a header',
      inputSchema: z.object({ region: z.string().meta({ 'x-mcp-header': 'Region' }) }),
    },
    ({ region }) => ({ content: [{ type: 'text', text: region }] }),
  );
  for (const name of added) {
    server.registerTool(name, {}, () => ({ content: [{ type: 'text', text: name }] }));
  }
  server.registerPrompt('greet', { argsSchema: z.object({ name: z.string() }) }, ({ name }) => ({
    messages: [{ role: 'user', content: { type: 'text', text: `Hello ${name}` } }],
  }));
  server.registerResource('note', 'mem://note', {}, () => ({
    contents: [{ uri: 'mem://note', text: 'a note' }],
  }));
  return server;
}

async function toRequest(request: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return new Request(`http://${request.headers.host}${request.url}`, {
    method: request.method ?? 'GET',
    headers: Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
  });
}
