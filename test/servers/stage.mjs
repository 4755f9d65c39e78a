// A stdio MCP server without dependencies that has a bit of everything a chat can show. STAGE (JSON) sets:
//   say: { title, description, result, error, progress, log, resource, server } - texts in the place of
//   its own; { tool, prompt } - names of one more
//   dieFile: exits as soon as that file exists · stderr: written at the start
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';

const { say = {}, dieFile, stderr } = JSON.parse(process.env.STAGE ?? '{}');
const send = (message) =>
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const text = (value, isError = false) => ({ content: [{ type: 'text', text: value }], isError });
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const tool = (name, more = {}) => ({
  name,
  description: say.description ?? `The tool ${name}`,
  ...(say.title ? { title: say.title } : {}),
  inputSchema: { type: 'object', properties: { text: { type: 'string' } } },
  ...more,
});
const tools = [
  tool('echo'),
  ...(say.tool ? [tool(say.tool)] : []),
  tool('read', { annotations: { readOnlyHint: true } }),
  tool('erase', { annotations: { destructiveHint: true } }),
  tool('steps'),
  tool('wait'),
  tool('fail'),
  tool('long'),
  tool('image'),
  tool('grow'),
  tool('refuse'),
];

async function steps(token) {
  for (let progress = 1; progress <= 5; progress += 1) {
    if (token !== undefined) {
      const params = { progressToken: token, progress, total: 5 };
      const message = say.progress ?? `step ${progress}`;
      send({ method: 'notifications/progress', params: { ...params, message } });
    }
    await later(120);
  }
  return text('all steps done');
}

async function call({ name, arguments: args, _meta: meta }) {
  const log = say.log ?? `called ${name}`;
  send({ method: 'notifications/message', params: { level: 'warning', data: log } });
  switch (name) {
    case 'steps':
      return steps(meta?.progressToken);
    case 'fail':
      return text(say.error ?? 'it went wrong', true);
    case 'long':
      return text(Array.from({ length: 60 }, (_, at) => `line ${at + 1}`).join('\n'));
    case 'image':
      return { content: [{ type: 'image', data: PIXEL, mimeType: 'image/png' }] };
    case 'grow':
      tools.push(tool(`grown${tools.length}`));
      send({ method: 'notifications/tools/list_changed' });
      return text('grown');
    default:
      return text(say.result ?? JSON.stringify(args));
  }
}

const PROMPTS = ['greet', ...(say.prompt ? [say.prompt] : [])].map((name) => ({
  name,
  description: say.description ?? 'Greets somebody',
  arguments: [{ name: 'who', description: say.description ?? 'Whom', required: true }],
}));
const RESOURCES = [
  {
    uri: 'stage://note',
    name: say.resource ?? 'note',
    description: say.description ?? 'A note',
    mimeType: 'text/plain',
  },
];

async function answer({ method, params }) {
  switch (method) {
    case 'initialize':
      return {
        protocolVersion: params.protocolVersion,
        capabilities: {
          tools: { listChanged: true },
          prompts: {},
          resources: {},
          logging: {},
          completions: {},
        },
        serverInfo: { name: say.server ?? 'stage', version: '1.0.0' },
        instructions: say.description ?? 'Be brief.',
      };
    case 'ping':
    case 'logging/setLevel':
      return {};
    case 'tools/list':
      return { tools };
    case 'prompts/list':
      return { prompts: PROMPTS };
    case 'prompts/get':
      return {
        messages: [
          { role: 'user', content: { type: 'text', text: `Greet ${params.arguments?.who}!` } },
        ],
      };
    case 'resources/list':
      return { resources: RESOURCES };
    case 'resources/templates/list':
      return { resourceTemplates: [] };
    case 'resources/read':
      return {
        contents: [{ uri: params.uri, mimeType: 'text/plain', text: say.result ?? 'a note' }],
      };
    case 'completion/complete':
      return { completion: { values: ['Ada', 'Alan', 'Bob'].filter(startsWith(params)) } };
    case 'tools/call':
      return call(params);
    default:
      return undefined;
  }
}

const startsWith = (params) => (value) => value.startsWith(params.argument.value);

createInterface({ input: process.stdin }).on('line', async (line) => {
  const message = JSON.parse(line);
  if (message.id === undefined) return;
  // Never answered: whoever waits has to give up by himself.
  if (message.method === 'tools/call' && message.params.name === 'wait') return;
  if (message.method === 'tools/call' && message.params.name === 'refuse') {
    send({ id: message.id, error: { code: -32000, message: say.error ?? 'refused' } });
    return;
  }
  const result = await answer(message);
  const body = result ? { result } : { error: { code: -32601, message: `no ${message.method}` } };
  send({ id: message.id, ...body });
});
if (stderr) process.stderr.write(`${stderr}\n`);
if (dieFile) setInterval(() => existsSync(dieFile) && process.exit(1), 20);
