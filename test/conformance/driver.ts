/**
 * What the conformance suites run as their client: the program's own connection, as `ostler` makes it
 * with its default settings, with a person who says yes to everything. The suite appends the
 * server's URL to the command and gives the rest in the environment.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { RemoteServer } from '../../src/config/types.js';
import { toErrorInfo } from '../../src/core/errors.js';
import type { JsonObject } from '../../src/core/json.js';
import { startServer } from '../../src/mcp/start.js';
import type { Connection } from '../../src/mcp/types.js';
import { contextOf, oauthOf, type Context } from './oauth-settings.js';
import { createPerson } from './person.js';
import { sampleArguments } from './samples.js';

const url = process.argv.at(-1) ?? '';
const scenario = process.env['MCP_CONFORMANCE_SCENARIO'] ?? '';
const context = contextOf(process.env['MCP_CONFORMANCE_CONTEXT']);
/** Under the suite's own limit of 30 seconds. */
const signal = AbortSignal.timeout(25_000);

const server: RemoteServer = {
  id: 'suite',
  origin: { layer: 'flag', where: 'conformance' },
  transport: 'http',
  fallback: true,
  url,
  headers: [],
  insecure: false,
  protocol: 'auto',
  connectTimeoutMs: 20_000,
  callTimeoutMs: 20_000,
  filter: {},
  required: true,
  disabled: false,
  autoApprove: [],
  oauth: oauthOf(scenario, context),
};

/** Everything a server offers is asked for once, in the order of the lists. */
async function useAll(connection: Connection, { toolCalls }: Context): Promise<void> {
  const calls = toolCalls ?? connection.tools.map((tool) => sampleCall(tool.name, connection));
  for (const { name, arguments: args } of calls) await connection.call(name, args, { signal });
  if (connection.info.offers.resources) {
    for (const { uri, template } of await connection.listResources(signal)) {
      if (!template) await connection.readResource(uri, signal);
    }
  }
  if (connection.info.offers.prompts) {
    for (const { name, arguments: parameters } of await connection.listPrompts(signal)) {
      const args = Object.fromEntries(parameters.map((parameter) => [parameter.name, 'sample']));
      await connection.getPrompt(name, args, signal);
    }
  }
}

function sampleCall(name: string, { tools }: Connection): { name: string; arguments: JsonObject } {
  const tool = tools.find((one) => one.name === name);
  const args = sampleArguments(tool?.inputSchema ?? {});
  // json-schema-2020-12-preservation: this tool says whether another tool's schema came through whole.
  const other = tools.find((one) => one.name === 'json_schema_2020_12_tool');
  if (name === 'json_schema_echo' && other !== undefined) {
    args['schema'] = other.inputSchema as JsonObject;
  }
  return { name, arguments: args };
}

async function main(): Promise<void> {
  const home = await mkdtemp(path.join(tmpdir(), 'ostler-conformance-'));
  const env = { ...process.env, OSTLER_HOME: home, OSTLER_NO_KEYCHAIN: '1' };
  const onWarning = (message: string) => process.stderr.write(`${message}\n`);
  try {
    const ports = createPerson(env);
    const connection = await startServer(server, { env, ports, onWarning })({ signal });
    connection.onNotice(() => {});
    try {
      await useAll(connection, context);
    } finally {
      await connection.close();
    }
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

try {
  await main();
} catch (error) {
  const { code, message } = toErrorInfo(error);
  process.stderr.write(`${code}: ${message}\n`);
  process.exitCode = 1;
}
// Nothing that is left running may keep the suite waiting.
process.exit();
