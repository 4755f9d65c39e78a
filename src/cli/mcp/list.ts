import { SCOPES } from '../../config/edit/scopes.js';
import { writtenServers, type ScopedServer } from '../../config/edit/written-servers.js';
import { toJsonLine } from '../../core/output-json.js';
import { redact } from '../../core/redact.js';
import { toTerminalLine } from '../../core/terminal-text.js';
import { formatTable } from '../../render/table.js';
import type { Io } from '../io.js';
import { loginJson, loginOf, loginWarnings, loginWords, type KeptLogin } from './login-states.js';
import { tell, warn } from './tell.js';
import { stateOf, summarize } from './where.js';

/** `ostler mcp list`: every configured server, by name; nothing is started, connected or looked up. */
export async function runList(io: Io, json: boolean): Promise<number> {
  const servers = (await writtenServers(io)).toSorted(byName);
  const logins = await Promise.all(servers.map((server) => loginOf(urlOf(server), io.env)));
  for (const warning of loginWarnings(logins)) warn(io.stderr, warning);
  if (json) {
    const shown = servers.map((server, at) => toJson(server, logins[at]));
    io.stdout.write(`${toJsonLine({ servers: shown })}\n`);
    return 0;
  }
  if (servers.length === 0) {
    tell(io.stderr, 'No server is configured. Add one: ostler mcp add NAME https://…');
    return 0;
  }
  const rows = servers.map((server, at) => toRow(server, logins[at]));
  const width = io.stdout.isTTY === true ? io.stdout.columns : undefined;
  io.stdout.write(formatTable(['NAME', 'TRANSPORT', 'SCOPE', 'STATE', 'WHERE'], rows, { width }));
  return 0;
}

/** By name, and of one name the highest scope first. */
function byName(a: ScopedServer, b: ScopedServer): number {
  return a.id === b.id ? SCOPES.indexOf(a.scope) - SCOPES.indexOf(b.scope) : a.id < b.id ? -1 : 1;
}

/** The URL of a remote server as it is written. */
function urlOf({ entry }: ScopedServer): string | undefined {
  const { transport, where } = summarize(entry);
  return transport === 'stdio' || transport === '-' ? undefined : where;
}

function toRow(server: ScopedServer, login: KeptLogin | undefined): string[] {
  const { transport, where } = summarize(server.entry);
  const words = login === undefined ? '' : loginWords(login, Date.now());
  const state = [stateOf(server), words].filter((part) => part !== '').join(', ');
  return [server.id, transport, server.scope, state === '' ? '-' : state, where].map((cell) =>
    toTerminalLine(redact(cell)),
  );
}

function toJson(server: ScopedServer, login: KeptLogin | undefined): Record<string, unknown> {
  const { id, scope, file, trusted, hiddenBy, entry } = server;
  return {
    name: id,
    ...summarize(entry),
    scope,
    file: file.path,
    trusted,
    ...(hiddenBy === undefined ? {} : { hiddenBy }),
    ...loginJson(login),
  };
}
