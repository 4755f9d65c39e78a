import { OstlerError } from '../../core/errors.js';
import { isRecord, type JsonObject } from '../../core/json.js';
import { VERSION } from '../../core/version.js';
import { shown } from '../../mcp/shown.js';
import type { Talk } from './talk.js';
import type { Ear } from './types.js';

export const LEGACY_VERSION = '2025-11-25';
export const MODERN_VERSION = '2026-07-28';

/** What the handshake tells of a server. Hostile text. */
export interface Hello {
  protocol_version?: string;
  server_name?: string;
  server_version?: string;
}

export interface Greeted {
  hello: Hello;
  capabilities: JsonObject;
}

/** `initialize` (2025-11-25/basic/lifecycle); the caller sends `notifications/initialized`. */
export async function initialize(talk: Talk): Promise<Greeted> {
  const result = await talk.request('initialize', {
    protocolVersion: LEGACY_VERSION,
    capabilities: {},
    clientInfo: { name: 'ostler', version: VERSION },
  });
  const { protocolVersion } = result;
  return {
    hello: {
      ...(typeof protocolVersion === 'string' ? { protocol_version: protocolVersion } : {}),
      ...identityOf(result['serverInfo']),
    },
    capabilities: objectOf(result['capabilities']),
  };
}

/** `server/discover` of the 2026-07-28 revision; undefined when it does not speak that revision. */
export function toGreeted(result: JsonObject): Greeted | undefined {
  const versions = result['supportedVersions'];
  if (!Array.isArray(versions) || !versions.includes(MODERN_VERSION)) return undefined;
  const meta = objectOf(result['_meta']);
  return {
    hello: {
      protocol_version: MODERN_VERSION,
      ...identityOf(meta['io.modelcontextprotocol/serverInfo'] ?? result['serverInfo']),
    },
    capabilities: objectOf(result['capabilities']),
  };
}

/** `_meta` of every request of the 2026-07-28 revision. */
export function modernMeta(logLevel?: string): JsonObject {
  return {
    'io.modelcontextprotocol/protocolVersion': MODERN_VERSION,
    'io.modelcontextprotocol/clientInfo': { name: 'ostler', version: VERSION },
    'io.modelcontextprotocol/clientCapabilities': {},
    ...(logLevel === undefined ? {} : { 'io.modelcontextprotocol/logLevel': logLevel }),
  };
}

/** What a server of the 2026-07-28 revision is asked to tell, as far as it declares that it does. */
export function subscriptionFilter({ capabilities }: Greeted, subscribe: readonly string[]) {
  const tells = (name: string) => objectOf(capabilities[name])['listChanged'] === true;
  return {
    ...(tells('tools') ? { toolsListChanged: true } : {}),
    ...(tells('prompts') ? { promptsListChanged: true } : {}),
    ...(tells('resources') ? { resourcesListChanged: true } : {}),
    ...(subscribe.length > 0 ? { resourceSubscriptions: [...subscribe] } : {}),
  };
}

/**
 * Asks for what the user wants to hear besides: log messages and updates of resources. What the
 * server refuses ends it, because the user asked for it. Gives back what was granted, in words.
 */
export async function askForMore(talk: Talk, greeted: Greeted, ear: Ear): Promise<string[]> {
  const { capabilities } = greeted;
  const asked: string[] = [];
  if (ear.logLevel !== undefined) {
    await talk.request('logging/setLevel', { level: ear.logLevel });
    asked.push(`log messages from ${ear.logLevel} on`);
  } else if (capabilities['logging'] !== undefined) {
    // Most servers send nothing below `warning` until they are asked; one that refuses logs as it likes.
    await talk.request('logging/setLevel', { level: 'debug' }).then(
      () => asked.push('log messages from debug on'),
      (error: unknown) => {
        if (!(error instanceof OstlerError) || error.code !== 'protocol_error') throw error;
      },
    );
  }
  for (const uri of ear.subscribe) {
    await talk.request('resources/subscribe', { uri });
    asked.push(`updates of ${shown(uri)}`);
  }
  return asked;
}

function identityOf(info: unknown): Hello {
  const { name, version } = objectOf(info);
  return {
    ...(typeof name === 'string' ? { server_name: name } : {}),
    ...(typeof version === 'string' ? { server_version: version } : {}),
  };
}

function objectOf(value: unknown): JsonObject {
  return isRecord(value) ? (value as JsonObject) : {};
}
