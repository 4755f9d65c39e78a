import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { ServerDefinition, StdioServer } from '../config/types.js';

/**
 * Under what a server's era is remembered: a hash, so that no secret is kept. A remote server is its
 * exact URL, its headers with their values and its client of OAuth: what one login was told is not
 * shown to another. A child process is its command, arguments, folder, variables, and the program as
 * it stands on the disk.
 */
export async function eraKey(server: ServerDefinition, env: NodeJS.ProcessEnv): Promise<string> {
  const parts =
    server.transport === 'stdio'
      ? [
          'stdio',
          server.command,
          server.args,
          folderOf(server),
          server.env,
          await program(server, env),
        ]
      : [server.transport, server.url, server.headers, clientOf(server.oauth)];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}

function clientOf(oauth: Exclude<ServerDefinition, StdioServer>['oauth']): unknown {
  return typeof oauth === 'object' ? [oauth.grant, oauth.clientId, oauth.scopes] : oauth;
}

function folderOf({ cwd }: StdioServer): string {
  return path.resolve(cwd ?? '.');
}

/** Path and time of change of what the command runs; undefined when it cannot be found. */
async function program(
  server: StdioServer,
  env: NodeJS.ProcessEnv,
): Promise<readonly [file: string, mtimeMs: number] | undefined> {
  for (const file of candidates(server, env)) {
    try {
      const found = await stat(file);
      if (found.isFile()) return [file, found.mtimeMs];
    } catch {
      // Not there: the next folder of the search path.
    }
  }
  return undefined;
}

function candidates(server: StdioServer, env: NodeJS.ProcessEnv): string[] {
  const { command } = server;
  if (command.includes('/') || command.includes(path.sep)) {
    return [path.resolve(folderOf(server), command)];
  }
  const search = server.env['PATH'] ?? env['PATH'] ?? '';
  return search
    .split(path.delimiter)
    .filter((folder) => path.isAbsolute(folder))
    .map((folder) => path.join(folder, command));
}
