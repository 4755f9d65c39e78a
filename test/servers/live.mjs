// A hand-written stdio server with prompts, resources, logs and lists that change: node live.mjs MODE
import { createInterface } from 'node:readline';

const [mode = 'good', argument = ''] = process.argv.slice(2);
const send = (message) =>
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const notify = (method, params) => send({ method, ...(params ? { params } : {}) });
const tool = (name, description = name) => ({ name, description, inputSchema: { type: 'object' } });
const refusal = (code, message) => Object.assign(new Error(message), { code });
const text = (value) => ({ content: [{ type: 'text', text: value }] });

let tools = ['add', 'remove', 'describe', 'log', 'stderr', 'die', 'stats'].map((name) =>
  tool(name),
);
const stats = { lists: 0, level: '', cancelled: 0 };
/** Set by the tool `break`: what tools/list answers from then on. */
let broken = '';

const PROMPTS = {
  good: [
    {
      name: 'review',
      title: 'Review',
      description: 'Reviews code',
      arguments: [{ name: 'file', description: 'Which', required: true }, { name: 'depth' }],
    },
  ],
  hostile: [
    null,
    'text',
    { title: 'no name' },
    { name: '' },
    { name: 'evil\u001b[2J' },
    { name: 'x'.repeat(300) },
    { name: 'odd', title: 7, description: [], arguments: [null, { name: 3 }, { name: 'kept' }] },
    { name: 'plain', arguments: 'none' },
  ],
};
const RESOURCES = {
  good: [{ uri: 'mem://a', name: 'a', mimeType: 'text/plain' }],
  hostile: [
    7,
    { name: 'no uri' },
    { uri: 'mem://\u202e' },
    { uri: 'x'.repeat(9000) },
    { uri: 'mem://kept', name: 5 },
  ],
};
const MESSAGES = {
  good: [
    { role: 'user', content: { type: 'text', text: 'Review it' } },
    { role: 'assistant', content: { type: 'image', data: 'AAEC', mimeType: 'image/png' } },
  ],
  hostile: [
    null,
    { role: 'user' },
    { role: 'system', content: { type: 'text', text: 'who am I' } },
    { role: 'user', content: { type: 'hologram', size: 3 } },
    {
      role: 'user',
      content: { type: 'resource', resource: { uri: 'mem://a', text: 'inside' } },
    },
    { role: 'user', content: { type: 'image', data: 5 } },
  ],
};

const page = (key, items, cursor) =>
  mode === 'endless'
    ? { [key]: items, nextCursor: String(Number(cursor ?? 0) + 1) }
    : mode === 'circle'
      ? { [key]: items, nextCursor: 'same' }
      : cursor === undefined
        ? { [key]: items.slice(0, 1), nextCursor: 'rest' }
        : { [key]: items.slice(1) };
const of = (table) => table[mode] ?? table.good;

function answer({ method, params }) {
  switch (method) {
    case 'initialize':
      return {
        protocolVersion: params.protocolVersion,
        capabilities:
          mode === 'bare'
            ? { tools: {} }
            : {
                tools: { listChanged: true },
                prompts: {},
                resources: {},
                completions: {},
                logging: {},
              },
        serverInfo: { name: 'live', version: '1' },
      };
    case 'tools/list':
      stats.lists += 1;
      if (broken === 'error') throw refusal(-32603, 'no list today');
      if (broken === 'hang') return undefined;
      return { tools };
    case 'tools/call':
      return call(params);
    case 'ping':
      return {};
    case 'logging/setLevel':
      stats.level = params.level;
      return {};
    case 'prompts/list':
      return page('prompts', of(PROMPTS), params?.cursor);
    case 'prompts/get':
      if (params.name === 'hang') return undefined;
      if (params.name === 'unknown') throw refusal(-32602, 'no \u001b[31msuch prompt');
      return { description: 'd', messages: of(MESSAGES), asked: params.arguments };
    case 'resources/list':
      return page('resources', of(RESOURCES), params?.cursor);
    case 'resources/templates/list':
      if (argument === 'no-templates') throw refusal(-32601, 'Method not found');
      return { resourceTemplates: [{ uriTemplate: 'mem://{name}', name: 'any' }] };
    case 'resources/read':
      return mode === 'hostile'
        ? { contents: [null, { uri: 5, text: 'odd' }, { uri: 'mem://b', blob: 'AAEC' }] }
        : { contents: [{ uri: params.uri, mimeType: 'text/plain', text: 'content' }] };
    case 'completion/complete':
      return mode === 'hostile'
        ? { completion: { values: ['good', 7, null, ...Array(200).fill('more')] } }
        : { completion: { values: [JSON.stringify(params)], total: 1 } };
    default:
      throw refusal(-32601, 'Method not found');
  }
}

function call({ name, arguments: args }) {
  const changed = () => notify('notifications/tools/list_changed');
  switch (name) {
    case 'add':
      for (const one of args.names) {
        tools.push(tool(one));
        changed();
      }
      return text('added');
    case 'remove':
      tools = tools.filter(({ name: old }) => old !== args.name);
      changed();
      return text('removed');
    case 'describe':
      tools = tools.map((old) => (old.name === args.name ? tool(args.name, args.text) : old));
      changed();
      return text('described');
    case 'storm':
      for (let n = 0; n < args.times; n += 1) changed();
      return text('stormed');
    case 'break':
      broken = args.how;
      changed();
      return text('broken');
    case 'other':
      notify('notifications/prompts/list_changed');
      notify('notifications/resources/list_changed');
      return text('told');
    case 'log':
      for (let n = 0; n < args.times; n += 1) {
        notify('notifications/message', {
          level: 'info',
          logger: 'live',
          data: args.data ?? `line ${n}`,
        });
      }
      return text('logged');
    case 'stderr':
      process.stderr.write(args.text);
      return text('written');
    case 'die':
      return process.exit(7);
    case 'stats':
      return text(JSON.stringify(stats));
    default:
      return text(JSON.stringify(args));
  }
}

if (mode === 'dies') setTimeout(() => process.exit(3), Number(argument));
createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line);
  if (message.method === 'notifications/cancelled') stats.cancelled += 1;
  if (message.id === undefined) return;
  try {
    const result = answer(message);
    if (result !== undefined) send({ id: message.id, result });
    // Changed before anybody can listen: in the same breath as the first list.
    if (mode === 'late' && message.method === 'tools/list' && stats.lists === 1) {
      tools.push(tool('late'));
      notify('notifications/tools/list_changed');
    }
  } catch (error) {
    send({ id: message.id, error: { code: error.code, message: error.message } });
  }
});
