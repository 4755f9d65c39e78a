// A stdio server of the 2025-11-25 revision whose tasks outlive it: they are kept in the directory
// that is its argument. Every request is appended to `log` there.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import path from 'node:path';

const directory = process.argv[2];
const file = (name) => path.join(directory, name);
const send = (message) =>
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const failure = (code, message) => Object.assign(new Error(message), { code });
const text = (value) => ({ content: [{ type: 'text', text: value }] });
const read = (id) => {
  if (!existsSync(file(id))) throw failure(-32602, `Task not found: ${id}`);
  return JSON.parse(readFileSync(file(id), 'utf8'));
};
const shown = (id) => {
  const { looks, behaviour } = read(id);
  writeFileSync(file(id), JSON.stringify({ looks: looks + 1, behaviour }));
  const status = { done: 'completed', long: 'completed', fails: 'failed', cancelled: 'cancelled' }[
    behaviour
  ];
  const over = looks >= (behaviour === 'long' ? 8 : 2) && status !== undefined;
  return {
    taskId: id,
    status: over ? status : 'working',
    statusMessage: over ? 'over' : `look ${looks}`,
    ttl: null,
    pollInterval: 10,
    createdAt: new Date(0).toISOString(),
    lastUpdatedAt: new Date(0).toISOString(),
  };
};

const tool = (name, taskSupport) => ({
  name,
  inputSchema: { type: 'object' },
  ...(taskSupport === undefined ? {} : { execution: { taskSupport } }),
});

const answers = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {}, tasks: { cancel: {}, requests: { tools: { call: {} } } } },
    serverInfo: { name: 'tasks', version: '1.0.0' },
  }),
  ping: () => ({}),
  'tools/list': () => ({
    tools: [
      tool('must', 'required'),
      tool('may', 'optional'),
      tool('never', 'forbidden'),
      tool('die'),
    ],
  }),
  'tools/call': ({ name, arguments: args, task }) => {
    if (name === 'die') process.exit(1);
    if (task === undefined) return text('plain');
    const id = `task-${args.id}`;
    writeFileSync(file(id), JSON.stringify({ looks: 0, behaviour: args.behaviour }));
    return { task: shown(id) };
  },
  'tasks/get': ({ taskId }) => shown(taskId),
  'tasks/result': ({ taskId }) => {
    if (read(taskId).behaviour === 'fails') throw failure(-32603, 'nothing stored');
    return { ...text(`result of ${taskId}`), structuredContent: { taskId } };
  },
  'tasks/cancel': ({ taskId }) => {
    writeFileSync(file(taskId), JSON.stringify({ looks: 9, behaviour: 'cancelled' }));
    return shown(taskId);
  },
};

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  appendFileSync(
    file('log'),
    `${method} ${JSON.stringify(params?.task ?? params?.taskId ?? null)}\n`,
  );
  if (id === undefined) return;
  try {
    if (answers[method] === undefined) throw failure(-32601, 'Method not found');
    send({ id, result: answers[method](params ?? {}) });
  } catch ({ code, message }) {
    send({ id, error: { code, message } });
  }
});
process.stdin.on('end', () => process.exit(0));
