/**
 * The floor: a prompt, its tools, an answer, with the wire spoken by hand on node's built-ins.
 * No package, no check, no error handling. Usage: host.cjs CONFIG OLLAMA_URL MODEL PROMPT
 */
const fs = process.getBuiltinModule('node:fs');
const { lines, open, request } = require('./mcp.cjs');

const [configFile, ollama, model, prompt] = process.argv.slice(2);
const { mcpServers } = JSON.parse(fs.readFileSync(configFile, 'utf8'));
async function connect(definition) {
  const { rpc, close } = await open(definition);
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
