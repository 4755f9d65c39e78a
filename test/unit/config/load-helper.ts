import { mkdtemp, realpath, rm, writeFile, mkdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach } from 'vitest';
import { loadConfig, type LoadedConfig, type LoadInput } from '../../../src/config/load.js';
import type { ServerDefinition, StdioServer, RemoteServer } from '../../../src/config/types.js';
import { OstlerError } from '../../../src/core/errors.js';
import { forgetSecrets } from '../../../src/core/redact.js';

const made: string[] = [];

afterEach(async () => {
  forgetSecrets();
  for (const dir of made.splice(0)) await rm(dir, { recursive: true, force: true });
});

/** A directory of its own for a test, links resolved, with these files in it. */
export async function tempDir(files: Record<string, string | Uint8Array> = {}): Promise<string> {
  const dir = await realpath(await mkdtemp(path.join(os.tmpdir(), 'ostler-config-')));
  made.push(dir);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(dir, name)), { recursive: true });
    await writeFile(path.join(dir, name), content);
  }
  return dir;
}

/** Loads with a home of its own; nothing of the machine's configuration takes part. */
export async function load(
  input: Partial<Omit<LoadInput, 'env'>> & { env?: Record<string, string> } = {},
): Promise<LoadedConfig> {
  const cwd = input.cwd ?? (await tempDir());
  const home = await tempDir();
  return loadConfig({
    flags: {},
    ...input,
    cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: home, OSTLER_HOME: home, ...input.env },
  });
}

/** Loads a text as `--config ostler.yaml`. */
export async function loadText(
  text: string,
  input: Parameters<typeof load>[0] = {},
): Promise<LoadedConfig> {
  const cwd = await tempDir({ 'ostler.yaml': text });
  return load({ ...input, cwd, flags: { config: 'ostler.yaml', ...input.flags } });
}

/** The one server of a config with a single entry. */
export async function loadServer(
  entry: unknown,
  input: Parameters<typeof load>[0] = {},
): Promise<{ server: ServerDefinition; warnings: readonly string[] }> {
  const { settings } = await loadText(JSON.stringify({ mcpServers: { s: entry } }), input);
  const [server] = settings.servers;
  if (server === undefined) throw new Error(`no server: ${settings.warnings.join(' ')}`);
  return { server, warnings: settings.warnings };
}

export function asRemote(server: ServerDefinition): RemoteServer {
  if (server.transport === 'stdio') throw new Error('not a remote server');
  return server;
}

export function asStdio(server: ServerDefinition): StdioServer {
  if (server.transport !== 'stdio') throw new Error('not a stdio server');
  return server;
}

/** The error a promise rejects with; a test fails when there is none or it is a bug. */
export async function failure(promise: Promise<unknown>): Promise<OstlerError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof OstlerError) return error;
  throw new Error(`expected an OstlerError, got ${String(error)}`);
}
