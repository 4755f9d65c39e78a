import type { ToolFilter } from '../config/types.js';
import { OstlerError } from '../core/errors.js';
import { matchesGlob } from '../core/glob.js';
import { isRecord, type JsonObject } from '../core/json.js';
import { toTerminalLine } from '../core/terminal-text.js';
import { headerFault } from './header-params.js';
import { shown } from './shown.js';
import type { ServerTool } from './types.js';

const MAX_PAGES = 1000;
const MAX_TOOLS = 10_000;
const MAX_NAME_CHARS = 256;
/** Characters of a tool's JSON schema. */
const MAX_SCHEMA_CHARS = 256 * 1024;
const MAX_SCHEMA_DEPTH = 64;
/** Skipped tools that are named one by one. */
const MAX_NAMED = 5;

/** One page of `tools/list`, as it came. */
export interface ToolPage {
  tools: readonly unknown[];
  nextCursor: string | undefined;
}

export interface ToolListOptions {
  server: string;
  filter: ToolFilter;
  /** True where calls carry `x-mcp-header` parameters: a tool that declares them wrongly is left out. */
  headers: boolean;
  onWarning: (message: string) => void;
}

/**
 * All pages of `tools/list` (server/tools#listing-tools). Endless pagination is an error; a tool
 * that is malformed is skipped with a warning and never takes the others with it.
 */
export async function collectTools(
  fetchPage: (cursor: string | undefined) => Promise<ToolPage>,
  options: ToolListOptions,
): Promise<ServerTool[]> {
  const tools: ServerTool[] = [];
  const skipped: string[] = [];
  const seen = new Set<string>();
  let count = 0;
  let cursor: string | undefined;
  do {
    const page = await fetchPage(cursor);
    count += page.tools.length;
    cursor = page.nextCursor;
    if (count > MAX_TOOLS) throw endless(options.server, `more than ${MAX_TOOLS} tools`);
    if (cursor !== undefined && seen.has(cursor))
      throw endless(options.server, 'the same page twice');
    if (cursor !== undefined) seen.add(cursor);
    if (seen.size >= MAX_PAGES) throw endless(options.server, `more than ${MAX_PAGES} pages`);
    for (const raw of page.tools) {
      const fault = faultOf(raw, options.headers);
      if (fault === undefined && isNamed(raw)) tools.push(toServerTool(raw));
      else skipped.push(`${nameOf(raw)} (${fault})`);
    }
  } while (cursor !== undefined);
  if (skipped.length > 0) options.onWarning(skippedMessage(options.server, skipped));
  return tools.filter(({ name }) => isOffered(name, options.filter));
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
  const { name, title, description, inputSchema, outputSchema, annotations } = raw;
  return {
    name,
    ...(typeof title === 'string' ? { title } : {}),
    ...(typeof description === 'string' ? { description } : {}),
    inputSchema: isRecord(inputSchema) ? inputSchema : { type: 'object' },
    ...(isRecord(outputSchema) && !isTooLarge(outputSchema) ? { outputSchema } : {}),
    ...(isRecord(annotations) ? { annotations: annotations as JsonObject } : {}),
  };
}

function nameOf(raw: unknown): string {
  const name = isRecord(raw) && typeof raw['name'] === 'string' ? raw['name'] : '?';
  return shown(name, 60);
}

function skippedMessage(server: string, skipped: readonly string[]): string {
  const more = skipped.length - MAX_NAMED;
  const named = skipped.slice(0, MAX_NAMED).join(', ');
  return `${server}: ${skipped.length} tool(s) left out: ${named}${more > 0 ? ` and ${more} more` : ''}`;
}

function endless(server: string, what: string): OstlerError {
  return new OstlerError('protocol_error', `${server}: tools/list does not end (${what}).`, {
    server,
  });
}
