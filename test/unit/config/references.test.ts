import { chmod, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandText } from '../../../src/config/expand.js';
import { splitCommand } from '../../../src/config/secret-command.js';
import { BadReference } from '../../../src/config/template.js';
import { redact } from '../../../src/core/redact.js';
import { asRemote, failure, loadServer, loadText, tempDir } from './load-helper.js';

async function expand(text: string, env: Record<string, string> = {}, dir = '/'): Promise<string> {
  return (await expandText(text, { env, dir, mode: 'run' })).text;
}

describe('references', () => {
  it.each([
    ['${V}', 'val'],
    ['a${V}b${V}', 'avalbval'],
    ['${V:-d}', 'val'],
    ['${N:-d}', 'd'],
    ['${N:-}', ''],
    ['${N:-${V}}', 'val'],
    ['${N:-{"a":1}}', '{"a":1}'],
    ['${env:V}', 'val'],
    ['{env:V}', 'val'],
    ['${env://V}', 'val'],
    ['${env://N:-d}', 'd'],
    ['$env:V', 'val'],
    ['$V', 'val'],
    ['Bearer $V', 'Bearer val'],
    ['$$V', '$V'],
    ['$${V}', '${V}'],
    ['a$$b', 'a$b'],
    ['costs $5 {x} $', 'costs $5 {x} $'],
    ['x $V', 'x $V'],
    ['${userHome}/x', '/home/me/x'],
    ['${workspaceFolder}/x', '//x'],
  ])('%s', async (text, expected) => {
    expect(await expand(text, { V: 'val', HOME: '/home/me' })).toBe(expected);
  });

  it.each([
    ['${N}', 'the environment variable N is not set'],
    ['${E}', 'the environment variable E is empty'],
    ['${constructor}', 'the environment variable constructor is not set'],
    ['${N', 'is not closed'],
    ['$(cmd', 'is not closed'],
    ['${not a name}', 'a reference must be'],
    ['${input:token}', 'asks in an editor'],
    ['${file:nope}', '/nope cannot be read: there is no such file'],
    ['$()', 'holds no command'],
    ['$(false)', '$(false …) ended with exit code 1'],
    ['$(true)', '$(true …) printed nothing'],
    ['$(no-such-program x)', 'cannot be run: there is no such file'],
    ['$(echo a | cat)', 'runs without a shell'],
    ['$(echo "$HOME")', 'runs without a shell'],
    ["$(echo 'a)", 'is not closed'],
  ])('%s is refused', async (text, message) => {
    const error: unknown = await expand(text, { E: '', PATH: process.env['PATH'] ?? '' }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(BadReference);
    expect((error as BadReference).message).toContain(message);
  });

  it('reads files relative to the config, without the last newline', async () => {
    const dir = await tempDir({ token: 'from-file\r\n\n' });
    expect(await expand('a ${file:token}', {}, dir)).toBe('a from-file');
    expect(await expand('{file:./token}', {}, dir)).toBe('from-file');
    expect(await expand('${file:${D}/token}', { D: dir })).toBe('from-file');
  });

  it('leaves no reference in a text, or throws', async () => {
    const piece = fc.constantFrom(
      '${A}',
      '${B:-x}',
      '{env:A}',
      '$env:A',
      '$$',
      '${env://A}',
      'a',
      '}',
      '{',
      ' ',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece), async (pieces) => {
        const text = pieces.join('');
        const result = await expand(text, { A: 'v' }).catch(() => undefined);
        if (result === undefined || text.includes('$$')) return;
        expect(result).not.toMatch(/\$\{\w|\{env:\w/);
      }),
    );
  });

  it('takes any text without hanging', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ maxLength: 200, unit: fc.constantFrom(...'${}()\'"\\:-A e') }),
        async (text) => {
          const context = { env: {}, dir: '/', mode: 'dry' } as const;
          await expandText(text, context).catch((error: unknown) => {
            expect(error).toBeInstanceOf(BadReference);
          });
        },
      ),
    );
  });
});

