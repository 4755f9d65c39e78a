import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REDACTED } from '../../../src/core/redact.js';
import { toCurl, type TracedCall } from '../../../src/render/trace/curl.js';

const call = (parts: Partial<TracedCall>): TracedCall => ({
  t: 1,
  id: 1,
  type: 'request',
  method: 'POST',
  url: 'http://127.0.0.1:8000/mcp',
  headers: [],
  size: 0,
  ...parts,
});

/** Stands for curl: its arguments and its stdin as JSON. */
const FAKE = `#!${process.execPath}
const [, , ...args] = process.argv;
const stdin = args.includes('@-') ? require('fs').readFileSync(0, 'utf8') : '';
process.stdout.write(JSON.stringify({ args, stdin }));
`;
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'ostler-curl-'));
  writeFileSync(path.join(folder, 'curl'), FAKE);
  chmodSync(path.join(folder, 'curl'), 0o755);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Types the line into bash. */
function typed(parts: Partial<TracedCall>, variables: Record<string, string> = {}) {
  const { command } = toCurl(call(parts));
  const output = execFileSync('bash', ['-s'], {
    input: command,
    env: { PATH: `${folder}:${process.env['PATH'] ?? ''}`, LC_ALL: 'C.UTF-8', ...variables },
  });
  return JSON.parse(output.toString('utf8')) as { args: string[]; stdin: string };
}

describe('a request as a curl line', () => {
  it('reads as a person would write it', () => {
    const { command, variables } = toCurl(
      call({
        url: `http://127.0.0.1:8000/m?session_id=${REDACTED}&x=1`,
        headers: [
          ['accept', 'application/json, text/event-stream'],
          ['Authorization', `Bearer ${REDACTED}`],
          ['X-API-Key', REDACTED],
          ['content-type', 'application/json'],
          ['content-length', '8'],
          ['Host', '127.0.0.1:8000'],
        ],
        body: '{"a":"it\'s"}',
      }),
    );
    expect(command).toBe(
      [
        'curl -sS -N "http://127.0.0.1:8000/m?session_id=${SECRET_SESSION_ID}&x=1" \\',
        "  -H 'accept: application/json, text/event-stream' \\",
        '  -H "Authorization: Bearer $TOKEN" \\',
        '  -H "X-API-Key: $X_API_KEY" \\',
        "  -H 'content-type: application/json' \\",
        String.raw`  --data-raw '{"a":"it'\''s"}'` + '\n',
      ].join('\n'),
    );
    expect(variables).toEqual(['SECRET_SESSION_ID', 'TOKEN', 'X_API_KEY']);
  });

  it.each([
    [{ method: 'GET' }, ['-sS', 'http://127.0.0.1:8000/mcp']],
    [{ method: 'DELETE' }, ['-sS', '-X', 'DELETE', 'http://127.0.0.1:8000/mcp']],
    [{ method: 'HEAD' }, ['-sS', '-I', 'http://127.0.0.1:8000/mcp']],
    [{ method: 'post' }, ['-sS', '-X', 'post', 'http://127.0.0.1:8000/mcp']],
    [{ method: 'GET', url: 'http://h/a/../b' }, ['-sS', '--path-as-is', 'http://h/a/../b']],
    [{ method: 'GET', url: 'http://[::1]:1/{a}' }, ['-sS', '-g', 'http://[::1]:1/{a}']],
    [
      { method: 'GET', headers: [['Empty', ''] as const, ['Host', 'evil'] as const] },
      ['-sS', 'http://127.0.0.1:8000/mcp', '-H', 'Empty;', '-H', 'Host: evil'],
    ],
    [{ body: 'x' }, ['-sS', 'http://127.0.0.1:8000/mcp', '-H', 'Content-Type:', '--data-raw', 'x']],
  ])('%j', (parts, args) => {
    expect(typed(parts).args).toEqual(args);
  });

  it('sends any header and body as they were, secrets in their places', () => {
    const text = fc
      .array(
        fc.oneof(
          fc.string({ unit: 'grapheme' }),
          fc.constantFrom(
            "'",
            '"',
            '$(id)',
            '`id`',
            '\\',
            '!',
            '$HOME',
            '%s',
            '@/etc/passwd',
            REDACTED,
          ),
        ),
        { maxLength: 6 },
      )
      .map((parts) => parts.join('').replaceAll('\0', ''));
    fc.assert(
      fc.property(text, text, (header, body) => {
        const value = header.replaceAll(/[\r\n]/g, '');
        const { args } = typed(
          {
            headers: [
              ['X-Secret-Thing', value],
              ['content-type', 'x'],
            ],
            body: `{${body}`,
          },
          // Whatever the place is called, its value is the same here.
          { X_SECRET_THING: 'v$1', SECRET: 'v$1' },
        );
        const filled = (given: string) => given.replaceAll(REDACTED, () => 'v$1');
        expect(args[3]).toBe(value === '' ? 'X-Secret-Thing;' : `X-Secret-Thing: ${filled(value)}`);
        expect(args.at(-1)).toBe(`{${filled(body)}`);
      }),
      { numRuns: 60 },
    );
  });

  it('sends a big body by a here document', () => {
    const body = `{"a":"${'x'.repeat(200_000)} $HOME \`id\` \\\\ ${REDACTED}\nEND\n"}`;
    const { args, stdin } = typed({ body }, { A: 'secret', SECRET_A: 'secret', SECRET: 'secret' });
    expect(args.slice(-2)).toEqual(['--data-binary', '@-']);
    expect(stdin).toBe(`${body.replace(REDACTED, 'secret')}\n`);
    const plain = body.replace(REDACTED, '');
    expect(typed({ body: plain }).stdin).toBe(`${plain}\n`);
  });

  it('prints no escape code', () => {
    const { command } = toCurl(
      call({ headers: [['x', 'a\u009b31m']], body: '{"a":"\u202e\u{e0041}"}' }),
    );
    expect(command).not.toMatch(/[\u009b\u202e\u{e0041}]/u);
    expect(typed({ body: '{"a":"\u202e"}' }).args.at(-1)).toBe(String.raw`{"a":"\u202e"}`);
  });

  it.each([
    { method: 'GET; id' },
    { url: '-K/etc/passwd' },
    { url: 'file:///etc/passwd' },
    { headers: [['@/etc/passwd', 'x'] as const] },
    { headers: [['a: b\nc', 'x'] as const] },
  ])('refuses %j, which only somebody else can have written', (parts) => {
    expect(() => toCurl(call(parts))).toThrow('cannot be written as a curl line');
  });

  it('never names a variable that the shell itself uses', () => {
    const { variables } = toCurl(
      call({
        url: `http://h/?PATH=${REDACTED}`,
        headers: [['home', REDACTED]],
        body: `IFS=${REDACTED}`,
      }),
    );
    expect(variables).toEqual(['SECRET_PATH', 'SECRET_HOME', 'SECRET_IFS']);
  });

  it('never names a variable that may be set already: a server chose the name', () => {
    const { variables } = toCurl(
      call({
        url: `http://h/?github_token=${REDACTED}`,
        headers: [['OPENAI-API-KEY', REDACTED]],
        body: `{"AWS_SECRET_ACCESS_KEY":"${REDACTED}"}`,
      }),
    );
    expect(variables).toEqual([
      'SECRET_GITHUB_TOKEN',
      'SECRET_OPENAI_API_KEY',
      'SECRET_AWS_SECRET_ACCESS_KEY',
    ]);
  });
});
