import type { AgentEventBody, ServerStatus } from '../../core/events.js';
import type { PoolEvent } from '../../mcp/pool-types.js';
import { toAgentEvent } from './live-servers.js';
import type { ComposedParts } from './composed.js';

/** What servers ask, told; the tokens they cost count. */
export function onAsk({ hub, work }: ComposedParts, event: AgentEventBody): void {
  if (event.type === 'sampling_result') {
    work.stats.inputTokens += event.input_tokens;
    work.stats.outputTokens += event.output_tokens;
  }
  hub.emit(event);
}

/** Something happened to a server. */
export function onServer(parts: ComposedParts, event: PoolEvent, life: AbortSignal): void {
  const { hub, tools, desk, offers, info } = parts;
  if (event.type === 'status') onStatus(parts, event.status, life);
  if (event.type === 'resource-updated') parts.subscriptions.updated(event.server, event.uri);
  if (event.type === 'status' || event.type === 'tools') {
    tools.changed();
    info.changed();
    desk.recheck();
  }
  if (event.type === 'prompts' || event.type === 'resources') {
    offers.changed(event.type, event.server);
  }
  const told = toAgentEvent(event);
  if (told !== undefined) hub.emit(told);
}

/** A server that is back is told anew what was wanted of it. */
function onStatus(parts: ComposedParts, { name, status }: ServerStatus, life: AbortSignal): void {
  const { servers, subscriptions, logLevels } = parts;
  const connection = status === 'connected' ? servers.pool.connection(name) : undefined;
  if (connection === undefined) return;
  subscriptions.renew(connection, life);
  logLevels.renew(connection, life);
}
