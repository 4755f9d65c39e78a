import { nearest } from '../../core/nearest.js';
import type { RemoteServer, ServerDefinition } from '../../config/types.js';
import type { ChatServers, RawFlags, ServerDetails } from '../../core/chat.js';
import { OstlerError } from '../../core/errors.js';
import type { ServerStatus } from '../../core/events.js';
import type { ServerPool } from '../../mcp/pool-types.js';
import type { Connection } from '../../mcp/types.js';
import type { LoginPort } from '../../mcp/ports.js';
import type { LogLevels } from './log-levels.js';
import type { Offers } from './offers.js';
import { addressOf, shownHeaders } from './server-address.js';

export interface ServersParts {
  pool: ServerPool;
  offers: Offers;
  env: NodeJS.ProcessEnv;
  /** The person's part of a login; undefined where nobody can be asked. */
  login: LoginPort | undefined;
  logLevels: LogLevels;
  /** Of the servers that wait for their turn to be dialled, too. */
  list: () => readonly ServerStatus[];
  onWarning: (message: string, server: string) => void;
}

export function createServers(parts: ServersParts): ChatServers {
  const { pool, offers, env, list, onWarning } = parts;
  function definitionOf(name: string): ServerDefinition {
    const found = pool.definitions().find(({ id }) => id === name);
    if (found !== undefined) return found;
    throw unknownServer(
      name,
      pool.definitions().map(({ id }) => id),
    );
  }

  async function dial(definition: ServerDefinition, signal: AbortSignal): Promise<ServerStatus> {
    const known = pool.definitions().some(({ id }) => id === definition.id);
    // The person asked for it by name.
    const wanted = { ...definition, disabled: false };
    const status = known
      ? await pool.reload(wanted.id, signal, wanted)
      : await pool.add(wanted, signal);
    if (status.status === 'connected') return status;
    throw toFailure(status);
  }

  function connected(name: string): Connection {
    const connection = pool.connection(definitionOf(name).id);
    if (connection === undefined) throw toFailure(statusOf(list(), name));
    return connection;
  }

  return {
    list,
    async details(name, signal) {
      const definition = definitionOf(name);
      const status = statusOf(list(), name);
      return describeServer({ definition, status, offers }, pool.connection(name), signal);
    },
    async connect(target, flags, signal) {
      const isName =
        typeof target === 'string' && pool.definitions().some(({ id }) => id === target);
      if (isName) return dial(await withFlags(definitionOf(target), flags, env), signal);
      const definition = await resolve(target, { flags, env, pool, onWarning });
      return dial(definition, signal);
    },
    async disconnect(name) {
      await pool.disconnect(definitionOf(name).id);
    },
    async reload(name, signal) {
      const definitions =
        name === undefined
          ? pool.definitions().filter(({ disabled }) => !disabled)
          : [definitionOf(name)].map((one) => ({ ...one, disabled: false }));
      return Promise.all(definitions.map((one) => pool.reload(one.id, signal, one)));
    },
    logs: (name) => pool.logs(definitionOf(name).id),
    async ping(name, signal) {
      const ms = await connected(name).ping(signal);
      pool.latency(name, ms);
      return ms;
    },
    async login(name, signal) {
      const definition = toLogInTo(definitionOf(name));
      const { login } = await import('../../mcp/auth/login.js');
      await login(definition, { env, login: parts.login, signal, force: true });
      return dial(definition, signal);
    },
    async logout(name) {
      const definition = toLogInTo(definitionOf(name));
      const { logout } = await import('../../mcp/auth/login.js');
      const { issuers, unreadable = 0 } = await logout(definition, env);
      if (issuers.length + unreadable === 0) return false;
      await pool.disconnect(definition.id);
      return true;
    },
    setLogLevel: async (name, level, signal) => parts.logLevels.set(connected(name), level, signal),
  };
}

/** OAuth is for remote servers (basic/authorization). */
function toLogInTo(definition: ServerDefinition): RemoteServer {
  if (definition.transport !== 'stdio') return definition;
  const { id } = definition;
  throw new OstlerError('usage', `${id} runs on this machine: there is nothing to log in to.`, {
    server: id,
    hint: 'Its credentials are in env: of its configuration.',
  });
}

interface Target {
  flags: RawFlags;
  env: NodeJS.ProcessEnv;
  pool: ServerPool;
  onWarning: ServersParts['onWarning'];
}

