// A hand-written MCP server over stdio that misbehaves as asked: node stdio.mjs MODE [ARGUMENT]
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const [mode = 'good', argument = ''] = process.argv.slice(2);
const send = (message) =>
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);

const tool = (name, inputSchema = { type: 'object' }) => ({ name, description: name, inputSchema });

const LISTS = {
  // Page, cursor by cursor.
  endless: (cursor) => ({ tools: [tool(`t${cursor}`)], nextCursor: String(Number(cursor) + 1) }),
  circle: () => ({ tools: [tool('t')], nextCursor: 'same' }),
  pages: (cursor) =>
    cursor === 0
      ? { tools: [tool('first')], nextCursor: '1' }
      : { tools: [tool('second')], nextCursor: null },
  many: () => ({
    tools: Array.from({ length: Number(argument) }, (_, n) => tool(`tool_${n}`, manySchema)),
  }),
  hostile: () => ({
    tools: [
      tool('good'),
      { name: 'no_schema' },
      { name: 7, inputSchema: {} },
      { name: '', inputSchema: {} },
      { name: 'evil\u001b[2J', inputSchema: { type: 'object' } },
      { name: 'array_schema', inputSchema: [] },
      { name: 'huge', inputSchema: { type: 'object', description: 'x'.repeat(300_000) } },
      null,
    ],
  }),
};
const manySchema = {
  type: 'object',
  properties: {
    query: { type: 'string', description: 'What to look for' },
    limit: { type: 'integer' },
  },
  required: ['query'],
};

function answer({ id, method, params }) {
  if (method === 'initialize') {
    if (mode === 'modern-only') {
      const data = { supported: ['2026-07-28'], requested: params.protocolVersion };
      return send({ id, error: { code: -32022, message: 'unsupported', data } });
    }
    return send({
      id,
      result: {
        protocolVersion:
          mode === 'old' ? '2024-11-05' : mode === 'future' ? '2099-01-01' : params.protocolVersion,
        capabilities: mode === 'no-tools' ? {} : { tools: {} },
        serverInfo: { name: 'stdio', version: '1' },
      },
    });
  }
  if (method === 'tools/list') {
    const list = LISTS[mode] ?? (() => ({ tools: [tool('echo'), tool('env'), tool('die')] }));
    return send({ id, result: list(Number(params?.cursor ?? 0) || 0) });
  }
  if (method === 'tools/call') return call(id, params);
  if (id !== undefined) send({ id, error: { code: -32601, message: 'Method not found' } });
  return undefined;
}

const text = (value) => ({ content: [{ type: 'text', text: value }] });

function call(id, { name, arguments: args, _meta }) {
  if (name === 'die') {
    console.error('dying now');
    process.exit(7);
  }
  if (name === 'hang') return undefined;
  if (name === 'env') return send({ id, result: text(JSON.stringify(process.env)) });
  if (name === 'raw') return send({ id, result: args.result });
  if (name === 'refuse') return send({ id, error: { code: -32602, message: 'bad arguments' } });
  if (name === 'cancelled') return send({ id, result: text(JSON.stringify(cancelled)) });
  if (name === 'progress') {
    let count = 0;
    const timer = setInterval(() => {
      count += 1;
      send({
        method: 'notifications/progress',
        params: { progressToken: _meta.progressToken, progress: count },
      });
      if (count < args.times) return;
      clearInterval(timer);
      send({ id, result: text('done') });
    }, args.every);
    return undefined;
  }
  return send({ id, result: text(JSON.stringify(args)) });
}

const cancelled = [];
const grandchild = () => {
  const child = spawn(
    process.execPath,
    ['-e', 'process.on("SIGTERM",()=>{});setInterval(()=>{},1000)'],
    {
      stdio: 'ignore',
    },
  );
  console.error(`grandchild ${child.pid}`);
  return child.pid;
};

if (mode === 'exit') {
  console.error('first line\n\u001b[31mthe reason');
  process.exit(Number(argument));
}
if (mode === 'chatty') {
  // More than a pipe holds, before anything else: who does not read it hangs.
  process.stderr.write('x'.repeat(1024 * 1024));
}
if (mode === 'noise') process.stdout.write('Server ready!\n\u001b[1mhello\n');
if (mode === 'giant') process.stdout.write('x'.repeat(11 * 1024 * 1024));
if (mode === 'stubborn') {
  process.on('SIGTERM', () => {});
  setInterval(() => {}, 1000);
  const pid = grandchild();
  LISTS.stubborn = () => ({ tools: [tool(`pid_${process.pid}`), tool(`pid_${pid}`)] });
}
if (mode === 'closes-stdout') {
  setInterval(() => {}, 1000);
  process.stdout.end();
} else if (mode === 'silent') {
  setInterval(() => {}, 1000);
} else {
  createInterface({ input: process.stdin }).on('line', (line) => {
    const message = JSON.parse(line);
    if (message.method === 'notifications/cancelled') cancelled.push(message.params);
    else answer(message);
  });
}
