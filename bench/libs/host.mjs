/**
 * The second floor: the same job as ../raw/host.cjs with the libraries of this program, used as their
 * read-mes show, not bundled. Usage: host.mjs CONFIG OLLAMA_URL MODEL PROMPT
 */
import { readFileSync } from 'node:fs';
import { Ollama } from 'ollama';
import { open } from './client.mjs';

const [configFile, host, model, prompt] = process.argv.slice(2);
const { mcpServers } = JSON.parse(readFileSync(configFile, 'utf8'));

async function connect(definition) {
  const client = await open(definition);
  const { tools } = await client.listTools();
  return { client, tools };
}

const servers = await Promise.all(Object.values(mcpServers).map(connect));
const owners = new Map();
const tools = [];
for (const [index, { client, tools: listed }] of servers.entries()) {
  for (const { name, description, inputSchema } of listed) {
    const alias = `s${index}__${name}`;
    owners.set(alias, { client, name });
    tools.push({
      type: 'function',
      function: { name: alias, description, parameters: inputSchema },
    });
  }
}

const ollama = new Ollama({ host });
const messages = [{ role: 'user', content: prompt }];
for (;;) {
  const calls = [];
  for await (const { message } of await ollama.chat({ model, messages, tools, stream: true })) {
    if (message.content) process.stdout.write(message.content);
    if (message.tool_calls) calls.push(...message.tool_calls);
  }
  if (calls.length === 0) break;
  messages.push({ role: 'assistant', content: '', tool_calls: calls });
  for (const { id, function: call } of calls) {
    const { client, name } = owners.get(call.name);
    const result = await client.callTool({ name, arguments: call.arguments });
    messages.push({
      role: 'tool',
      content: result.content[0].text,
      tool_name: call.name,
      tool_call_id: id,
    });
  }
}
process.stdout.write('\n');
await Promise.all(servers.map(({ client }) => client.close()));
