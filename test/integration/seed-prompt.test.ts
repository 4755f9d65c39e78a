import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentEvent } from '../../src/core/events.js';
import { startSampleServer } from '../../src/serve/server.js';
import type { SampleServer } from '../../src/serve/types.js';
import { startFakeOllama, type FakeOllama } from '../fakes/ollama/index.js';
import { runOstler } from '../support/ostler.js';

const PROMPT = 'This is Bob. We are doing math. Help us to add 2 and 3. BTW. Say hello to him';
const TOKEN = 'seed-prompt-token-0123456789';

let server: SampleServer;
let ollama: FakeOllama;

beforeAll(async () => {
  server = await startSampleServer({ kind: 'math', tokens: [{ name: 'test', token: TOKEN }] });
  ollama = await startFakeOllama();
});
afterAll(async () => {
  await server.close();
  await ollama.close();
});

function args(url: string, ...more: string[]): string[] {
  return [
    '-p',
    PROMPT,
    '--host',
    ollama.url,
    '--server',
    url,
    '-H',
    `Authorization: Bearer ${TOKEN}`,
    '--yolo',
    ...more,
  ];
}

describe('the seed prompt through an authenticated server', () => {
  it.each(['sse', 'mcp'] as const)(
    'makes two tool calls over /%s and prints the answer alone',
    async (route) => {
      const url = route === 'sse' ? server.sseUrl : server.mcpUrl;
      const { code, stdout, stderr } = await runOstler(args(url));
      expect(stderr).toBe('');
      expect(code).toBe(0);
      expect(stdout).toContain('5');
      expect(stdout).toContain('Hello, Bob');
    },
  );

  it('tells every step as events, init first and result last', async () => {
    const { code, stdout } = await runOstler(args(server.sseUrl, '-o', 'stream-json'));
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as AgentEvent);
    expect(code).toBe(0);
    expect(events[0]).toMatchObject({
      type: 'init',
      servers: [{ status: 'connected', transport: 'sse', tools: 2 }],
    });
    const calls = events
      .filter((event) => event.type === 'tool_use')
      .map(({ tool_name, parameters }) => [tool_name, parameters]);
    expect(Object.fromEntries(calls)).toEqual({
      add_numbers: { number1: 2, number2: 3 },
      say_hello: { name: 'Bob' },
    });
    const results = events.filter((event) => event.type === 'tool_result');
    expect(results.map(({ status }) => status)).toEqual(['success', 'success']);
    expect(events.at(-1)).toMatchObject({
      type: 'result',
      status: 'success',
      turns: 2,
      error: null,
    });
    expect(stdout).not.toContain(TOKEN);
  });

  it('sends the results back in order, each as its own tool message', async () => {
    const before = ollama.requests.length;
    await runOstler(args(server.sseUrl));
    const chats = ollama.requests.slice(before).filter(({ path }) => path === '/api/chat');
    expect(chats).toHaveLength(2);
    const { messages } = (chats[1] ?? expect.fail('no second request')).body as {
      messages: {
        role: string;
        tool_name?: string;
        tool_call_id?: string;
        tool_calls?: { id: string; function: { name: string } }[];
      }[];
    };
    const asked = messages.find(({ role }) => role === 'assistant')?.tool_calls ?? [];
    const answered = messages.filter(({ role }) => role === 'tool');
    expect(answered.map(({ tool_call_id }) => tool_call_id)).toEqual(asked.map(({ id }) => id));
    expect(answered.map(({ tool_name }) => tool_name)).toEqual(
      asked.map((call) => call.function.name),
    );
  });

  it('says that the token was rejected, with exit code 3, and shows it nowhere', async () => {
    const wrong = 'wrong-token-abcdefghijkl';
    const { code, stdout, stderr } = await runOstler([
      '-p',
      PROMPT,
      '--host',
      ollama.url,
      '--server',
      server.sseUrl,
      '-H',
      `Authorization: Bearer ${wrong}`,
      '--require-servers',
      'all',
      '--yolo',
    ]);
    expect(code).toBe(3);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/rejected|401/);
    expect(stderr).not.toContain(wrong);
  });
});
