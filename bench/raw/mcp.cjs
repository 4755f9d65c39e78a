/** MCP spoken by hand on node's built-ins: the client side of the raw floors. No check, no error handling. */
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

/** The handshake with one server of a config. */
async function open(definition) {
  const dial = definition.command ? stdio : definition.type === 'sse' ? sse : streamable;
  const { rpc, ready, close } = dial(definition);
  await ready;
  await rpc.request('initialize', CLIENT);
  rpc.notify('notifications/initialized');
  return { rpc, close };
}

module.exports = { lines, open, request };
