import type { ServerDefinition } from '../config/types.js';
import type { ServerTool } from '../mcp/types.js';
import { canonicalJson } from '../core/canonical-json.js';

/** A yes that holds for more than one call: for one tool as it was, or for all of a server's. */
export interface Rule {
  id: string;
  /** The configured id, for people. */
  server: string;
  /** `identityOf` of the server. */
  identity: string;
  /** Exact tool names and their `pinOf`; what is not in it, or not as it was, is not covered. */
  pins: ReadonlyMap<string, string>;
  /** Given for all tools of the server. */
  all: boolean;
  scope: 'session' | 'always';
  /** ISO 8601. */
  since: string;
}

/** A tool as it is now. */
export interface Subject {
  server: string;
  identity: string;
  tool: string;
  pin: string;
  /** Its server declares it destructive: no rule of `always` counts. */
  destructive: boolean;
}

/**
 * SHA-256 (hex) of what a server is: the command line and its directory, or the URL's origin and
 * path. Headers, variables and the query stay out of it: they hold secrets, which change.
 */
export function identityOf(server: ServerDefinition): string {
  if (server.transport === 'stdio') {
    const { transport, command, args, cwd = '' } = server;
    return sha256(canonicalJson({ transport, command, args, cwd }));
  }
  const { origin, pathname } = new URL(server.url);
  return sha256(canonicalJson({ transport: server.transport, origin, pathname }));
}

const pins = new WeakMap<ServerTool, string>();

/** SHA-256 (hex) of the whole tool as its server describes it, as canonical JSON: any change is another tool. */
export function pinOf(tool: ServerTool): string {
  const known = pins.get(tool);
  if (known !== undefined) return known;
  const { name, title, description, inputSchema, outputSchema, annotations } = tool;
  const whole = { name, title, description, inputSchema, outputSchema, annotations };
  const pin = sha256(canonicalJson(whole));
  pins.set(tool, pin);
  return pin;
}

export function isDestructive(tool: ServerTool): boolean {
  return tool.annotations?.['destructiveHint'] === true;
}

/** The server's own word, and nothing else that it says against it. */
export function isReadOnly(tool: ServerTool): boolean {
  return tool.annotations?.['readOnlyHint'] === true && !isDestructive(tool);
}

/** True when the rule lets this tool of this server pass, as they are now. */
export function covers(rule: Rule, subject: Subject): boolean {
  if (rule.scope === 'always' && subject.destructive) return false;
  return rule.identity === subject.identity && rule.pins.get(subject.tool) === subject.pin;
}

/** True when the rule was given for a tool of this name, and it or its server is another one by now. */
export function isOutdated(rule: Rule, subject: Subject): boolean {
  return rule.server === subject.server && rule.pins.has(subject.tool) && !covers(rule, subject);
}

function sha256(text: string): string {
  // Not needed before the first question, and slow to load.
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(text).digest('hex');
}
