/**
 * The floor of `tools` and `call`: one server, its tools or one call, by hand.
 * Usage: look.cjs SERVER [TOOL ARGUMENTS], server and arguments as JSON
 */
const fs = process.getBuiltinModule('node:fs');
const { open } = require('./mcp.cjs');

async function main() {
  const [server, name, args] = process.argv.slice(2);
  const { rpc, close } = await open(JSON.parse(server));
  if (name === undefined) {
    const { tools } = await rpc.request('tools/list', {});
    fs.writeSync(1, tools.map((tool) => `${tool.name}\n`).join(''));
  } else {
    const result = await rpc.request('tools/call', { name, arguments: JSON.parse(args) });
    fs.writeSync(1, `${result.content[0].text}\n`);
  }
  close();
  process.exit(0);
}

void main();
