/** What every MCP server of the benchmarks answers: tools that cost nothing, written by hand. */

const number = { type: 'number', description: 'A number' };

const ADD = {
  name: 'add_numbers',
  description: 'Adds two numbers and returns the sum',
  inputSchema: {
    type: 'object',
    properties: { number1: number, number2: number },
    required: ['number1', 'number2'],
  },
};

/** A tool of ordinary size: four described parameters, one of them nested. */
function filler(index) {
  return {
    name: `record_${index}`,
    title: `Record ${index}`,
    description: `Looks up the records of register ${index} and returns those that match the filter`,
    inputSchema: {
      type: 'object',
      properties: {
        query: { type: 'string', description: 'Words that must occur in the record' },
        limit: {
          type: 'integer',
          description: 'How many records at most',
          minimum: 1,
          default: 20,
        },
        order: { type: 'string', enum: ['newest', 'oldest', 'relevance'] },
        filter: {
          type: 'object',
          properties: { owner: { type: 'string' }, archived: { type: 'boolean' } },
        },
      },
      required: ['query'],
    },
  };
}

/** `add_numbers` and fillers, `count` in all. */
function makeTools(count) {
  return [ADD, ...Array.from({ length: count - 1 }, (_, index) => filler(index + 1))];
}

function resultOf({ method, params }, tools) {
  if (method === 'initialize') {
    return {
      protocolVersion: params.protocolVersion,
      capabilities: { tools: {} },
      serverInfo: { name: 'bench', version: '1.0.0' },
    };
  }
  if (method === 'tools/list') return { tools };
  if (method === 'ping') return {};
  if (method !== 'tools/call') return undefined;
  const { number1, number2 } = params.arguments;
  return { content: [{ type: 'text', text: String(Number(number1) + Number(number2)) }] };
}

/** The JSON-RPC answer to one message; undefined for a notification. */
function answer(message, tools) {
  if (message.id === undefined) return undefined;
  const result = resultOf(message, tools);
  const body = result ? { result } : { error: { code: -32601, message: 'Method not found' } };
  return { jsonrpc: '2.0', id: message.id, ...body };
}

module.exports = { answer, makeTools };
