import { toTerminalLine } from '../core/terminal-text.js';
import type { Fields } from './fields.js';
import { nearest } from '../core/nearest.js';

/** What a server entry is, by its keys alone. */
export type ServerKind =
  | { kind: 'stdio' }
  /** `transport` is undefined when the URL has to decide. */
  | { kind: 'remote'; transport: 'sse' | 'http' | undefined }
  /** mcphost's first form: the program "sse_server" with a URL and perhaps a token as arguments. */
  | { kind: 'sse-command' }
  /** Something else than an MCP server, left out with a warning. */
  | { kind: 'skip'; why: string }
  | { kind: 'refuse'; at: string; why: string; hint?: string };

const SPELLINGS: Readonly<Record<string, 'stdio' | 'sse' | 'http' | 'url' | 'builtin' | 'skip'>> = {
  stdio: 'stdio',
  local: 'stdio',
  sse: 'sse',
  http: 'http',
  streamable: 'http',
  streamablehttp: 'http',
  remote: 'url',
  builtin: 'builtin',
  inprocess: 'builtin',
  reversemcp: 'skip',
  a2a: 'skip',
};

/** Accepted values of `type`, as they are suggested. */
const KNOWN = ['stdio', 'sse', 'http', 'streamable-http', 'local', 'remote'];

const BUILTIN_HINT =
  'Run a server for it: e.g. command: npx, args: [-y, "@modelcontextprotocol/server-filesystem", "."]';

/** Decides from `type`, `transport` and the keys that are there. The entry's values are not expanded yet. */
export function kindOf(fields: Fields): ServerKind {
  const spelled = fields.has('transport') ? 'transport' : 'type';
  const type = fields.get(spelled)?.value;
  if (typeof type === 'string') return kindOfType(type, spelled, fields);
  if (fields.has('command')) return kindOfCommand(fields);
  if (fields.has('httpUrl')) return { kind: 'remote', transport: 'http' };
  if (fields.has('url', 'serverUrl')) return { kind: 'remote', transport: undefined };
  if (fields.has('endpoint')) {
    return { kind: 'skip', why: 'an endpoint without a type is an A2A agent, no MCP server' };
  }
  return { kind: 'refuse', at: '', why: 'needs a command (stdio) or a url' };
}

function kindOfType(type: string, at: string, fields: Fields): ServerKind {
  const known = SPELLINGS[type.toLowerCase().replace(/[-_\s]/g, '')];
  const shown = JSON.stringify(toTerminalLine(type.slice(0, 40)));
  if (known === undefined) {
    const near = nearest(type, KNOWN);
    const meant = near === undefined ? `; it is stdio, sse or http` : `; did you mean "${near}"?`;
    return { kind: 'refuse', at, why: `unknown type ${shown}${meant}` };
  }
  if (known === 'skip')
    return { kind: 'skip', why: `type ${shown} is no MCP server to connect to` };
  if (known === 'builtin') {
    const why = `type ${shown}: ostler has no built-in servers`;
    return { kind: 'refuse', at, why, hint: BUILTIN_HINT };
  }
  if (known === 'stdio') {
    if (fields.has('command')) return { kind: 'stdio' };
    return { kind: 'refuse', at, why: `type ${shown} needs a command` };
  }
  if (!fields.has('url', 'httpUrl', 'serverUrl', 'endpoint')) {
    return { kind: 'refuse', at, why: `type ${shown} needs a url` };
  }
  return { kind: 'remote', transport: known === 'url' ? undefined : known };
}

function kindOfCommand(fields: Fields): ServerKind {
  if (fields.has('url', 'httpUrl', 'serverUrl', 'endpoint')) {
    const why = 'has a command and a url: say which by type: stdio, sse or http';
    return { kind: 'refuse', at: '', why };
  }
  return fields.get('command')?.value === 'sse_server'
    ? { kind: 'sse-command' }
    : { kind: 'stdio' };
}
