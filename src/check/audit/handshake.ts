import type { CheckEra } from '../../core/check-events.js';
import type { JsonObject } from '../../core/json.js';
import { VERSION } from '../../core/version.js';
import type { HeaderPair } from './types.js';

/** The revision each era is spoken in. */
export const VERSIONS: Readonly<Record<CheckEra, string>> = {
  sse: '2024-11-05',
  sessions: '2025-11-25',
  stateless: '2026-07-28',
};

const CLIENT = { name: 'ostler', version: VERSION };

export const ACCEPT: HeaderPair = ['Accept', 'application/json, text/event-stream'];

export function initializeMessage(id: string, era: CheckEra): JsonObject {
  return {
    jsonrpc: '2.0',
    id,
    method: 'initialize',
    params: { protocolVersion: VERSIONS[era], capabilities: {}, clientInfo: CLIENT },
  };
}

export const INITIALIZED: JsonObject = { jsonrpc: '2.0', method: 'notifications/initialized' };

/** Params with what every request of 2026-07-28 says about its client. */
export function statelessParams(params: JsonObject = {}): JsonObject {
  const meta = params['_meta'];
  return {
    ...params,
    _meta: {
      'io.modelcontextprotocol/protocolVersion': VERSIONS.stateless,
      'io.modelcontextprotocol/clientInfo': CLIENT,
      'io.modelcontextprotocol/clientCapabilities': {},
      ...(typeof meta === 'object' && !Array.isArray(meta) ? meta : {}),
    },
  };
}

/** Headers that repeat the body for whoever looks at headers only (2026-07-28/basic/transports/streamable-http). */
export function statelessHeaders(method: string, params: JsonObject = {}): HeaderPair[] {
  const name = params['name'] ?? params['uri'];
  return [
    ['MCP-Protocol-Version', VERSIONS.stateless],
    ['Mcp-Method', method],
    ...(typeof name === 'string' && /^[\x21-\x7e]+$/.test(name)
      ? [['Mcp-Name', name] as const]
      : []),
  ];
}

/** The first list, and of the second what replaces or adds to it by name. */
export function mergeHeaders(...lists: readonly (readonly HeaderPair[])[]): HeaderPair[] {
  return lists.reduce<HeaderPair[]>((merged, next) => {
    const names = new Set(next.map(([name]) => name.toLowerCase()));
    return [...merged.filter(([name]) => !names.has(name.toLowerCase())), ...next];
  }, []);
}
