import {
  Client,
  SSEClientTransport,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport as SseV1 } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport as HttpV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startSampleServer } from '../../src/serve/server.js';
import type { SampleServer } from '../../src/serve/types.js';

const TOKEN = 'token-of-alice';
const requestInit = { headers: { Authorization: `Bearer ${TOKEN}` } };
const info = { name: 'test', version: '1' };

let server: SampleServer;

beforeEach(async () => {
  server = await startSampleServer({ kind: 'math', tokens: [{ name: 'alice', token: TOKEN }] });
});
afterEach(() => server.close());

/** What the two SDKs have in common. */
interface Caller {
  listTools: () => Promise<{ tools: unknown[] }>;
  callTool: (call: {
    name: string;
    arguments: Record<string, unknown>;
  }) => Promise<Record<string, unknown>>;
  close: () => Promise<void>;
}

async function connectV1(transport: SseV1 | HttpV1): Promise<Caller> {
  const client = new ClientV1(info);
  await client.connect(transport);
  return client;
}

async function connectV2(
  transport: SSEClientTransport | StreamableHTTPClientTransport,
  mode: 'legacy' | 'auto',
): Promise<Caller> {
  const client = new Client(info, { versionNegotiation: { mode } });
  await client.connect(transport);
  return client;
}

const sse = () => new SSEClientTransport(new URL(server.sseUrl), { requestInit });
const http = () => new StreamableHTTPClientTransport(new URL(server.mcpUrl), { requestInit });

const clients: [string, () => Promise<Caller>][] = [
  ['SDK v1 over SSE', () => connectV1(new SseV1(new URL(server.sseUrl), { requestInit }))],
  [
    'SDK v1 over Streamable HTTP',
    () => connectV1(new HttpV1(new URL(server.mcpUrl), { requestInit })),
  ],
  ['SDK v2 over SSE', () => connectV2(sse(), 'legacy')],
  ['SDK v2 over Streamable HTTP', () => connectV2(http(), 'legacy')],
  ['SDK v2 over SSE, probing for 2026-07-28', () => connectV2(sse(), 'auto')],
  ['SDK v2 over Streamable HTTP, probing for 2026-07-28', () => connectV2(http(), 'auto')],
];

test.each(clients)('%s lists and calls the tools', async (_name, connect) => {
  const client = await connect();
  const { tools } = await client.listTools();
  expect(tools).toEqual([
    {
      name: 'say_hello',
      description: 'Say hello to a given person with his name',
      inputSchema: {
        type: 'object',
        properties: { name: { type: 'string', description: 'The name of the person' } },
        required: ['name'],
      },
      annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    },
    {
      name: 'add_numbers',
      description: 'Add two numbers',
      inputSchema: {
        type: 'object',
        properties: {
          number1: { type: 'number', description: 'The first number' },
          number2: { type: 'number', description: 'The second number' },
        },
        required: ['number1', 'number2'],
      },
      annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    },
  ]);
  const [sum, greeting] = await Promise.all([
    client.callTool({ name: 'add_numbers', arguments: { number1: 2, number2: 3 } }),
    client.callTool({ name: 'say_hello', arguments: { name: 'Bob' } }),
  ]);
  expect(sum).toMatchObject({ content: [{ type: 'text', text: '5' }], isError: false });
  expect(greeting).toMatchObject({ content: [{ type: 'text', text: 'Hello, Bob!' }] });
  await client.close();
});

test.each(clients)('%s is told of wrong arguments and unknown tools', async (_name, connect) => {
  const client = await connect();
  for (const args of [
    {},
    { number1: 1 },
    { number1: '2', number2: 3 },
    { number1: null, number2: 1 },
  ]) {
    const result = await client.callTool({ name: 'add_numbers', arguments: args });
    expect(result['isError']).toBe(true);
    expect(result['content']).toMatchObject([
      { text: expect.stringMatching(/^Invalid arguments for add_numbers: number/) },
    ]);
  }
  await expect(client.callTool({ name: 'exec_cmd', arguments: { command: 'id' } })).rejects.toThrow(
    '-32602',
  );
  await client.close();
});

test('without the header no client gets in', async () => {
  const bare = [
    new SSEClientTransport(new URL(server.sseUrl)),
    new StreamableHTTPClientTransport(new URL(server.mcpUrl)),
  ];
  for (const transport of bare) {
    await expect(new Client(info).connect(transport)).rejects.toThrow(/401|Unauthorized/);
  }
});
