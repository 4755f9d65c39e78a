import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filesHolding } from '../support/canary.js';
import { canary, makeMcpHome, type McpHome } from '../support/mcp-home.js';

const SECRET = 'sk-canary-0123456789';
let at: McpHome;

beforeEach(() => {
  at = makeMcpHome();
  at.write('.config/Claude/claude_desktop_config.json', {
    globalShortcut: '',
    mcpServers: {
      fs: { command: 'touch', args: [canary(at.home).file], env: { API_KEY: SECRET } },
    },
  });
  at.write('.claude.json', {
    mcpServers: { far: { type: 'http', url: 'https://far.example/mcp', headers: { A: '${FAR}' } } },
    projects: { [at.project]: { mcpServers: { here: { command: 'node', args: ['s.js'] } } } },
  });
  at.write('.cursor/mcp.json', { mcpServers: { gh: { url: 'https://cursor.example/mcp' } } });
  at.write(
    'project/.vscode/mcp.json',
    '{\n  // VS Code\n  "inputs": [{"id": "pat", "type": "promptString"}],\n  "servers": {"gh": {"type": "http", "url": "https://code.example/mcp", "headers": {"Authorization": "Bearer ${input:pat}"}}},\n}\n',
  );
  at.write('.gemini/settings.json', { theme: 'x', mcpServers: { odd: { httpUrl: 'nope' } } });
  at.write(
    '.mcphost.yml',
    'mcpServers:\n  old: {command: sse_server, args: ["http://127.0.0.1:1/sse"]}\n',
  );
});
afterEach(() => {
  expect(canary(at.home).sprung()).toBe(false);
  at.remove();
});

interface Found {
  name: string;
  host: string;
  taken?: string;
  problem?: string;
  notes: string[];
}
const found = async (...args: string[]): Promise<Found[]> =>
  (JSON.parse((await at.mcp(['import', '--json', ...args])).stdout) as { servers: Found[] })
    .servers;

