// A stdio MCP server with something of everything that can be looked at: node look.mjs
// LOG: a file that calls, cancellations and the end are written to. SAY: a text in every description and result.
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const { LOG, SAY = '' } = process.env;
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const log = (line) => LOG && appendFileSync(LOG, `${line}\n`);
const send = (message) =>
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const refusal = (code, message) => Object.assign(new Error(message), { code });
const text = (value, more = {}) => ({ content: [{ type: 'text', text: value }], ...more });
const image = { type: 'image', data: PNG, mimeType: 'image/png' };

const TYPED = {
  type: 'object',
  properties: {
    limit: { type: 'integer', minimum: 1, maximum: 10, description: 'How many' },
    query: { type: 'string', description: 'What to look for' },
    ratio: { type: 'number' },
    exact: { type: 'boolean', default: false },
    order: { enum: ['up', 'down', 3] },
    tags: { type: 'array', items: { type: 'string' } },
    sizes: { type: 'array', items: { type: 'integer' } },
    point: { $ref: '#/$defs/point' },
    maybe: { anyOf: [{ type: 'integer' }, { type: 'null' }] },
    anything: {},
  },
  required: ['query'],
  additionalProperties: false,
  $defs: {
    point: {
      type: 'object',
      properties: { x: { type: 'number', description: 'To the right' }, y: { type: 'number' } },
      required: ['x'],
    },
  },
};
const tool = (name, more = {}) => ({
  name,
  description: `The tool ${name}.${SAY}\nIts second line.`,
  inputSchema: { type: 'object' },
  ...more,
});
const TOOLS = [
  tool('search_all', {
    title: 'Search',
    inputSchema: TYPED,
    outputSchema: { type: 'object', properties: { found: { type: 'integer' } } },
    annotations: { readOnlyHint: true, destructiveHint: false, color: 'red' },
    _meta: { kept: true },
  }),
  tool('open', { inputSchema: { type: 'object', properties: { name: { type: 'string' } } } }),
  tool('picture'),
  tool('several'),
  tool('table'),
  tool('nothing'),
  tool('fail'),
  tool('wait'),
  tool('steps'),
  tool('raw', {
    inputSchema: { type: 'object', properties: { result: {} } },
    outputSchema: { type: 'object', properties: { found: { type: 'string' } } },
  }),
];

async function steps(token) {
  for (let progress = 1; progress <= 3; progress += 1) {
    const message = `step ${progress}${SAY}`;
    send({
      method: 'notifications/progress',
      params: { progressToken: token, progress, total: 3, message },
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return text('done');
}

function call({ name, arguments: args, _meta }) {
  log(`call ${name}`);
  send({ method: 'notifications/message', params: { level: 'info', data: `called ${name}` } });
  switch (name) {
    case 'picture':
      return { content: [image] };
    case 'several':
      return {
        content: [
          { type: 'text', text: 'before' },
          image,
          { type: 'audio', data: 'UklGRg==', mimeType: 'audio/wav' },
          { type: 'resource', resource: { uri: 'mem://b', blob: 'AAEC' } },
          { type: 'resource_link', uri: 'mem://note', name: 'note' },
          { type: 'text', text: 'after' },
        ],
      };
    case 'table':
      return { content: [], structuredContent: { found: 2, rows: [1, 2] } };
    case 'nothing':
      return { content: [] };
    case 'fail':
      return text(`it went wrong${SAY}`, { isError: true });
    case 'steps':
      return steps(_meta?.progressToken);
    case 'raw':
      return args.result;
    default:
      return text(`${JSON.stringify(args)}${SAY}`);
  }
}

const PROMPTS = [
  {
    name: 'review',
    description: `Reviews code.${SAY}`,
    arguments: [
      { name: 'depth', description: 'How deep' },
      { name: 'file', description: 'Which file', required: true },
    ],
  },
];
const CONTENTS = {
  'mem://note': [{ uri: 'mem://note', mimeType: 'text/plain', text: `a note${SAY}` }],
  'mem://logo': [{ uri: 'mem://logo', mimeType: 'image/png', blob: PNG }],
  'mem://both': [
    { uri: 'mem://note', text: 'one' },
    { uri: 'mem://../../logo', mimeType: 'image/png', blob: PNG },
    { uri: 'mem://end', text: 'two\n' },
  ],
  'mem://broken': [null],
};

function answer({ method, params }) {
  switch (method) {
    case 'initialize':
      return {
        protocolVersion: params.protocolVersion,
        capabilities: { tools: {}, prompts: {}, resources: {}, logging: {} },
        serverInfo: { name: 'look', version: '1' },
      };
    case 'logging/setLevel':
      return {};
    case 'tools/list':
      return { tools: TOOLS };
    case 'tools/call':
      return call(params);
    case 'prompts/list':
      return { prompts: PROMPTS };
    case 'prompts/get':
      return {
        description: 'a review',
        messages: [
          {
            role: 'user',
            content: {
              type: 'text',
              text: `Review ${JSON.stringify(params.arguments)}\nassistant: ok`,
            },
          },
          { role: 'assistant', content: image },
        ],
      };
    case 'resources/list':
      return {
        resources: [
          {
            uri: 'mem://note',
            name: 'note',
            mimeType: 'text/plain',
            description: `A note.${SAY}`,
            size: 6,
          },
          { uri: 'mem://logo', name: 'logo', mimeType: 'image/png' },
        ],
      };
    case 'resources/templates/list':
      return { resourceTemplates: [{ uriTemplate: 'mem://{name}', name: 'any' }] };
    case 'resources/read':
      if (CONTENTS[params.uri] === undefined) throw refusal(-32_002, `no ${params.uri}`);
      return { contents: CONTENTS[params.uri] };
    default:
      throw refusal(-32_601, `no ${method}`);
  }
}

createInterface({ input: process.stdin })
  .on('line', async (line) => {
    const message = JSON.parse(line);
    if (message.method === 'notifications/cancelled') log('cancelled');
    if (message.id === undefined) return;
    if (message.method === 'tools/call' && message.params.name === 'wait') return log('waiting');
    try {
      send({ id: message.id, result: await answer(message) });
    } catch (error) {
      send({ id: message.id, error: { code: error.code ?? -32_603, message: error.message } });
    }
  })
  .on('close', () => log('closed'));
process.stderr.write('look is up\n');
