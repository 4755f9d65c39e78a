import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTokenStore } from '../../src/mcp/auth/token-store.js';
import { canary, makeMcpHome, type McpHome } from '../support/mcp-home.js';
import { runOstler } from '../support/ostler.js';

let at: McpHome;
beforeEach(() => {
  at = makeMcpHome();
});
afterEach(() => at.remove());

describe('ostler mcp list, get, remove', () => {
  it('list sorts by name, tells scopes and what hides what, and looks nothing up', async () => {
    const { file, sprung } = canary(at.home);
    at.write('project/.mcp.json', {
      mcpServers: {
        zed: { command: 'sh', args: ['-c', `touch ${file}`] },
        docs: { url: 'https://p.example/$(touch x)', headers: { A: `$(touch ${file})` } },
        off: { command: 'x', disabled: true },
        odd: { type: 'builtin', name: 'fs' },
      },
    });
    await at.mcp(['add', 'docs', 'https://l.example/mcp']);
    await at.mcp(['add', 'docs', 'https://u.example/${NOT_SET}', '-s', 'user']);
    const { stdout, code } = await at.mcp(['list']);
    expect(code).toBe(0);
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/));
    expect(rows.map(([name, , scope, state]) => [name, scope, state])).toEqual([
      ['NAME', 'SCOPE', 'STATE'],
      ['docs', 'local', '-'],
      ['docs', 'project', 'not trusted yet, hidden by local'],
      ['docs', 'user', 'hidden by local'],
      ['odd', 'project', expect.stringContaining('not trusted yet, left out: type "builtin"')],
      ['off', 'project', 'not trusted yet, disabled'],
      ['zed', 'project', 'not trusted yet'],
    ]);
    for (const name of ['docs', 'odd', 'off', 'zed'])
      expect((await at.mcp(['get', name])).code).toBe(0);
    expect(sprung()).toBe(false);
  });

  it('get names the place of every part, and runs no command for it', async () => {
    const { file, sprung } = canary(at.home);
    await at.mcp([
      'add',
      'docs',
      'https://h.example/mcp?token=${T}',
      '--header=Authorization: Bearer ${T}',
      `--header=X-Cmd: $(touch ${file})`,
    ]);
    const { stdout } = await at.mcp(['get', 'docs'], { env: { T: 'tok-canary-7' } });
    expect(stdout).toContain('transport         http, else sse');
    expect(stdout).toMatch(
      /header +Authorization: … +\(.*\.yaml:6:22 headers\.Authorization, from \$T\)/,
    );
    expect(stdout).toMatch(/url +https:\/\/h\.example\/mcp\?token=\[REDACTED\]/);
    expect(stdout).not.toContain('canary-7');
    expect(sprung()).toBe(false);
    const unset = await at.mcp(['get', 'docs']);
    expect(unset).toMatchObject({ code: 0 });
    expect(unset.stderr).toContain('the environment variable T is not set');
  });

  it('remove wants to know the file when there are several', async () => {
    for (const scope of ['local', 'user'])
      await at.mcp(['add', 'docs', 'https://h/mcp', '-s', scope]);
    const unclear = await at.mcp(['remove', 'docs']);
    expect(unclear.code).toBe(2);
    expect(unclear.stderr).toMatch(/local.*user/);
    expect(unclear.stderr).toContain('--scope local');
    const removed = await at.mcp(['remove', 'docs', '-s', 'user', '--json']);
    expect(JSON.parse(removed.stdout)).toMatchObject({
      name: 'docs',
      scope: 'user',
      tokensKept: false,
    });
    expect((await at.listed()).map(({ scope }) => scope)).toEqual(['local']);
    const wrong = await at.mcp(['remove', 'dosc']);
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('did you mean "docs"?'),
    });
    expect((await at.mcp(['remove', 'docs', '-s', 'project'])).code).toBe(2);
  });

  it('tells of a login, which outlives the entry', async () => {
    const env = { ...at.env, OSTLER_NO_KEYCHAIN: '1' };
    await at.mcp(['add', 'docs', 'https://h.example/mcp']);
    const store = await createTokenStore(env);
    await store.save('https://h.example/mcp', {
      issuer: 'https://issuer.example',
      kind: 'authorization_code',
      tokens: { access_token: 'tok-canary-1', token_type: 'Bearer', refresh_token: 'tok-canary-2' },
      receivedAt: Date.now(),
    });
    const shown = await Promise.all(
      [['list'], ['get', 'docs'], ['list', '--json']].map((args) => at.mcp(args, { env })),
    );
    for (const { stdout } of shown.slice(0, 2)) expect(stdout).toContain('logged in');
    expect(shown[2]?.stdout).toContain('"issuer":"https://issuer.example"');
    const removed = await at.mcp(['remove', 'docs'], { env });
    expect(removed.stderr).toContain('ostler mcp logout https://h.example/mcp');
    expect(await store.has('https://h.example/mcp')).toBe(true);
    for (const { stdout, stderr } of [...shown, removed]) {
      expect(stdout + stderr).not.toContain('canary');
    }
  });

  it('a server that was added is the one that runs', async () => {
    await at.mcp([
      'add',
      'math',
      '--',
      process.execPath,
      path.resolve('test/support/stdio-server.mjs'),
    ]);
    const { stdout, code } = await runOstler(['tools', 'math', '--json'], {
      cwd: at.project,
      env: at.env,
    });
    expect(code).toBe(0);
    expect(JSON.stringify(JSON.parse(stdout))).toContain('name');
  });

  it('survives a reader that leaves', async () => {
    for (let index = 0; index < 3; index += 1) await at.mcp(['add', `s${index}`, '--', 'x']);
    const child = await at.mcp(['list'], { onStdout: (_, process) => process.stdout?.destroy() });
    expect(child.stderr).not.toMatch(/EPIPE|at .*\.js/);
  });
});

describe('ostler mcp trust', () => {
  const FILE = { mcpServers: { near: { command: 'touch', args: ['x'] } } };

  it('lists what was allowed, and takes it back', async () => {
    at.write('project/.mcp.json', FILE);
    expect((await at.mcp(['trust', 'near', '--yes'])).stdout).toContain(
      'is trusted, until it changes',
    );
    const state = async () =>
      (
        JSON.parse((await at.mcp(['trust', '--list', '--json'])).stdout) as {
          files: { state: string }[];
        }
      ).files.map((file) => file.state);
    expect(await state()).toEqual(['trusted']);
    at.write('project/.mcp.json', { mcpServers: { near: { command: 'touch', args: ['y'] } } });
    expect(await state()).toEqual(['changed']);
    at.write('project/.mcp.json', FILE);
    expect((await at.mcp(['trust', '--revoke'])).stdout).toContain('not trusted any more');
    expect(await state()).toEqual([]);
    expect((await at.listed())[0]?.trusted).toBe(false);
  });

  it('knows the names of the file', async () => {
    at.write('project/.mcp.json', FILE);
    const { code, stderr } = await at.mcp(['trust', 'neer', '--yes']);
    expect(code).toBe(2);
    expect(stderr).toContain('did you mean "near"?');
    expect((await at.listed())[0]?.trusted).toBe(false);
  });
});