describe('ostler mcp import', () => {
  it('without names lists what there is, by name, and writes nothing', async () => {
    const { stdout, stderr, code } = await at.mcp(['import']);
    expect(code).toBe(0);
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/).slice(0, 3));
    expect(rows).toEqual([
      ['NAME', 'FROM', 'TRANSPORT'],
      ['far', 'claude-code', 'http'],
      ['fs', 'claude-desktop', 'stdio'],
      ['gh', 'cursor', 'http'],
      ['gh', 'vscode', 'http'],
      ['here', 'claude-code', 'stdio'],
      ['odd', 'gemini', 'http'],
      ['old', 'mcphost', 'sse'],
    ]);
    expect(stdout).toContain('cannot be used');
    expect(stdout + stderr).not.toContain(SECRET);
    expect(at.read('state')).toBeUndefined();
  });

  it('writes one in our spelling, once it was seen and allowed', async () => {
    const refused = await at.mcp(['import', 'gh', '--from', 'vscode']);
    expect(refused).toMatchObject({ code: 6, stdout: '' });
    expect(refused.stderr).toContain('connects to https://code.example/mcp');
    expect(refused.stderr).toContain('set the variable PAT instead');
    expect(refused.stderr).toContain('--yes');
    const done = await at.mcp(['import', 'gh', '--from', 'vscode', '--yes', '--json']);
    expect(JSON.parse(done.stdout)).toMatchObject({ servers: [{ name: 'gh' }], scope: 'local' });
    expect(at.localText()).toContain('      Authorization: Bearer ${PAT}\n');
    expect((await found('--from', 'vscode'))[0]?.taken).toBe('same');
  });

  it('keeps a credential in a private file, and shows it nowhere', async () => {
    const { code, stdout, stderr } = await at.mcp(['import', 'fs', '--yes']);
    expect(code).toBe(0);
    expect(stdout + stderr).not.toContain(SECRET);
    expect(stderr).toContain('holds a credential (env.API_KEY)');
    expect(at.localText()).toContain(SECRET);
    expect(filesHolding(path.join(at.home, 'state'), [SECRET])).toHaveLength(1);
    const shared = await at.mcp(['import', 'fs', '--yes', '-s', 'project']);
    expect(shared.code).toBe(2);
    expect(shared.stderr).toContain('env.API_KEY holds a credential');
    expect(at.read('project/ostler.yaml')).toBeUndefined();
  });

  it('--all takes what can be taken, and tells the rest', async () => {
    const { code, stdout, stderr } = await at.mcp(['import', '--all', '--yes', '--scope', 'user']);
    expect(code).toBe(0);
    expect(stdout.match(/Added (\w+)/g)).toEqual(
      ['fs', 'here', 'far', 'gh', 'old'].map((name) => `Added ${name}`),
    );
    expect(stderr).toContain('odd: left out: ');
    expect(stderr).toContain('gh: left out: cursor has another one of this name');
    const again = await at.mcp(['import', '--all', '--yes', '--scope', 'user']);
    expect(again).toMatchObject({ code: 0, stdout: 'Nothing to import.\n' });
  });

  it('--dry-run shows and writes nothing', async () => {
    const { code, stdout, stderr } = await at.mcp(['import', '--all', '--dry-run']);
    expect(code).toBe(0);
    expect(stdout).toContain('Nothing was written');
    expect(stderr).toContain('server old (');
    expect(at.read('state')).toBeUndefined();
  });

  it('reads a file of any host', async () => {
    at.write('project/theirs.json', {
      mcpServers: { x: { url: 'https://x.example/mcp', weird: 1 } },
    });
    const { code, stderr } = await at.mcp(['import', 'x', '--from', './theirs.json', '-y']);
    expect(code).toBe(0);
    expect(stderr).toContain('left out: weird');
  });

  it('replaces only with --force', async () => {
    await at.mcp(['add', 'far', 'https://mine.example/mcp']);
    const taken = await at.mcp(['import', 'far', '--yes']);
    expect(taken.code).toBe(2);
    expect(taken.stderr).toContain('--force');
    expect((await at.mcp(['import', 'far', '--yes', '--force'])).stdout).toContain('Replaced far');
    expect(at.localText()).toContain('https://far.example/mcp');
  });

  it.each([
    [['gh'], 'means different servers', 2],
    [['ofd', '--yes'], 'did you mean "odd"?', 2],
    [['odd', '--yes'], 'not a URL', 6],
    [['fs', '--all'], 'not both', 2],
    [['--from', 'netscape'], 'no program that is known', 2],
    [['--from', './missing.json'], 'no such file', 6],
  ])('%j fails', async (args, message, code) => {
    const result = await at.mcp(['import', ...args]);
    expect(result.stderr).toContain(message);
    expect(result.code).toBe(code);
  });

  it('tells a damaged file of one host and goes on with the others', async () => {
    at.write('.cursor/mcp.json', '{"mcpServers": {');
    const { code, stderr, stdout } = await at.mcp(['import']);
    expect(code).toBe(0);
    expect(stderr).toMatch(/mcp\.json:1:\d+: not valid/);
    expect(stdout).toContain('far');
  });

  it('writes no control character of a foreign file to the terminal', async () => {
    at.write('.cursor/mcp.json', {
      mcpServers: { 'x\u001b[2J': { command: 'a\u001b]0;t\u0007', args: ['\u202e'] } },
    });
    const shown = await at.mcp(['import', '--all', '--from', 'cursor', '--dry-run']);
    const list = await at.mcp(['import', '--from', 'cursor']);
    expect(shown.stdout + shown.stderr + list.stdout + list.stderr).not.toMatch(
      /[\u001b\u0007\u202e]/,
    );
    expect(shown.stderr).toContain(String.raw`\x1b]0;t\x07`);
  });
});
