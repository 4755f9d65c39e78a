import { execFileSync } from 'node:child_process';
import { chmod, mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanJson } from '../../../src/config/jsonc.js';
import { failure, load, loadText, tempDir } from './load-helper.js';

describe('errors with their place', () => {
  it('names file, line, column, key and value', async () => {
    const error = await failure(loadText('# servers\nmcpServers:\n  docs:\n    url: htp:/x\n'));
    expect(error.code).toBe('config_invalid');
    expect(error.message).toBe('ostler.yaml:4:10 mcpServers.docs.url: not a URL (got "htp:/x")');
  });

  it('does so in JSON too, with comments and CRLF', async () => {
    const text =
      '\uFEFF{\r\n  // servers\r\n  "mcpServers": {\r\n\t"docs": { "url": "htp:/x" }\r\n  }\r\n}';
    const error = await failure(loadText(text));
    expect(error.message).toBe('ostler.yaml:4:19 mcpServers.docs.url: not a URL (got "htp:/x")');
  });

  it('tells all that is wrong at once, ten lines at most', async () => {
    const lines = Array.from({ length: 14 }, (_, index) => `  s${index}: { url: "htp:/${index}" }`);
    const { message } = await failure(loadText(`mcpServers:\n${lines.join('\n')}\n`));
    expect(message.split('\n')).toHaveLength(11);
    expect(message).toMatch(/^ostler\.yaml:2:14 mcpServers\.s0\.url: .*\n/);
    expect(message).toMatch(/\n… and 4 more$/);
  });

  it.each([
    ['modle: x', 'ostler.yaml:1:1 modle: unknown key; did you mean "model"?'],
    ['max-stepz: 1', 'max-stepz: unknown key; did you mean "maxSteps"?'],
    ['mcpservers: {}', 'did you mean "mcpServers"?'],
    ['url: https://h/', 'url: unknown key; servers stand under mcpServers'],
    ['mcpServers: {a: {comand: x}}', 'mcpServers.a.comand: unknown key; did you mean "command"?'],
    ['mcpServers: []', 'mcpServers: must be a mapping (got a list)'],
    ['mcpServers: {a: x}', 'mcpServers.a: must be a mapping of keys to values (got a text)'],
    ['mcpServers: {a: {command: 5}}', 'must be a text or a list (got a number)'],
    ['mcpServers: {a: {command: x, args: y}}', 'args: must be a list (got a text)'],
    ['mcpServers: {a: {command: x, env: {K: [1]}}}', 'env.K: must be '],
    ['numCtx: many', 'numCtx: not a number (got "many")'],
    ['numCtx: 1.5', 'not a whole number'],
    ['approval: maybe', 'must be ask, auto or never (got "maybe")'],
    ['timeout: soon', 'not a duration'],
    ['{max-turns: 1, maxTurns: 2}', 'is given twice'],
    ['{maxSteps: 1, maxTurns: 2}', 'means the same as'],
    ['keepAlive: never', 'must be seconds or a duration'],
    ['schema: missing.json', 'there is no such file'],
    ['mcpServers: {"": {command: x}}', 'a server needs a name'],
    ['mcpServers: {"a\\u0007b": {command: x}}', 'may not hold control characters'],
    ['{mcpServers: {a: {command: x}}, servers: {a: {command: y}}}', 'given twice in this file'],
  ])('%s', async (text, message) => {
    const error = await failure(loadText(text));
    expect(error.code).toBe('config_invalid');
    expect(error.message).toContain(message);
  });
});

