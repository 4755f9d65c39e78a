/**
 * The floor: a prompt, its tools, an answer, with the wire spoken by hand on node's built-ins.
 * No package, no check, no error handling. Usage: host.cjs CONFIG OLLAMA_URL MODEL PROMPT
 */
const fs = process.getBuiltinModule('node:fs');

const [configFile, ollama, model, prompt] = process.argv.slice(2);
const { mcpServers } = JSON.parse(fs.readFileSync(configFile, 'utf8'));
const CLIENT = {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'raw', version: '1' },
};

/** Calls `onText(line)` for every line of a byte stream, from indexOf over the chunk. */
function lines(stream, onText) {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk) => {
    const text = rest + chunk;
    let from = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', from)) {
      onText(text.slice(from, end));
      from = end + 1;
    }
    rest = text.slice(from);
  });
}

/** JSON-RPC over `write(message)`; give what comes back to `receive`. */
function peer(write) {
  const waiting = new Map();
  let lastId = 0;
  return {
    receive(message) {
      waiting.get(message.id)?.(message.result);
      waiting.delete(message.id);
    },
    notify: (method) => write({ jsonrpc: '2.0', method }),
    request: (method, params) =>
      new Promise((resolve) => {
        waiting.set(++lastId, resolve);
        write({ jsonrpc: '2.0', id: lastId, method, params });
      }),
  };
}

function stdio({ command, args }) {
  const { spawn } = process.getBuiltinModule('node:child_process');
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  const rpc = peer((message) => child.stdin.write(`${JSON.stringify(message)}\n`));
  lines(child.stdout, (line) => rpc.receive(JSON.parse(line)));
  return { rpc, ready: Promise.resolve(), close: () => child.kill('SIGKILL') };
}

function request(url, options, body) {
  const http = process.getBuiltinModule('node:http');
  return new Promise((resolve) => {
    http.request(url, options, resolve).end(body);
  });
}

function post(url, headers, message) {
  const type = { 'content-type': 'application/json' };
  const accept = { accept: 'application/json, text/event-stream' };
  const options = { method: 'POST', headers: { ...headers, ...type, ...accept } };
  return request(url, options, JSON.stringify(message));
}

function sse({ url, headers }) {
  let endpoint = url;
  let opened;
  const ready = new Promise((resolve) => (opened = resolve));
  const rpc = peer((message) => {
    void post(endpoint, headers, message).then((response) => response.resume());
  });
  const receive = (response) => {
    let event = '';
    lines(response, (line) => {
      if (line.startsWith('event: ')) event = line.slice(7);
      if (!line.startsWith('data: ')) return;
      if (event === 'message') return rpc.receive(JSON.parse(line.slice(6)));
      endpoint = new URL(line.slice(6), url);
      opened();
    });
  };
  void request(url, { headers: { ...headers, accept: 'text/event-stream' } }).then(receive);
  return { rpc, ready, close: () => {} };
}

function streamable({ url, headers }) {
  let session = {};
  const receive = (response) => {
    const id = response.headers['mcp-session-id'];
    if (id) session = { 'mcp-session-id': id };
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (chunk) => (text += chunk));
    response.on('end', () => text && rpc.receive(JSON.parse(text)));
  };
  const rpc = peer((message) => {
    void post(url, { ...headers, ...session }, message).then(receive);
  });
  return { rpc, ready: Promise.resolve(), close: () => {} };
}

async function connect(definition) {
  const open = definition.command ? stdio : definition.type === 'sse' ? sse : streamable;
  const { rpc, ready, close } = open(definition);
  await ready;
  await rpc.request('initialize', CLIENT);
  rpc.notify('notifications/initialized');
  const { tools } = await rpc.request('tools/list', {});
  return { rpc, tools, close };
}

/** One turn: text goes to stdout in one write a network chunk, tool calls are returned. */
async function chat(messages, tools) {
  const body = JSON.stringify({ model, messages, tools, stream: true, truncate: false });
  const options = { method: 'POST', headers: { 'content-type': 'application/json' } };
  const response = await request(`${ollama}/api/chat`, options, body);
  const calls = [];
  let pending = '';
  const flush = () => {
    if (pending) fs.writeSync(1, pending);
    pending = '';
  };
  lines(response, (line) => {
    const { message } = JSON.parse(line);
    pending += message.content;
    if (message.tool_calls) calls.push(...message.tool_calls);
  });
  response.on('data', flush);
  await new Promise((resolve) => response.on('end', resolve));
  return calls;
}

async function main() {
  const opening = Object.values(mcpServers).map(connect);
  process.getBuiltinModule('node:http');
  const servers = await Promise.all(opening);
  const owners = new Map();
  const tools = [];
  for (const [index, { rpc, tools: listed }] of servers.entries()) {
    for (const { name, description, inputSchema } of listed) {
      const alias = `s${index}__${name}`;
      owners.set(alias, { rpc, name });
      tools.push({
        type: 'function',
        function: { name: alias, description, parameters: inputSchema },
      });
    }
  }
  const messages = [{ role: 'user', content: prompt }];
  for (;;) {
    const calls = await chat(messages, tools);
    if (calls.length === 0) break;
    messages.push({ role: 'assistant', content: '', tool_calls: calls });
    for (const { id, function: call } of calls) {
      const { rpc, name } = owners.get(call.name);
      const result = await rpc.request('tools/call', { name, arguments: call.arguments });
      messages.push({
        role: 'tool',
        content: result.content[0].text,
        tool_name: call.name,
        tool_call_id: id,
      });
    }
  }
  fs.writeSync(1, '\n');
  for (const { close } of servers) close();
  process.exit(0);
}

void main();