describe('references in a file', () => {
  it('an unresolved one names file, line, column, key and variable', async () => {
    const error = await failure(
      loadText(
        'mcpServers:\n  d:\n    url: https://h/\n    headers:\n      - "X-Key: a ${NOPE}"\n',
      ),
    );
    expect(error.message).toBe(
      'ostler.yaml:5:19 mcpServers.d.headers[0]: the environment variable NOPE is not set',
    );
    expect(error.hint).toContain('${NOPE:-default}');
  });

  it('what comes in is secret, but for paths and names that stand everywhere', async () => {
    await loadServer(
      {
        command: 'x',
        args: ['${KEY}', '${HOME}'],
        env: { A: 'pre-${OTHER}', MY_TOKEN: 'literal-token' },
      },
      { env: { KEY: 'key-in-args', OTHER: 'other-value', HOME: '/home/somebody' } },
    );
    expect(redact('key-in-args other-value literal-token /home/somebody')).toBe(
      '[REDACTED] [REDACTED] [REDACTED] /home/somebody',
    );
  });

  it('a host name in a URL stays readable, a key in it does not', async () => {
    await loadServer(
      { url: 'https://${API_HOST}/${PATH_KEY}/mcp' },
      { env: { API_HOST: 'api.example.com', PATH_KEY: 'Secret/With/Slash' } },
    );
    expect(redact('https://api.example.com/Secret/With/Slash/mcp')).toBe(
      'https://api.example.com/[REDACTED]/mcp',
    );
  });

  it('names, not values, of bad headers', async () => {
    for (const bad of ['to\u0007ken', 'to\nken', 'to\u20acken']) {
      const error = await failure(loadServer({ url: 'https://h/', headers: { 'X-Key': bad } }));
      expect(error.message).toMatch(/header X-Key has an invalid character at position 3$/);
      const injected = await failure(
        loadServer({ url: 'https://h/', headers: ['X-Key: ${T}'] }, { env: { T: bad } }),
      );
      expect(injected.message).toMatch(/position 3$/);
    }
    const name = await failure(loadServer({ url: 'https://h/', headers: ['X Key: secret-value'] }));
    expect(name.message).toContain('"X Key" is no header name');
    expect(name.message).not.toContain('secret-value');
    const own = await failure(
      loadServer({ url: 'https://h/', headers: { 'Content-Length': '3' } }),
    );
    expect(own.message).toContain('Content-Length cannot be set');
  });
});

describe('secret commands', () => {
  it('splits words as a shell does, without being one', () => {
    expect(splitCommand(`pass show 'a b' "c \\"d\\"" e\\ f`)).toEqual([
      'pass',
      'show',
      'a b',
      'c "d"',
      'e f',
    ]);
    expect(splitCommand(`sh -c 'a | b; c'`)).toEqual(['sh', '-c', 'a | b; c']);
  });

  it('runs once a process, and again for new headers', async () => {
    const dir = await tempDir({ count: '0' });
    const script = path.join(dir, 'next');
    await writeFile(
      script,
      '#!/bin/sh\nn=$(($(cat count) + 1)); echo $n > count; echo "token-$n"\n',
    );
    await chmod(script, 0o755);
    const entry = { url: 'https://h/mcp', headers: [`Authorization: Bearer $(${script})`] };
    await writeFile(
      path.join(dir, 'c.json'),
      JSON.stringify({ mcpServers: { a: entry, b: entry } }),
    );
    const { load } = await import('./load-helper.js');
    const { settings } = await load({ cwd: dir, flags: { config: 'c.json' } });
    const servers = settings.servers.map(asRemote);
    expect(servers.map(({ headers }) => headers[0]?.[1])).toEqual([
      'Bearer token-1',
      'Bearer token-1',
    ]);
    expect(await servers[0]?.refreshHeaders?.()).toEqual([['Authorization', 'Bearer token-2']]);
    expect((await readFile(path.join(dir, 'count'), 'utf8')).trim()).toBe('2');
    expect(redact('token-1 token-2')).toBe('[REDACTED] [REDACTED]');
  });

  it('has nothing to run again for plain headers', async () => {
    const { server } = await loadServer({ url: 'https://h/mcp', headers: ['X-Key: v'] });
    expect(asRemote(server).refreshHeaders).toBeUndefined();
  });

  it('tells the last line of stderr of a command that fails', async () => {
    const error = await failure(
      loadServer({
        url: 'https://h/',
        headers: [`X-Key: $(sh -c 'echo out-secret; echo gone >&2; exit 3')`],
      }),
    );
    expect(error.message).toContain('$(sh …) ended with exit code 3: gone');
    expect(error.message).not.toContain('out-secret');
  });

  it('is not run, nor a file read, when nothing is to be resolved', async () => {
    const dir = await tempDir();
    const { settings } = await loadText(
      JSON.stringify({ mcpServers: { a: { command: 'x', args: [`$(touch ${dir}/ran)`] } } }),
      { mode: 'dry' },
    );
    expect(settings.servers[0]).toMatchObject({ args: [`$(touch ${dir}/ran)`] });
    await expect(readFile(path.join(dir, 'ran'))).rejects.toThrow('ENOENT');
  });
});
