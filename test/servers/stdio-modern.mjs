// A stdio server that only knows the 2026-07-28 revision: node stdio-modern.mjs
import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';

serveStdio(
  () => {
    const server = new McpServer({ name: 'modern', version: '2.0.0' });
    server.registerTool(
      'add_numbers',
      {
        description: 'Add two numbers',
        inputSchema: z.object({ number1: z.number(), number2: z.number() }),
      },
      ({ number1, number2 }) => ({ content: [{ type: 'text', text: String(number1 + number2) }] }),
    );
    return server;
  },
  { legacy: 'reject' },
);
