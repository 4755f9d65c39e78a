import type { ToolFilter } from '../config/types.js';
import { MAX_TIMER_MS } from '../core/clock.js';
import { matchesGlob } from '../core/glob.js';
import { isRecord, type JsonObject } from '../core/json.js';
import { toTerminalLine } from '../core/terminal-text.js';
import { headerFault } from './header-params.js';
import type { Link } from './link.js';
import { walkPages } from './pages.js';
import { keepRaw } from './raw-of.js';
import { nameOf, skippedMessage } from './skipped.js';
import type { ServerTool } from './types.js';

const MAX_NAME_CHARS = 256;
/** Characters of a tool's JSON schema. */
const MAX_SCHEMA_CHARS = 256 * 1024;
const MAX_SCHEMA_DEPTH = 64;

export interface ToolListOptions {
  server: string;
  filter: ToolFilter;
  /** True where calls carry `x-mcp-header` parameters: a tool that declares them wrongly is left out. */
  headers: boolean;
  onWarning: (message: string) => void;
}

/** The tools of a server, within the time its connection may take; none when it declares none. */
export function listTools(
  { server, client, ask }: Link,
  signal: AbortSignal,
  onWarning: (message: string) => void,
): Promise<ServerTool[]> {
  if (client.getServerCapabilities()?.tools === undefined) return Promise.resolve([]);
  const timeout = Math.min(MAX_TIMER_MS, server.connectTimeoutMs + 1000);
  const fetchPage = (cursor: string | undefined) =>
    ask('tools/list', cursor === undefined ? {} : { cursor }, { signal, timeout });
  return collectTools(fetchPage, {
    server: server.id,
    filter: server.filter,
    headers: server.transport === 'http' && client.getProtocolEra() === 'modern',
    onWarning,
  });
}

/**
 * All pages of `tools/list` (server/tools#listing-tools). Endless pagination is an error; a tool
 * that is malformed is skipped with a warning and never takes the others with it.
 */
export async function collectTools(
  fetchPage: (cursor: string | undefined) => Promise<Record<string, unknown>>,
  options: ToolListOptions,
): Promise<ServerTool[]> {
  const { server, filter, headers, onWarning } = options;
  const tools: ServerTool[] = [];
  const skipped: string[] = [];
  const onItem = (raw: unknown) => {
    const fault = faultOf(raw, headers);
    if (fault === undefined && isNamed(raw)) tools.push(keepRaw(toServerTool(raw), raw));
    else skipped.push(`${nameOf(raw)} (${fault})`);
  };
  await walkPages(fetchPage, { server, method: 'tools/list', key: 'tools', onItem });
  if (skipped.length > 0) onWarning(skippedMessage(server, 'tool(s)', skipped));
  return tools.filter(({ name }) => isOffered(name, filter));
}

/** By exact names or globs; deny wins. */
export function isOffered(name: string, { allow, deny }: ToolFilter): boolean {
  const named = (patterns: readonly string[]) =>
    patterns.some((pattern) => pattern === name || matchesGlob(pattern, name));
  return (allow === undefined || named(allow)) && !(deny !== undefined && named(deny));
}

interface RawTool extends Record<string, unknown> {
  name: string;
}

function isNamed(raw: unknown): raw is RawTool {
  return isRecord(raw) && typeof raw['name'] === 'string';
}

function faultOf(raw: unknown, headers: boolean): string | undefined {
  if (!isRecord(raw)) return 'it is no object';
  const { name, inputSchema = {} } = raw;
  if (typeof name !== 'string' || name === '') return 'it has no name';
  if (name.length > MAX_NAME_CHARS) return `its name is longer than ${MAX_NAME_CHARS} characters`;
  if (toTerminalLine(name) !== name) return 'its name has control or invisible characters';
  if (!isRecord(inputSchema)) return 'its inputSchema is no object';
  if (isTooLarge(inputSchema)) return 'its inputSchema is larger than 256 KiB or too deep';
  return headers ? headerFault(inputSchema) : undefined;
}

function isTooLarge(schema: object): boolean {
  return charsLeft(schema, MAX_SCHEMA_CHARS, 0) < 0;
}

/** What is left of a budget of characters after this value; negative as soon as it is over, or nested too deeply. */
function charsLeft(value: unknown, budget: number, depth: number): number {
  if (depth > MAX_SCHEMA_DEPTH) return -1;
  if (typeof value === 'string') return budget - value.length - 2;
  if (typeof value !== 'object' || value === null) return budget - 5;
  let left = budget - 2;
  for (const key of Object.keys(value)) {
    const item = (value as Record<string, unknown>)[key];
    left = charsLeft(item, left - key.length - 4, depth + 1);
    if (left < 0) return left;
  }
  return left;
}

/** Fields of the wrong type are left out; the tool stays. */
function toServerTool(raw: RawTool): ServerTool {
  const { name, title, description, inputSchema, outputSchema, annotations, execution } = raw;
  const support = isRecord(execution) ? execution['taskSupport'] : undefined;
  return {
    name,
    ...(typeof title === 'string' ? { title } : {}),
    ...(typeof description === 'string' ? { description } : {}),
    inputSchema: isRecord(inputSchema) ? inputSchema : { type: 'object' },
    ...(isRecord(outputSchema) && !isTooLarge(outputSchema) ? { outputSchema } : {}),
    ...(isRecord(annotations) ? { annotations: annotations as JsonObject } : {}),
    ...(support === 'required' || support === 'optional' || support === 'forbidden'
      ? { taskSupport: support }
      : {}),
  };
}
