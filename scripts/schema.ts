/**
 * Writes config/ostler.schema.json from src/config/schema.ts, and the tables of docs/config.md from
 * it; `--check` only tells whether they are current.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { ConfigFile } from '../src/config/schema.js';
import { replaceSection, toCode, toTable } from './docs/markdown.js';

const ROOT = path.resolve(import.meta.dirname, '..');

type JsonSchema = z.core.JSONSchema.JSONSchema;
type Properties = Record<string, JsonSchema | boolean>;

/** The JSON Schema of a config file. */
function configSchema(): { schema: JsonSchema; file: Properties; server: Properties } {
  const schema = z.toJSONSchema(ConfigFile, { io: 'input' });
  const server = schema.$defs?.['Server'] ?? {};
  delete server['id'];
  const { properties = {} } = schema;
  return { schema, file: { ...properties }, server: { ...server.properties } };
}

/** The JSON Schema as it is checked in. */
export function configSchemaText(): string {
  const { schema } = configSchema();
  addSpellings(schema.properties ?? {}, '#/properties');
  addSpellings(schema.$defs?.['Server']?.properties ?? {}, '#/$defs/Server/properties');
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

/** The tables of docs/config.md. */
export function configKeyTables(): string {
  const { file, server } = configSchema();
  return `## Keys of a file\n\n${keyTable(file)}\n\n## Keys of a server\n\n${keyTable(server)}`;
}

/** Keys that mean something here; those of other hosts are told in prose. */
function keyTable(properties: Properties): string {
  const rows = Object.entries(properties).flatMap(([key, property]) => {
    const { description = '' } = typeof property === 'boolean' ? {} : property;
    return description.startsWith('Read by ') ? [] : [[toCode(key), description]];
  });
  return toTable(['key', 'meaning'], rows);
}

/** The generated files: where they are and what must be in them. */
export async function generatedConfigFiles(): Promise<{ file: string; text: string }[]> {
  const page = path.join(ROOT, 'docs/config.md');
  return [
    { file: path.join(ROOT, 'config/ostler.schema.json'), text: configSchemaText() },
    {
      file: page,
      text: replaceSection(await readFile(page, 'utf8'), 'config-keys', configKeyTables()),
    },
  ];
}

async function main(): Promise<void> {
  const check = process.argv.includes('--check');
  for (const { file, text } of await generatedConfigFiles()) {
    const before = await readFile(file, 'utf8').catch(() => '');
    if (before === text) continue;
    if (!check) await writeFile(file, text);
    process.stdout.write(`${path.relative(ROOT, file)}: ${check ? 'not current' : 'written'}\n`);
    if (check) process.exitCode = 1;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
