import type { ServerDefinition } from '../../config/types.js';
import { estimateTokens } from '../../model/context-budget.js';
import { now } from '../../core/clock.js';
import { OstlerError, toErrorInfo } from '../../core/errors.js';
import type { JsonObject } from '../../core/json.js';
import { deadline } from '../../core/wait.js';
import type { Handshake } from '../../mcp/connection.js';
import type { Connection } from '../../mcp/types.js';
import type { Ladder } from './ladder.js';

/** What a server says of itself, told when the handshake is done; the steps below it are known then. */
export function tellHandshake(
  ladder: Ladder,
  { info, capabilities }: Handshake,
  { ms, details = [] }: { ms: number; details?: readonly string[] },
): void {
  const { serverName, serverVersion, protocolVersion, era, instructions } = info;
  const name = [serverName ?? 'a server without a name', serverVersion].filter(Boolean).join(' ');
  const words = era === 'modern' ? 'stateless' : 'with initialize';
  ladder.ok('handshake', {
    text: `${name}, protocol ${protocolVersion} (${words})`,
    details: [
      ...details,
      ...(instructions === undefined ? [] : [`instructions: ${instructions.length} characters`]),
    ],
    ms,
    data: {
      server_name: serverName ?? null,
      server_version: serverVersion ?? null,
      protocol_version: protocolVersion,
      era,
      instructions: instructions?.length ?? 0,
    },
  });
  tellCapabilities(ladder, capabilities);
  ladder.start('lists');
}

function tellCapabilities(ladder: Ladder, capabilities: Handshake['capabilities']): void {
  const names = Object.keys(capabilities).filter((name) => capabilities[name] !== undefined);
  const words = names.map((name) => {
    const value = capabilities[name];
    const flags = Object.entries(typeof value === 'object' && value !== null ? value : {})
      .filter(([, on]) => on === true)
      .map(([flag]) => flag);
    return flags.length === 0 ? name : `${name} (${flags.join(', ')})`;
  });
  const found = {
    text: words.length === 0 ? 'none' : words.join(', '),
    data: { names },
  };
  if (words.length > 0) ladder.ok('capabilities', found);
  else ladder.warn('capabilities', { ...found, details: ['such a server offers nothing'] });
}

export interface Speaking {
  server: ServerDefinition;
  connection: Connection;
  /** Oddities so far: skipped tools, noise. Grows while lists are read. */
  oddities: readonly string[];
  /** When the handshake was done, of `now()`. */
  since: number;
}

/** What the server offers, and one request that changes nothing. */
export async function climbOffers(ladder: Ladder, speaking: Speaking): Promise<void> {
  await climbLists(ladder, speaking);
  const { connection, server } = speaking;
  ladder.start('request');
  const method = connection.info.era === 'modern' ? 'server/discover' : 'ping';
  const startedAt = now();
  const data = { method };
  try {
    const ms = await within(server, ladder.signal, (signal) => connection.ping(signal));
    ladder.ok('request', { text: `${method} answered`, ms, data });
  } catch (error) {
    if (ladder.signal.aborted || !(await isAnswer(error))) throw error;
    ladder.warn('request', {
      text: toErrorInfo(error).message,
      details: [`${method} has to be answered (basic/utilities/ping); it works otherwise`],
      ms: now() - startedAt,
      data,
    });
  }
}

/** An error response is an answer: the server is there, and understands. */
async function isAnswer(error: unknown): Promise<boolean> {
  const { ProtocolError } = await import('../../mcp/sdk.js');
  return error instanceof OstlerError && error.cause instanceof ProtocolError;
}

async function climbLists(ladder: Ladder, speaking: Speaking): Promise<void> {
  const { connection, server, oddities, since } = speaking;
  const { offers } = connection.info;
  const [resources, prompts] = await within(server, ladder.signal, (signal) =>
    Promise.all([
      offers.resources ? connection.listResources(signal) : [],
      offers.prompts ? connection.listPrompts(signal) : [],
    ]),
  );
  const templates = resources.filter(({ template }) => template).length;
  const counts = {
    tools: connection.tools.length,
    resources: resources.length - templates,
    templates,
    prompts: prompts.length,
  };
  const size = sizeOf(connection);
  const offered = [
    count(counts.tools, 'tool'),
    ...(offers.resources
      ? [count(counts.resources, 'resource'), count(templates, 'template')]
      : []),
    ...(offers.prompts ? [count(counts.prompts, 'prompt')] : []),
  ];
  const data: JsonObject = { ...counts, tool_bytes: size.bytes, tool_tokens: size.tokens };
  const found = {
    text: offered.join(', '),
    details: [
      ...(counts.tools === 0
        ? []
        : [`the tools take ${size.bytes} bytes, about ${size.tokens} tokens of the context`]),
      ...oddities,
    ],
    ms: now() - since,
    data,
  };
  if (oddities.length === 0) ladder.ok('lists', found);
  else ladder.warn('lists', found);
}

/** What a model is sent of the tools: names, descriptions, schemas. */
function sizeOf({ tools }: Connection): { bytes: number; tokens: number } {
  const text = tools.map(({ name, description, inputSchema }) =>
    JSON.stringify({ name, description, parameters: inputSchema }),
  );
  const all = text.join('');
  return { bytes: Buffer.byteLength(all), tokens: estimateTokens(all) };
}

function count(amount: number, word: string): string {
  return `${amount} ${word}${amount === 1 ? '' : 's'}`;
}

/** A request within the time that connecting has; a server that hangs now cannot be used. */
async function within<T>(
  server: ServerDefinition,
  parent: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = deadline(server.connectTimeoutMs, `${server.id}: the answer`, parent);
  try {
    return await work(limit.signal);
  } catch (error) {
    if (parent.aborted || !limit.signal.aborted) throw error;
    throw new OstlerError(
      'server_unreachable',
      `${server.id} does not answer within ${server.connectTimeoutMs / 1000} s.`,
      {
        server: server.id,
        cause: error,
        hint: 'Give it more time with --server-timeout, or connectTimeout: in the configuration.',
      },
    );
  } finally {
    limit.clear();
  }
}
