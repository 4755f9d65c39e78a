// A stdio MCP server without dependencies. Its tools come from the environment:
// TOOLS = JSON array of tool objects; each call answers with its arguments as JSON text.
// Special tool names: `fail` (isError), `slow` (never answers), `crash` (exits), `image`, `secret` (echoes SECRET).
import { createInterface } from 'node:readline';

const tools = JSON.parse(
  process.env.TOOLS ??
    '[{"name":"echo","description":"Echo","inputSchema":{"type":"object","properties":{"text":{"type":"string"}}}}]',
);
const send = (message) =>
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const text = (value, isError = false) => ({ content: [{ type: 'text', text: value }], isError });
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

function call({ name, arguments: args }) {
  switch (name) {
    case 'fail':
      return text('it went wrong', true);
    case 'crash':
      return process.exit(7);
    case 'image':
      return { content: [{ type: 'image', data: PIXEL, mimeType: 'image/png' }] };
    case 'secret':
      return text(`the secret is ${process.env.SECRET}`);
    default:
      return text(JSON.stringify(args));
  }
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  if (method === 'initialize') {
    send({
      id,
      result: {
        protocolVersion: params.protocolVersion,
        capabilities: { tools: {} },
        serverInfo: { name: 'plain', version: '1' },
      },
    });
  } else if (method === 'tools/list') send({ id, result: { tools } });
  else if (method === 'tools/call' && params.name !== 'slow') send({ id, result: call(params) });
  else if (method !== 'tools/call') send({ id, error: { code: -32601, message: `no ${method}` } });
});