/** A known server with other credentials or another transport; what no flag names stays as it is. */
async function withFlags(
  known: ServerDefinition,
  flags: RawFlags,
  env: NodeJS.ProcessEnv,
): Promise<ServerDefinition> {
  if (Object.keys(flags).length === 0) return known;
  if (known.transport === 'stdio') {
    throw new OstlerError(
      'usage',
      `${known.id} runs on stdio; these flags are for remote servers.`,
      {
        hint: 'Its credentials are in env: of its configuration.',
      },
    );
  }
  const { resolveTarget } = await import('../../config/target.js');
  const given = resolveTarget(known.url, flags, env);
  if (given.transport === 'stdio') return known;
  const { refreshHeaders, ...rest } = known;
  const names = new Set(given.headers.map(([name]) => name.toLowerCase()));
  const kept = known.headers.filter(([name]) => !names.has(name.toLowerCase()));
  return {
    ...rest,
    // What a command made would come back at the next 401 and take the place of what was given.
    ...(refreshHeaders === undefined || names.size > 0 ? {} : { refreshHeaders }),
    headers: [...kept, ...given.headers],
    ...(flags['transport'] === undefined ? {} : { transport: given.transport, fallback: false }),
    ...(flags['protocol'] === undefined ? {} : { protocol: given.protocol }),
    ...(flags['serverTimeout'] === undefined ? {} : { connectTimeoutMs: given.connectTimeoutMs }),
    ...(flags['ca'] === undefined || given.ca === undefined ? {} : { ca: given.ca }),
    ...(flags['insecure'] === undefined ? {} : { insecure: given.insecure }),
  };
}

/** A server given on the spot; the same address again is the same server. */
async function resolve(
  target: string | readonly string[],
  { flags, env, pool, onWarning }: Target,
): Promise<ServerDefinition> {
  const { isUrlTarget, resolveTarget, targetWarnings } = await import('../../config/target.js');
  if (typeof target === 'string' && !isUrlTarget(target)) {
    throw unknownServer(
      target,
      pool.definitions().map(({ id }) => id),
    );
  }
  const definition = resolveTarget(target, flags, env);
  if (definition.transport !== 'stdio') {
    for (const warning of targetWarnings(definition, flags, env)) onWarning(warning, definition.id);
  }
  const address = addressOf(definition);
  const taken = new Map(pool.definitions().map((known) => [known.id, addressOf(known)]));
  let { id } = definition;
  for (let number = 2; taken.has(id) && taken.get(id) !== address; number += 1) {
    id = `${definition.id}-${number}`;
  }
  return { ...definition, id };
}

interface Described {
  definition: ServerDefinition;
  status: ServerStatus;
  offers: Offers;
}

async function describeServer(
  { definition, status, offers }: Described,
  connection: Connection | undefined,
  signal: AbortSignal,
): Promise<ServerDetails> {
  const base = { status, address: addressOf(definition), headers: shownHeaders(definition) };
  if (connection === undefined) return { ...base, prompts: 0, resources: 0 };
  const { serverName, serverVersion, instructions } = connection.info;
  const identity = [serverName, serverVersion].filter((part) => part !== undefined).join(' ');
  return {
    ...base,
    ...(identity === '' ? {} : { identity }),
    ...(instructions === undefined ? {} : { instructions }),
    ...(await offers.count(connection, signal)),
  };
}

function statusOf(statuses: readonly ServerStatus[], name: string): ServerStatus {
  return statuses.find((status) => status.name === name) ?? { name, status: 'closed', tools: 0 };
}

function toFailure({ name, status, error }: ServerStatus): OstlerError {
  if (error === undefined) {
    return new OstlerError('server_unreachable', `${name} is not connected (${status}).`, {
      server: name,
      hint: `Connect it with: /servers connect ${name}`,
    });
  }
  const { code, message, hint, status: http } = error;
  return new OstlerError(code, message, { hint, server: name, status: http });
}

function unknownServer(name: string, known: readonly string[]): OstlerError {
  const close = nearest(name, known);
  return new OstlerError('usage', `There is no server "${name}".`, {
    hint:
      close === undefined
        ? 'Connect one by its URL: /servers connect https://… -H "Name: value"'
        : `Did you mean "${close}"?`,
  });
}