describe('texts that are no config', () => {
  it.each([
    ['a: [1, 2', 'not valid YAML or JSON'],
    ['{"a": 1', 'not valid YAML or JSON'],
    ['a: 1\na: 2\n', 'map keys must be unique'],
    ['{"mcpServers": {}, "mcpServers": {}}', 'map keys must be unique'],
    ['- a\n', 'must be a mapping'],
    ['just words', 'must be a mapping'],
    ['', 'is empty'],
    ['# only a comment\n', 'is empty'],
    ['a: !!js/function x', 'not valid YAML or JSON'],
    ['a: &a [*a]', 'aliases'],
    ['a: *nowhere', 'alias'],
    ['__proto__: {polluted: 1}', '"__proto__" cannot be a key'],
    ['{"mcpServers": {"__proto__": {"command": "x"}}}', '"__proto__" cannot be a key'],
    [`options: ${'['.repeat(100)}${']'.repeat(100)}`, 'nested'],
    [`{"options": ${'['.repeat(50_000)}${']'.repeat(50_000)}}`, 'nested'],
  ])('%s', async (text, message) => {
    const error = await failure(loadText(text));
    expect(error.code).toBe('config_invalid');
    expect(error.message).toContain(message);
    expect(error.message).toMatch(/^ostler\.yaml/);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('stops an alias bomb', async () => {
    const levels = Array.from({ length: 12 }, (_, index) => {
      const name = `*${String.fromCharCode(96 + index)}`;
      const items = index === 0 ? 'x' : Array.from({ length: 9 }, () => name).join(', ');
      return `${String.fromCharCode(97 + index)}: &${String.fromCharCode(97 + index)} [${items}]`;
    });
    const error = await failure(loadText(levels.join('\n')));
    expect(error.message).toContain('aliases');
  });

  it('never shows what stands in a broken text', async () => {
    const error = await failure(loadText('token: "tok-in-broken-text\nx: [}'));
    expect(error.message).not.toContain('tok-in');
  });

  it('refuses what is too large, binary, a directory or not there', async () => {
    const cwd = await tempDir({
      'large.yaml': `# ${'x'.repeat(1024 * 1024)}`,
      'binary.yaml': new Uint8Array([0x7f, 0x45, 0x00, 0x01]),
      'latin.yaml': new Uint8Array([0x61, 0x3a, 0xff]),
    });
    await mkdir(path.join(cwd, 'dir.yaml'));
    const reason = async (config: string) =>
      (await failure(load({ cwd, flags: { config } }))).message;
    expect(await reason('large.yaml')).toBe('large.yaml: is larger than 1 MiB.');
    expect(await reason('binary.yaml')).toContain('is binary');
    expect(await reason('latin.yaml')).toContain('is not a UTF-8 text');
    expect(await reason('dir.yaml')).toContain('is a directory');
    expect(await reason('none.yaml')).toContain('there is no such file');
  });

  it.skipIf(process.getuid?.() === 0)('tells that a file may not be read', async () => {
    const cwd = await tempDir({ 'secret.yaml': 'model: x' });
    await chmod(path.join(cwd, 'secret.yaml'), 0);
    const error = await failure(load({ cwd, flags: { config: 'secret.yaml' } }));
    expect(error.message).toContain('permission denied');
  });

  it.skipIf(process.platform === 'win32')('does not wait for a FIFO in a project', async () => {
    const cwd = await tempDir();
    execFileSync('sh', ['-c', 'mkfifo "$0"', path.join(cwd, '.mcp.json')]);
    expect((await failure(load({ cwd }))).message).toContain('is no regular file');
  });

  it('passes over a dangling link', async () => {
    const cwd = await tempDir();
    await symlink(path.join(cwd, 'nowhere'), path.join(cwd, '.mcp.json'));
    expect((await load({ cwd })).files).toEqual([]);
  });
});

describe('names that could corrupt', () => {
  it('constructor and toString are ordinary names', async () => {
    const { settings } = await loadText(
      '{"mcpServers": {"constructor": {"command": "x"}, "toString": {"command": "y", "env": {"constructor": "z"}}}}',
    );
    expect(settings.servers.map(({ id }) => id)).toEqual(['constructor', 'toString']);
    expect(settings.servers[1]).toMatchObject({ env: { constructor: 'z' } });
  });

  it('no id pollutes a prototype', async () => {
    const ids = fc.oneof(
      fc.constantFrom('__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'valueOf'),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(ids, ids, async (id, key) => {
        const text = `{"mcpServers": {${JSON.stringify(id)}: {"command": "x", "env": {${JSON.stringify(key)}: "1"}}}}`;
        const before = Object.getOwnPropertyNames(Object.prototype).length;
        const loaded = await load({ flags: { mcpConfig: [text] } }).catch(() => undefined);
        expect(Object.getOwnPropertyNames(Object.prototype)).toHaveLength(before);
        if (loaded !== undefined) expect(loaded.settings.servers[0]?.id).toBe(id);
      }),
      { numRuns: 60 },
    );
  });
});

describe('JSON with comments', () => {
  it('reads comments and trailing commas, and keeps every place', () => {
    const text = '{ // a\n "a": [1, 2, /* b */ ], "u": "http://x//y", /* c\n */ }';
    const { text: clean, duplicateKeys } = scanJson(text);
    expect(clean).toHaveLength(text.length);
    expect(clean.indexOf('"u"')).toBe(text.indexOf('"u"'));
    expect(JSON.parse(clean)).toEqual({ a: [1, 2], u: 'http://x//y' });
    expect(duplicateKeys).toBe(false);
  });

  it('leaves every JSON text as it is', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        const { text, duplicateKeys } = scanJson(json);
        expect(JSON.parse(text)).toEqual(JSON.parse(json));
        expect(duplicateKeys).toBe(false);
      }),
    );
  });

  it('finds duplicate keys however they are escaped, per object', () => {
    expect(scanJson(String.raw`{"a": 1, "\u0061": 2}`).duplicateKeys).toBe(true);
    expect(scanJson('{"a": {"a": 1}, "b": ["a", "a"]}').duplicateKeys).toBe(false);
  });
});
