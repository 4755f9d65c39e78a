import path from 'node:path';
import * as real from '@modelcontextprotocol/client';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { createRequire } from 'node:module';

/** The SDK with the schemas of src/mcp/lazy-zod.ts, bundled as the build does it. */
let lazy: typeof real;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ostler-schemas-'));
  const outfile = path.join(folder, 'sdk.cjs');
  await build({
    stdin: { contents: `export * from '@modelcontextprotocol/client';`, resolveDir: process.cwd() },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    outfile,
    logLevel: 'error',
    plugins: [
      {
        name: 'lazy',
        setup(builder) {
          builder.onResolve({ filter: /^zod\/v4$/ }, ({ importer }) =>
            /@modelcontextprotocol\/(client|core)\//.test(importer)
              ? { path: path.resolve('src/mcp/lazy-zod.ts') }
              : undefined,
          );
        },
      },
    ],
  });
  lazy = createRequire(import.meta.url)(outfile) as typeof real;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const text = { type: 'text', text: 'hi' };
const tool = {
  name: 'add',
  inputSchema: { type: 'object', properties: { a: { type: 'number' } }, required: ['a'] },
};

/** Messages of every kind the host receives, good and bad; every schema judges every one of them. */
const SAMPLES: readonly unknown[] = [
  null,
  {},
  'text',
  { jsonrpc: '2.0', id: 1, method: 'ping' },
  { jsonrpc: '2.0', id: 1, result: {} },
  { jsonrpc: '2.0', id: 1, error: { code: -32601, message: 'no' } },
  {
    jsonrpc: '2.0',
    method: 'notifications/progress',
    params: { progressToken: 1, progress: 2, total: 3 },
  },
  {
    method: 'initialize',
    params: {
      protocolVersion: '2025-11-25',
      capabilities: { roots: {} },
      clientInfo: { name: 'a', version: '1' },
    },
  },
  {
    protocolVersion: '2025-11-25',
    capabilities: { tools: { listChanged: true }, logging: {} },
    serverInfo: { name: 's', version: '1', title: 'S' },
    instructions: 'x',
  },
  { tools: [tool], nextCursor: 'n', _meta: { a: 1 } },
  { ...tool, title: 'Add', annotations: { readOnlyHint: true }, outputSchema: { type: 'object' } },
  { ...tool, inputSchema: { type: 'array' } },
  { content: [text], structuredContent: { a: 1 }, isError: false },
  {
    content: [
      { type: 'image', data: 'aGk=', mimeType: 'image/png' },
      { type: 'audio', data: 'aGk=', mimeType: 'audio/wav' },
    ],
  },
  { content: [{ type: 'image', data: 'not base64!', mimeType: 'image/png' }] },
  {
    content: [
      { type: 'resource_link', uri: 'file:///a', name: 'a' },
      { type: 'resource', resource: { uri: 'file:///a', text: 'x' } },
    ],
  },
  { resources: [{ uri: 'file:///a', name: 'a', size: 3 }] },
  { contents: [{ uri: 'file:///a', blob: 'aGk=' }] },
  { prompts: [{ name: 'p', arguments: [{ name: 'x', required: true }] }] },
  { messages: [{ role: 'user', content: text }], description: 'd' },
  {
    method: 'sampling/createMessage',
    params: { messages: [{ role: 'user', content: text }], maxTokens: 10 },
  },
  {
    method: 'elicitation/create',
    params: {
      message: 'm',
      requestedSchema: { type: 'object', properties: { a: { type: 'string', format: 'email' } } },
    },
  },
  { completion: { values: ['a'], total: 1, hasMore: false } },
  { roots: [{ uri: 'file:///a' }] },
  { resultType: 'complete', tools: [tool], ttlMs: 100, cacheScope: 'private' },
  { supportedVersions: ['2026-07-28'], capabilities: {}, serverInfo: { name: 's', version: '1' } },
  text,
  { type: 'object', properties: {} },
  {
    issuer: 'https://a.example',
    authorization_endpoint: 'https://a.example/x',
    token_endpoint: 'https://a.example/t',
    response_types_supported: ['code'],
  },
  { access_token: 't', token_type: 'Bearer', expires_in: '3600' },
];

describe('the schemas that are made at their first use', () => {
  it('judge every message as the real ones do', () => {
    const names = Object.keys(real.specTypeSchemas) as (keyof typeof real.specTypeSchemas)[];
    expect(Object.keys(lazy.specTypeSchemas).toSorted()).toEqual(names.toSorted());
    expect(names.length).toBeGreaterThan(100);
    let accepted = 0;
    for (const name of names) {
      for (const sample of SAMPLES) {
        const expected = real.specTypeSchemas[name]['~standard'].validate(structuredClone(sample));
        const given = lazy.specTypeSchemas[name]['~standard'].validate(structuredClone(sample));
        expect(JSON.stringify(given), `${name} of ${JSON.stringify(sample)}`).toBe(
          JSON.stringify(expected),
        );
        if (
          !('issues' in (expected as object)) ||
          (expected as { issues?: unknown }).issues === undefined
        )
          accepted += 1;
      }
    }
    expect(accepted).toBeGreaterThan(100);
  });
});
