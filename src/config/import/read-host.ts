import { isRecord } from '../../core/json.js';
import { toCanonicalKey } from '../fields.js';
import { readConfigFile } from '../files.js';
import { parse } from '../read-sources.js';
import { SERVER_MAPS } from '../servers.js';
import { projectPath } from '../local-file.js';
import { displayPath } from '../paths.js';
import type { HostFile } from './hosts.js';

/** A server as another host has it written. */
export interface ForeignServer extends HostFile {
  id: string;
  entry: unknown;
  /** The file as messages call it. */
  name: string;
}

/** Claude Code keeps its whole history in the file. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * The servers in a host's file; none when there is no such file. Throws `config_invalid` with the
 * place when it is damaged.
 */
export async function readHostFile(file: HostFile, cwd: string): Promise<ForeignServer[]> {
  const name = displayPath(file.path, cwd);
  const options = { named: file.host === 'file', maxBytes: MAX_BYTES };
  const found = readConfigFile(file.path, name, options);
  if (found === undefined) return [];
  const source = await parse({ layer: 'file', name, file: found.file, dir: '', text: found.text });
  const value = source?.value ?? {};
  return mapsOf(value, file, cwd).flatMap((map) =>
    Object.entries(map).map(([id, entry]) => ({ ...file, id, entry, name })),
  );
}

/** All mappings of servers in the file, what is closest to this directory first. */
function mapsOf(
  value: Readonly<Record<string, unknown>>,
  { host, path }: HostFile,
  cwd: string,
): Record<string, unknown>[] {
  // Settings of an editor: its servers stand below one more key.
  if (path.endsWith('settings.json') && host !== 'gemini') return [inner(value, 'mcp', 'servers')];
  const own = Object.entries(value)
    .filter(([key]) => SERVER_MAPS.includes(toCanonicalKey(key)))
    .map(([key]) => inner(value, key));
  // Claude Code's own settings for single directories.
  const here = [cwd, projectPath(cwd)].map((dir) => inner(value, 'projects', dir, 'mcpServers'));
  return host === 'claude-code'
    ? [here.find((map) => Object.keys(map).length > 0) ?? {}, ...own]
    : own;
}

function inner(value: unknown, ...keys: readonly string[]): Record<string, unknown> {
  let found: unknown = value;
  for (const key of keys) {
    found = isRecord(found) && Object.hasOwn(found, key) ? found[key] : undefined;
  }
  return isRecord(found) ? found : {};
}
