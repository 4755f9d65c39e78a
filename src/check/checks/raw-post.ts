import { randomBytes } from 'node:crypto';
import type { JsonObject } from '../../core/json.js';
import { VERSION } from '../../core/version.js';
import type { Answer, Audit, Credential, HeaderPair } from '../audit/types.js';

/** A POST to the victim's message endpoint whose every byte the check decides. */
export interface RawPost {
  what: string;
  body: string | Uint8Array;
  as?: Credential;
  /** In place of the usual ones of the same name; undefined leaves it away. */
  change?: Readonly<Record<string, string | undefined>>;
  timeoutMs?: number;
  maxBytes?: number;
}

/** A JSON-RPC request that has no effect, in each era. */
export function harmlessMethod({ era }: Pick<Audit, 'era'>): string {
  return era === 'stateless' ? 'server/discover' : 'ping';
}

/** Text that occurs nowhere else; also fit for an id. */
export function newMarker(): string {
  return `ostler-${randomBytes(6).toString('hex')}`;
}

/** A request as a right client would write it, with the envelope that the 2026-07-28 revision asks for. */
export function rightRequest(
  audit: Audit,
  { method, id, params = {} }: { method: string; id: string; params?: JsonObject },
): JsonObject {
  const plain: JsonObject = { jsonrpc: '2.0', id, method };
  if (audit.era === 'stateless') return { ...plain, params: { ...params, _meta: envelope(audit) } };
  return Object.keys(params).length === 0 ? plain : { ...plain, params };
}

function envelope({ control }: Audit): JsonObject {
  return {
    'io.modelcontextprotocol/protocolVersion': control.protocolVersion,
    'io.modelcontextprotocol/clientInfo': { name: 'ostler', version: VERSION },
    'io.modelcontextprotocol/clientCapabilities': {},
  };
}

/** Sends bytes with the headers of a right request, but for those that are changed. */
export function rawPost(audit: Audit, post: RawPost): Promise<Answer> {
  const { victim, protocolVersion } = audit.control;
  const usual: HeaderPair[] = [
    ['Content-Type', 'application/json'],
    ['Accept', 'application/json, text/event-stream'],
    ...victim.headers,
  ];
  if (audit.era === 'stateless') {
    usual.push(['MCP-Protocol-Version', protocolVersion], ['Mcp-Method', harmlessMethod(audit)]);
  }
  const { body } = post;
  return audit.send({
    what: post.what,
    method: 'POST',
    path: victim.messagePath,
    headers: changed(usual, post.change ?? {}),
    body: typeof body === 'string' ? Buffer.from(body, 'utf8') : body,
    ...(post.as === undefined ? {} : { as: post.as }),
    ...(post.timeoutMs === undefined ? {} : { timeoutMs: post.timeoutMs }),
    ...(post.maxBytes === undefined ? {} : { maxBytes: post.maxBytes }),
  });
}

/** Each name once: later ones win, changes over all, undefined is left away. */
function changed(
  usual: readonly HeaderPair[],
  change: Readonly<Record<string, string | undefined>>,
): HeaderPair[] {
  const result = new Map<string, HeaderPair>();
  for (const [name, value] of usual) result.set(name.toLowerCase(), [name, value]);
  for (const [name, value] of Object.entries(change)) {
    if (value === undefined) result.delete(name.toLowerCase());
    else result.set(name.toLowerCase(), [name, value]);
  }
  return [...result.values()];
}
