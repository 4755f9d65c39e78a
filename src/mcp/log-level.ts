import type { LogLevel } from '../core/log-level.js';
import type { Link } from './link.js';
import { request } from './requests.js';

const META_KEY = 'io.modelcontextprotocol/logLevel';

/** What a request of the 2026-07-28 revision carries so that its server logs while it works. */
export function logLevelMeta({ client, logging }: Link): { _meta?: Record<string, LogLevel> } {
  if (logging.level === undefined || client.getProtocolEra() !== 'modern') return {};
  if (client.getServerCapabilities()?.logging === undefined) return {};
  return { _meta: { [META_KEY]: logging.level } };
}

/** From now on the server logs from this level (`logging/setLevel`; in the 2026-07-28 revision with every request). */
export async function setLogLevel(link: Link, level: LogLevel, signal: AbortSignal): Promise<void> {
  const { client, logging } = link;
  logging.level = level;
  if (client.getProtocolEra() === 'modern') return;
  if (client.getServerCapabilities()?.logging === undefined) return;
  await request(link, 'logging/setLevel', { level }, signal);
}
