import type { Ask } from '../agent/approval.js';
import type { Settings } from '../config/types.js';
import type { ServerStatus } from '../core/events.js';
import type { Session } from '../core/session.js';
import { checkRequired, openServers, type ServerResult } from '../mcp/manager.js';
import type { Connection } from '../mcp/types.js';
import { createModel } from '../model/index.js';

export interface OpenOptions {
  signal: AbortSignal;
  /** Called whenever a server's state changes while connecting. */
  onServer?: (status: ServerStatus) => void;
  /** Asks a person for approval; left out where nobody is there. */
  ask?: Ask;
}

/**
 * The composition root: dials the servers and the model's host, loads the engine meanwhile, and
 * puts them together. Throws when a required server does not connect; a server that is not
 * required only shows as failed.
 */
export async function openSession(
  settings: Settings,
  { signal, onServer, ask }: OpenOptions,
): Promise<Session> {
  const opening = openServers(settings.servers, {
    signal,
    ...(onServer === undefined ? {} : { onStatus: onServer }),
  });
  const model = createModel(settings.model);
  // Asked now so that the answer is there when it is needed; a failure shows again when it is used.
  model.describe(signal).catch(() => {});
  const [{ createSession }, { createApproval }, { createToolRegistry }, results] =
    await Promise.all([
      import('./session.js'),
      import('../agent/approval.js'),
      import('../mcp/registry.js'),
      opening,
    ]);
  const connections = connectionsOf(results);
  try {
    checkRequired(results, settings.requireServers);
  } catch (error) {
    await closeAll(connections);
    throw error;
  }
  const registry = createToolRegistry(connections.map(({ id, tools }) => ({ server: id, tools })));
  const byServer = new Map(connections.map((connection) => [connection.id, connection]));
  return createSession({
    deps: {
      model,
      tools: registry,
      call: (tool, args, options) => callOn(byServer, tool.server).call(tool.name, args, options),
      approve: createApproval({
        settings: settings.approval,
        autoApprove: new Map(settings.servers.map(({ id, autoApprove }) => [id, autoApprove])),
        ...(ask === undefined ? {} : { ask }),
      }),
      maxTurns: settings.maxTurns,
      ...(settings.model.numCtx === undefined ? {} : { numCtx: settings.model.numCtx }),
    },
    model: settings.model,
    ...(settings.system === undefined ? {} : { system: settings.system }),
    servers: results.map(({ status }) => status),
    warnings: [...settings.warnings, ...registry.warnings],
    close: () => closeAll(connections),
  });
}

function connectionsOf(results: readonly ServerResult[]): Connection[] {
  return results.flatMap(({ connection }) => (connection === undefined ? [] : [connection]));
}

function callOn(connections: ReadonlyMap<string, Connection>, server: string): Connection {
  const connection = connections.get(server);
  if (connection === undefined) throw new Error(`no connection for a registered tool of ${server}`);
  return connection;
}

async function closeAll(connections: readonly Connection[]): Promise<void> {
  await Promise.all(connections.map((connection) => connection.close()));
}
