/** Writes config/ostler.schema.json from src/config/schema.ts; `--check` only tells whether it is current. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { z } from 'zod';
import { ConfigFile } from '../src/config/schema.js';

export const SCHEMA_FILE = path.resolve(
  path.dirname(fileURLToPath(import.meta.url)),
  '../config/ostler.schema.json',
);

/** The JSON Schema of a config file, as it is checked in. */
export function configSchemaText(): string {
  const schema = z.toJSONSchema(ConfigFile, { io: 'input' });
  const server = schema.$defs?.['Server'] ?? {};
  delete server['id'];
  addSpellings(schema.properties ?? {}, '#/properties');
  addSpellings(server.properties ?? {}, '#/$defs/Server/properties');
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

/** Keys may be written in kebab-case and snake_case too; an editor has to know. */
function addSpellings(properties: Record<string, unknown>, base: string): void {
  for (const key of Object.keys(properties)) {
    for (const separator of ['-', '_']) {
      const spelling = key.replace(/[A-Z]/g, (letter) => separator + letter.toLowerCase());
      properties[spelling] ??= { $ref: `${base}/${key}` };
    }
  }
}

async function main(): Promise<void> {
  const text = configSchemaText();
  if (!process.argv.includes('--check')) return writeFile(SCHEMA_FILE, text);
  if ((await readFile(SCHEMA_FILE, 'utf8').catch(() => '')) === text) return;
  process.stderr.write('config/ostler.schema.json is not current: npm run schema\n');
  process.exitCode = 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
