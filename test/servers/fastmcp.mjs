// fastmcp behind a bearer token: node fastmcp.mjs PORT, the token in TOKEN.
import { FastMCP } from 'fastmcp';
import { z } from 'zod';

const server = new FastMCP({
  name: 'fast',
  version: '1.0.0',
  authenticate: (request) => {
    if (request.headers.authorization !== `Bearer ${process.env.TOKEN}`) {
      // oxlint-disable-next-line typescript/only-throw-error -- fastmcp wants it so
      throw new Response('Unauthorized', { status: 401, statusText: 'Unauthorized' });
    }
    return Promise.resolve({ id: 1 });
  },
});
server.addTool({
  name: 'add_numbers',
  description: 'Add two numbers',
  parameters: z.object({ number1: z.number(), number2: z.number() }),
  execute: ({ number1, number2 }) => Promise.resolve(String(number1 + number2)),
});
await server.start({
  transportType: 'httpStream',
  httpStream: { port: Number(process.argv[2]), host: '127.0.0.1' },
});
