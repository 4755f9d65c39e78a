// A stdio server of the 2025-11-25 revision that asks whatever its tools are told to ask: `ask` takes
// method and params, `asks` the same `times` over, all at once.
import { createInterface } from 'node:readline';

const waiting = new Map();
const calls = [];
const done = new Set();
let nextId = 1;

const send = (message) =>
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const text = (value) => ({ content: [{ type: 'text', text: JSON.stringify(value) }] });

function ask(method, params) {
  const id = `q${nextId++}`;
  send({ id, method, params });
  return new Promise((resolve) => {
    waiting.set(id, resolve);
  });
}

const tools = {
  ask: async ({ method, params }) => text(await ask(method, params)),
  asks: async ({ method, params, times }) =>
    text(await Promise.all(Array.from({ length: times }, () => ask(method, params)))),
  one_after_another: async ({ method, params, times }) => {
    const answers = [];
    for (let i = 0; i < times; i += 1) answers.push(await ask(method, params));
    return text(answers);
  },
  take_back: async ({ method, params }) => {
    const answer = ask(method, params);
    const requestId = `q${nextId - 1}`;
    setTimeout(() => send({ method: 'notifications/cancelled', params: { requestId } }), 200);
    return text(await Promise.race([answer, new Promise((done) => setTimeout(done, 600, 'none'))]));
  },
  // Refuses until a while after the page was offered, and tells when it is enough.
  login: ({ id, url }) => {
    calls.push(id);
    if (done.has(id)) return text(`logged in at call ${calls.length}`);
    if (calls.length === 1) {
      setTimeout(() => {
        done.add(id);
        for (const elicitationId of ['unknown', id]) {
          send({ method: 'notifications/elicitation/complete', params: { elicitationId } });
        }
      }, 400);
    }
    const elicitations = [{ mode: 'url', message: 'Log in', url, elicitationId: id }];
    throw Object.assign(new Error('Log in first'), { code: -32042, data: { elicitations } });
  },
};

const answers = {
  initialize: ({ protocolVersion, capabilities }) => {
    tools.declared = () => text(capabilities);
    return {
      protocolVersion,
      capabilities: { tools: {} },
      serverInfo: { name: 'asking', version: '1.0.0' },
    };
  },
  ping: () => ({}),
  'tools/list': () => ({
    tools: Object.keys(tools).map((name) => ({ name, inputSchema: { type: 'object' } })),
  }),
  'tools/call': ({ name, arguments: args }) => tools[name](args ?? {}),
};

createInterface({ input: process.stdin }).on('line', async (line) => {
  const { id, method, params, result, error } = JSON.parse(line);
  if (method === undefined) return waiting.get(id)?.(error ?? result);
  if (id === undefined) return;
  try {
    if (answers[method] === undefined) throw Object.assign(new Error('none'), { code: -32601 });
    send({ id, result: await answers[method](params ?? {}) });
  } catch (failure) {
    const { code = -32603, message = 'failed', data } = failure;
    send({ id, error: { code, message, data } });
  }
});
process.stdin.on('end', () => process.exit(0));
