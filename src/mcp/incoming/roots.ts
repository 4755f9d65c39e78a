import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Root } from '../../core/asks.js';
import type { JsonObject } from '../../core/json.js';

const MAX_ROOTS = 100;

/** `roots/list`: directories that are there, by plain `file://` URIs (client/roots#security-considerations). */
export async function toRootsResult(roots: readonly Root[]): Promise<JsonObject> {
  const checked = await Promise.all(
    roots.slice(0, MAX_ROOTS).map(async (root) => ((await isDirectory(root.uri)) ? [root] : [])),
  );
  return {
    roots: checked
      .flat()
      .map(({ uri, name }) => ({ uri, ...(name === undefined ? {} : { name }) })),
  };
}

async function isDirectory(uri: string): Promise<boolean> {
  try {
    return uri.startsWith('file:///') && (await stat(fileURLToPath(uri))).isDirectory();
  } catch {
    return false;
  }
}
