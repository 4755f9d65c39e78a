/** The job of ../raw/look.cjs with the SDK, not bundled. Usage: look.mjs SERVER [TOOL ARGUMENTS] */
import { open } from './client.mjs';

const [server, name, args] = process.argv.slice(2);
const client = await open(JSON.parse(server));
if (name === undefined) {
  const { tools } = await client.listTools();
  process.stdout.write(tools.map((tool) => `${tool.name}\n`).join(''));
} else {
  const result = await client.callTool({ name, arguments: JSON.parse(args) });
  process.stdout.write(`${result.content[0].text}\n`);
}
await client.close();
