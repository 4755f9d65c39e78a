// What the audited servers of this folder have in common: who is who, and two harmless tools.
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';

/** Name of the principal a token belongs to, or undefined. Tokens come in the environment. */
export function principalOf(token) {
  const { TOKEN, SECOND_TOKEN } = process.env;
  return token === TOKEN ? 'alice' : token === SECOND_TOKEN ? 'bob' : undefined;
}

/** The principal of an Authorization header as most people read it. */
export function principalOfHeader(header) {
  return principalOf(/^Bearer (.+)$/.exec(header ?? '')?.[1]);
}

/** `allowed` is asked when a tool is called. */
export function createTools(allowed = () => true) {
  const server = new McpServer({ name: 'audited', version: '1.0.0' });
  const answer = (extra, text) =>
    allowed(extra)
      ? { content: [{ type: 'text', text }] }
      : { isError: true, content: [{ type: 'text', text: 'Who are you?' }] };
  server.registerTool(
    'add_numbers',
    { description: 'Add two numbers', inputSchema: { number1: z.number(), number2: z.number() } },
    ({ number1, number2 }, extra) => answer(extra, String(number1 + number2)),
  );
  server.registerTool(
    'say_hello',
    { description: 'Say hello', inputSchema: { name: z.string() } },
    ({ name }, extra) => answer(extra, `Hello ${name}`),
  );
  return server;
}

/** Listens on a free port of loopback and tells it on stdout. */
export function tellWhenReady(server) {
  server.on('listening', () => process.stdout.write(`${server.address().port}\n`));
}
