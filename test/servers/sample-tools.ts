import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { z } from 'zod';

/** A 1×1 PNG. */
export const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** A server of the v1 SDK with a tool for every kind of result. */
export function createSampleServer(): McpServer {
  const server = new McpServer({ name: 'sample', version: '1.2.3' }, { instructions: 'Be kind.' });
  server.registerTool(
    'add_numbers',
    {
      description: 'Add two numbers',
      inputSchema: { number1: z.number(), number2: z.number() },
    },
    ({ number1, number2 }) => text(String(number1 + number2)),
  );
  server.registerTool(
    'say_hello',
    { description: 'Say hello', inputSchema: { name: z.string() } },
    ({ name }) => text(`Hello ${name}`),
  );
  server.registerTool('fail', { description: 'Always fails' }, () => ({
    isError: true,
    content: [{ type: 'text', text: 'it went wrong' }],
  }));
  server.registerTool('everything', { description: 'Every kind of content' }, () => ({
    content: [
      { type: 'text', text: 'some text' },
      { type: 'image', data: PNG, mimeType: 'image/png' },
      { type: 'audio', data: 'UklGRg==', mimeType: 'audio/wav' },
      { type: 'resource_link', uri: 'file:///a.txt', name: 'a.txt', mimeType: 'text/plain' },
      { type: 'resource', resource: { uri: 'mem://t', text: 'inside' } },
      { type: 'resource', resource: { uri: 'mem://b', blob: 'AAEC' } },
    ],
  }));
  server.registerTool(
    'structured',
    { description: 'Structured', outputSchema: { sum: z.number() } },
    () => ({ content: [], structuredContent: { sum: 5 } }),
  );
  server.registerTool('count', { description: 'Tells its progress' }, async (extra) => {
    // oxlint-disable-next-line no-underscore-dangle -- the protocol's name
    const token = extra._meta?.progressToken;
    for (let progress = 1; progress <= 5; progress += 1) {
      if (token !== undefined) {
        await extra.sendNotification({
          method: 'notifications/progress',
          params: { progressToken: token, progress },
        });
      }
      await new Promise((resolve) => {
        setTimeout(resolve, 150);
      });
    }
    return text('counted');
  });
  server.registerTool('hang', { description: 'Never answers' }, () => new Promise(() => {}));
  return server;
}

function text(value: string) {
  return { content: [{ type: 'text' as const, text: value }] };
}
