import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configSchemaText, generatedConfigFiles } from '../../../scripts/schema.js';
import { checkConfigShape, checkServerShape } from '../../../src/config/check-shape.js';
import { ConfigFile } from '../../../src/config/schema.js';
import { load } from './load-helper.js';

const CONFIG = path.resolve(import.meta.dirname, '../../../config');

describe('config/ostler.schema.json', () => {
  it('is current, and so is docs/config.md (npm run schema)', async () => {
    for (const { file, text } of await generatedConfigFiles()) {
      expect(await readFile(file, 'utf8'), file).toBe(text);
    }
  });

  it('uses only what the check at run time understands', () => {
    const known = new Set(['type', 'properties', 'additionalProperties', 'items', 'anyOf', '$ref']);
    const silent = new Set(['$schema', 'title', 'description', 'propertyNames', '$defs']);
    const visit = (schema: unknown): void => {
      if (typeof schema !== 'object' || schema === null) return;
      for (const [key, value] of Object.entries(schema)) {
        expect([...known, ...silent]).toContain(key);
        if (key === 'properties' || key === '$defs') Object.values(value as object).forEach(visit);
        else if (key === 'anyOf') (value as unknown[]).forEach(visit);
        else if (known.has(key) && key !== 'type') visit(value);
      }
    };
    visit(JSON.parse(configSchemaText()));
  });

  it('describes every key', () => {
    const { properties, $defs } = JSON.parse(configSchemaText()) as {
      properties: Record<string, Record<string, unknown>>;
      $defs: { Server: { properties: Record<string, Record<string, unknown>> } };
    };
    for (const [key, schema] of [
      ...Object.entries(properties),
      ...Object.entries($defs.Server.properties),
    ]) {
      expect(schema['$ref'] ?? schema['description'], key).toBeTypeOf('string');
    }
  });

  it('accepts and refuses as the program and as zod do', () => {
    const validate = new Ajv2020({ strict: false }).compile(JSON.parse(configSchemaText()));
    const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean());
    const value = fc.oneof(
      scalar,
      fc.array(scalar, { maxLength: 2 }),
      fc.dictionary(fc.constantFrom('a', 'b'), scalar, { maxKeys: 2 }),
    );
    const server = fc.dictionary(
      fc.constantFrom(
        'command',
        'args',
        'env',
        'url',
        'headers',
        'timeout',
        'required',
        'tools',
        'commnd',
      ),
      value,
      { maxKeys: 3 },
    );
    const config = fc.record(
      {
        mcpServers: fc.dictionary(fc.constantFrom('x', 'y'), fc.oneof(server, scalar), {
          maxKeys: 2,
        }),
        model: value,
        numCtx: value,
        allow: value,
        options: value,
        schema: value,
        modle: value,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(config, (candidate) => {
        const problems: string[] = [];
        const report = (_: unknown, message: string) => problems.push(message);
        checkConfigShape(candidate, report);
        const servers = Object.entries(candidate.mcpServers ?? {});
        for (const [id, entry] of servers) checkServerShape(entry, ['mcpServers', id], report);
        expect(problems.length === 0).toBe(validate(candidate));
        expect(problems.length === 0).toBe(ConfigFile.safeParse(candidate).success);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the example configs', () => {
  it('config/ostler.example.yaml loads without a variable set', async () => {
    const { settings } = await load({
      flags: { config: path.join(CONFIG, 'ostler.example.yaml') },
    });
    expect(settings.servers).toMatchObject([
      { id: 'math', transport: 'sse', fallback: true, url: 'http://127.0.0.1:8808/sse' },
      { id: 'files', transport: 'stdio', command: 'npx', disabled: true },
    ]);
    expect(settings.warnings).toEqual([]);
  });

  it('config/ostler.example.yaml names every key of ours', async () => {
    const text = await readFile(path.join(CONFIG, 'ostler.example.yaml'), 'utf8');
    const own = Object.entries(
      (JSON.parse(configSchemaText()) as { properties: Record<string, { description?: string }> })
        .properties,
    ).filter(
      ([, { description = '' }]) =>
        !/^The same as|^true is|^Read by|other hosts|^$|^Where an/.test(description),
    );
    for (const [key] of own) {
      if (['providerApiKey', 'systemPrompt', 'numGpuLayers', 'mainGpu'].includes(key)) continue;
      expect(text, key).toMatch(new RegExp(`^#? ?${key}:`, 'm'));
    }
  });

  it('config/remote-sse.example.yaml sends the bearer token', async () => {
    const { settings } = await load({
      flags: { config: path.join(CONFIG, 'remote-sse.example.yaml') },
      env: { DOCS_TOKEN: 'token-of-docs' },
    });
    expect(settings.servers).toMatchObject([
      { id: 'docs', transport: 'sse', headers: [['Authorization', 'Bearer token-of-docs']] },
    ]);
  });
});
