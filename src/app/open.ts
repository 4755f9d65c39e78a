import type { Ask } from '../agent/approval.js';
import type { Settings } from '../config/types.js';
import type { ServerStatus } from '../core/events.js';
import type { ChatAsks } from '../core/chat.js';
import { redact } from '../core/redact.js';
import type { Session } from '../core/session.js';
import { createEraCache, type EraCache } from '../mcp/era-cache.js';
import { checkRequired, openServers, type ServerResult } from '../mcp/manager.js';
import type { Connection } from '../mcp/types.js';
import { createSessionAsks, type SessionAsks } from './session-asks.js';
import type { LoadedSession } from './sessions/types.js';

export interface OpenOptions {
  /** The environment of which child processes inherit six harmless variables. */
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  /** Called whenever a server's state changes while connecting. */
  onServer?: (status: ServerStatus) => void;
  /** Asks a person for approval; left out where nobody is there. */
  ask?: Ask;
  /** Answers what servers ask; left out where nobody is there. */
  person?: Partial<ChatAsks>;
  /** An earlier session to go on with; its file is the caller's to close. */
  resume?: LoadedSession;
}

/**
 * The composition root: dials the servers and the model's host, loads the engine meanwhile, and
 * puts them together. Throws when a required server does not connect; a server that is not
 * required only shows as failed.
 */
export async function openSession(settings: Settings, options: OpenOptions): Promise<Session> {
  const { signal, onServer } = options;
  const warnings = [...settings.warnings];
  let late = (message: string): void => void warnings.push(message);
  const asks = createSessionAsks(settings, { env: options.env, person: options.person });
  const eras = createEraCache(options.env);
  const opening = openServers(settings.servers, {
    signal,
    env: options.env,
    ports: asks.ports,
    eras,
    onWarning: (message) => late(message),
    ...(onServer === undefined ? {} : { onStatus: onServer }),
  });
  // Asked now so that the answer is there when it is needed; a failure shows again when it is used.
  asks.model.describe(signal).catch(() => {});
  const modules = loadEngine();
  const results = await opening;
  try {
    checkRequired(results, settings.requireServers);
    const engine = await modules;
    late = (message) => asks.side.emit({ type: 'log', level: 'warning', message: redact(message) });
    return compose({ ...settings, warnings }, { asks, eras, results, options, modules: engine });
  } catch (error) {
    await closeAll(connectionsOf(results));
    throw error;
  }
}

/** The parts that are not needed for dialling; they are loaded while servers start. */
async function loadEngine() {
  const [{ createSession }, { createApproval }, { createToolRegistry }] = await Promise.all([
    import('./session.js'),
    import('../agent/approval.js'),
    import('../mcp/registry.js'),
  ]);
  return { createSession, createApproval, createToolRegistry };
}

interface Parts {
  asks: SessionAsks;
  eras: EraCache;
  results: readonly ServerResult[];
  options: OpenOptions;
  modules: Awaited<ReturnType<typeof loadEngine>>;
}

function compose(settings: Settings, { asks, eras, results, options, modules }: Parts): Session {
  const { createSession, createApproval, createToolRegistry } = modules;
  const connections = connectionsOf(results);
  const tools = createToolRegistry(
    connections.map(({ id, tools: own }) => ({ server: id, tools: own })),
  );
  const byServer = new Map(connections.map((connection) => [connection.id, connection]));
  return createSession({
    deps: {
      model: asks.model,
      tools: () => tools,
      call: ({ server, name }, args, call) =>
        asks.calls.track(server, call.id, () =>
          connectionOf(byServer, server).call(name, args, call),
        ),
      approve: createApproval({
        settings: settings.approval,
        autoApprove: new Map(settings.servers.map(({ id, autoApprove }) => [id, autoApprove])),
        ...(options.ask === undefined ? {} : { ask: options.ask }),
      }),
      maxTurns: settings.maxTurns,
      ...(settings.model.numCtx === undefined ? {} : { numCtx: settings.model.numCtx }),
    },
    model: settings.model,
    ...(settings.system === undefined ? {} : { system: settings.system }),
    ...(options.resume === undefined ? {} : { resume: options.resume }),
    asks,
    servers: results.map(({ status }) => status),
    warnings: [...settings.warnings, ...tools.warnings],
    async close() {
      await Promise.all([closeAll(connections), eras.settled()]);
    },
  });
}

function connectionsOf(results: readonly ServerResult[]): Connection[] {
  return results.flatMap(({ connection }) => (connection === undefined ? [] : [connection]));
}

function connectionOf(connections: ReadonlyMap<string, Connection>, server: string): Connection {
  const connection = connections.get(server);
  if (connection === undefined) throw new Error(`no connection for a registered tool of ${server}`);
  return connection;
}

async function closeAll(connections: readonly Connection[]): Promise<void> {
  await Promise.all(connections.map((connection) => connection.close()));
}
