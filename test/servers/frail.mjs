// A stdio server that dies when asked, and may be another one at its next start: node frail.mjs STATE
import { appendFileSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [file] = process.argv.slice(2);
const { description = 'Says it again', without } = JSON.parse(readFileSync(file, 'utf8'));
const note = (line) => appendFileSync(`${file}.log`, `${line}\n`);
const tools = [
  { name: 'echo', description, inputSchema: { type: 'object' } },
  { name: 'die', description: 'Dies', inputSchema: { type: 'object' } },
].filter(({ name }) => name !== without);

function resultOf({ method, params }) {
  switch (method) {
    case 'initialize':
      return {
        protocolVersion: params.protocolVersion,
        capabilities: { tools: {} },
        serverInfo: { name: 'frail', version: '1' },
      };
    case 'tools/list':
      return { tools };
    case 'tools/call':
      note(`call ${params.name}`);
      if (params.name === 'die') process.exit(3);
      return { content: [{ type: 'text', text: JSON.stringify(params.arguments) }] };
    default:
      return undefined;
  }
}

note('start');
createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line);
  if (message.id === undefined) return;
  const result = resultOf(message);
  const answer =
    result === undefined ? { error: { code: -32_601, message: 'Method not found' } } : { result };
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id: message.id, ...answer })}\n`);
});
