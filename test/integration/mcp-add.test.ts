import { chmodSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filesHolding } from '../support/canary.js';
import { canary, makeMcpHome, type McpHome } from '../support/mcp-home.js';
import { runOstler } from '../support/ostler.js';

let at: McpHome;
beforeEach(() => {
  at = makeMcpHome();
});
afterEach(() => at.remove());

describe('ostler mcp add', () => {
  it('writes a URL as people know it, for this person and directory', async () => {
    const added = await at.mcp([
      ...'add --transport sse tracker https://h.example/sse -H'.split(' '),
      'Authorization: Bearer ${TRACKER_TOKEN}',
      '--header',
      'X-Org: me',
    ]);
    expect(added).toMatchObject({ code: 0, stdout: expect.stringContaining('Added tracker in ') });
    expect(added.stderr).toContain('not set in this shell: TRACKER_TOKEN');
    expect(at.localText()).toBe(
      [
        `project: ${at.project}`,
        'mcpServers:',
        '  tracker:',
        '    type: sse',
        '    url: https://h.example/sse',
        '    headers:',
        '      Authorization: Bearer ${TRACKER_TOKEN}',
        '      X-Org: me',
        '',
      ].join('\n'),
    );
  });

  it('writes a command with all of its words, and starts nothing', async () => {
    const { words, sprung } = canary(at.home);
    const own = ['-y', '--json', '--help', '-s', 'user', '--', '-e', 'X=1'];
    const added = await at.mcp([
      'add',
      'near',
      '-s',
      'user',
      '-e',
      'MODE=fast',
      '--',
      ...words,
      ...own,
    ]);
    expect(added).toMatchObject({
      code: 0,
      stdout: 'Added near in ../state/config.yaml (user).\n'.replace(
        '../state',
        path.join(at.home, 'state'),
      ),
    });
    expect(JSON.parse((await at.mcp(['get', 'near', '--json'])).stdout)).toMatchObject({
      scope: 'user',
      resolved: { command: 'touch', args: [words[1], ...own], env: { MODE: 'fast' } },
    });
    expect(sprung()).toBe(false);
    expect(statSync(path.join(at.home, 'state/config.yaml')).mode & 0o777).toBe(0o600);
  });

  it('reads a path from where it was typed, in every scope', async () => {
    at.write('project/tok.txt', 'tok-canary-from-file');
    chmodSync(path.join(at.project, 'tok.txt'), 0o600);
    for (const scope of ['user', 'local', 'project']) {
      await at.mcp([
        'add',
        scope,
        'http://127.0.0.1:1/mcp',
        '--token-file',
        'tok.txt',
        '-s',
        scope,
      ]);
      const called = await runOstler(['inspect', scope], { cwd: at.project, env: at.env });
      // The token was found, and nobody answers there.
      expect(called.code).toBe(4);
      expect(called.stdout + called.stderr).not.toContain('canary');
    }
    expect(at.read('project/ostler.yaml')).toContain('tokenFile: tok.txt\n');
  });

  it('takes every flag of an entry', async () => {
    const flags =
      '--token-env T --protocol legacy --timeout 90s --connect-timeout 5 --include-tools a,b --exclude-tools c --trust --description hi --oauth-client-id me --client-secret-env S --scopes a,b --callback-port 8976 --insecure'.split(
        ' ',
      );
    const env = { T: 'tok-canary-1', S: 'sec-canary-2' };
    const added = await at.mcp(['add', 'far', 'https://h.example/mcp', ...flags], { env });
    expect(added.code).toBe(0);
    expect(at.localText()).not.toContain('canary');
    const { stdout } = await at.mcp(['get', 'far', '--json'], { env });
    expect(stdout).not.toContain('canary');
    expect(JSON.parse(stdout)).toMatchObject({
      resolved: {
        protocol: 'legacy',
        callTimeoutMs: 90_000,
        connectTimeoutMs: 5000,
        filter: { allow: ['a', 'b'], deny: ['c'] },
        autoApprove: ['*'],
        insecure: true,
        headers: { Authorization: '[REDACTED]' },
        oauth: {
          clientId: 'me',
          scopes: ['a', 'b'],
          redirectUri: 'http://localhost:8976/callback',
        },
      },
    });
  });

  it('keeps comments and order of the project’s file, in its own key', async () => {
    const text = '# ours\nservers: # all\n  a: {command: x} # first\n\nmodel: m # last\n';
    at.write('project/ostler.yaml', text);
    await at.mcp(['trust', '--yes']);
    const added = await at.mcp(['add', 'docs', 'https://h/mcp', '--scope', 'project']);
    expect(added.stderr).toBe('');
    expect(at.read('project/ostler.yaml')).toBe(
      text.replace('# first\n', '# first\n  docs:\n    url: https://h/mcp\n'),
    );
    // It was trusted, and its person wrote the change.
    expect((await at.listed()).map(({ trusted }) => trusted)).toEqual([true, true]);
    expect((await at.mcp(['remove', 'docs'])).code).toBe(0);
    expect(at.read('project/ostler.yaml')).toBe(text);
  });

  it('goes into the .mcp.json that is there, and trusts nothing by that', async () => {
    at.write('project/.mcp.json', '{\n  "mcpServers": {\n    "evil": { "command": "x" }\n  }\n}\n');
    const added = await at.mcp(['add', 'docs', 'https://h/mcp', '-s', 'project', '--json']);
    expect(JSON.parse(added.stdout)).toMatchObject({
      servers: [{ name: 'docs', replaced: false }],
      scope: 'project',
      file: path.join(at.project, '.mcp.json'),
      warnings: [expect.stringContaining('ostler mcp trust')],
    });
    expect((await at.listed()).every(({ trusted }) => !trusted)).toBe(true);
    expect(JSON.parse(at.read('project/.mcp.json') ?? '')).toEqual({
      mcpServers: { evil: { command: 'x' }, docs: { url: 'https://h/mcp' } },
    });
  });

  it('keeps a literal credential out of a project, and out of sight elsewhere', async () => {
    const secret = 'sk-canary-0123456789';
    for (const words of [
      ['https://h/mcp', '-H', `Authorization: Bearer ${secret}`],
      ['https://h/mcp', '-H', `X-Api-Key: ${secret}`],
      [`https://h/mcp?token=${secret}`],
      ['-e', `API_KEY=${secret}`, '--', 'x'],
      ['--', 'x', '--token', secret],
    ]) {
      const refused = await at.mcp(['add', 'docs', '-s', 'project', ...words]);
      expect(refused.code).toBe(2);
      expect(refused.stderr).toContain('${VAR}');
      const added = await at.mcp(['add', 'docs', '--force', ...words]);
      expect(added).toMatchObject({ code: 0 });
      expect(added.stderr).toContain('holds a credential');
      const looks = [await at.mcp(['list', '--json']), await at.mcp(['get', 'docs'])];
      for (const { stdout, stderr } of [refused, added, ...looks]) {
        expect(stdout + stderr).not.toContain(secret);
      }
    }
    expect(filesHolding(at.home, [secret])).toHaveLength(1);
  });

  it.each([
    [['add'], "missing required argument 'name'"],
    [['add', 'docs'], 'Give a URL, or a command behind --'],
    [['add', 'https://h/mcp'], 'needs a name'],
    [['add', 'my docs', 'https://h/mcp'], 'Try: my-docs'],
    [['add', '__proto__', '--', 'x'], 'cannot be the name'],
    [['add', 'all', '--', 'x'], '--require-servers'],
    [['add', 'docs', 'htp://h'], 'only http and https'],
    [['add', 'docs', 'https://h', 'more'], 'takes no arguments'],
    [['add', 'docs', 'https://h', '-t', 'stdio'], 'needs a command'],
    [['add', 'docs', '-t', 'sse', '--', 'x'], 'needs a URL'],
    [['add', 'docs', '-H', 'A: b', '--', 'x'], '--header is for a server that is a URL'],
    [['add', 'docs', 'https://h', '-e', 'A=b'], '--env is for a server that is a command'],
    [['add', 'docs', '-e', 'canary', '--', 'x'], 'NAME=value'],
    [['add', 'docs', 'https://h', '-H', 'canary'], '"Name: value"'],
    [['add', 'docs', 'https://h', '-H', 'A: 1', '-H', 'a: 2'], 'given twice'],
    [['add', 'docs', 'https://h', '--token-env', 'sk-canary'], 'name of a variable'],
    [['add', 'docs', 'https://h', '--protocol', 'x'], '--protocol'],
    [['add', 'docs', 'https://h', '--timeout', 'soon'], '--timeout'],
    [['add', 'docs', 'https://h', '--callback-port', '99999'], '--callback-port'],
    [['add', 'docs', 'https://h', '--client-secret-env', 'S'], '--oauth-client-id'],
    [['add', 'docs', 'https://h', '-s', 'global'], '--scope'],
  ])('%j is wrong usage', async (args, message) => {
    const { code, stderr, stdout } = await at.mcp(args);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
    expect(stdout + stderr).not.toContain('canary');
    expect(at.read('state')).toBeUndefined();
  });

  it('asks for --force where the name is taken', async () => {
    await at.mcp(['add', 'docs', 'https://one.example/mcp']);
    const again = await at.mcp(['add', 'docs', 'https://two.example/mcp', '--json']);
    expect(again.code).toBe(2);
    expect(JSON.parse(again.stderr)).toMatchObject({
      error: { code: 'usage', message: expect.stringMatching(/"docs" already: .*\.yaml:3:3/) },
    });
    const forced = await at.mcp(['add', 'docs', 'https://two.example/mcp', '--force']);
    expect(forced.stdout).toContain('Replaced docs in');
    expect((await at.listed()).map(({ where }) => where)).toEqual(['https://two.example/mcp']);
  });

  it('refuses a damaged file with its place and leaves it', async () => {
    at.write('project/ostler.yaml', 'mcpServers:\n  a: [\n');
    const { code, stderr } = await at.mcp(['add', 'docs', 'https://h', '-s', 'project']);
    expect(code).toBe(6);
    expect(stderr).toMatch(/ostler\.yaml:\d:\d+: not valid YAML/);
    expect(at.read('project/ostler.yaml')).toBe('mcpServers:\n  a: [\n');
  });
});
