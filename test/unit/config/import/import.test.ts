import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Scope } from '../../../../src/config/edit/scopes.js';
import { gather } from '../../../../src/config/import/candidates.js';
import { convertEntry } from '../../../../src/config/import/convert.js';
import { HOST_NAMES, hostFiles, type HostName } from '../../../../src/config/import/hosts.js';
import { failure, tempDir } from '../load-helper.js';

const convert = (
  entry: unknown,
  { host = 'file', scope = 'local' }: { host?: HostName | 'file'; scope?: Scope } = {},
) => convertEntry(entry, { host, scope, cwd: '/work/here' });

describe('where hosts keep their servers', () => {
  const at = (host: HostName, platform: NodeJS.Platform, env: Record<string, string> = {}) =>
    hostFiles(host, { env: { HOME: '/home/me', ...env }, cwd: '/p', platform }).map(
      (file) => file.path,
    );

  it.each([
    ['claude-desktop', 'linux', '/home/me/.config/Claude/claude_desktop_config.json'],
    [
      'claude-desktop',
      'darwin',
      '/home/me/Library/Application Support/Claude/claude_desktop_config.json',
    ],
    ['claude-code', 'linux', '/home/me/.claude.json'],
    ['claude-code', 'linux', '/p/.mcp.json'],
    ['cursor', 'linux', '/home/me/.cursor/mcp.json'],
    ['cursor', 'linux', '/p/.cursor/mcp.json'],
    ['vscode', 'linux', '/p/.vscode/mcp.json'],
    ['vscode', 'linux', '/home/me/.config/Code/User/mcp.json'],
    ['vscode', 'darwin', '/home/me/Library/Application Support/Code/User/settings.json'],
    ['gemini', 'linux', '/home/me/.gemini/settings.json'],
    ['mcphost', 'linux', '/home/me/.mcphost.yml'],
  ] as const)('%s on %s: %s', (host, platform, file) => {
    expect(at(host, platform)).toContain(file);
  });

  it('follows XDG_CONFIG_HOME, APPDATA and CLAUDE_CONFIG_DIR', () => {
    expect(at('claude-desktop', 'linux', { XDG_CONFIG_HOME: '/x' })[0]).toContain('/x/Claude/');
    expect(at('claude-desktop', 'win32', { APPDATA: '/roam' })[0]).toContain('/roam/Claude/');
    expect(at('claude-code', 'linux', { CLAUDE_CONFIG_DIR: '/cc' })).toContain('/cc/.claude.json');
  });
});

describe('an entry of another host', () => {
  it.each([
    // Claude Desktop, Claude Code, Cursor
    [
      { type: 'stdio', command: 'npx', args: ['-y', 'x'], env: {} },
      { command: 'npx', args: ['-y', 'x'] },
    ],
    [
      { type: 'http', url: 'https://h/mcp' },
      { type: 'http', url: 'https://h/mcp' },
    ],
    [{ url: 'https://h/mcp', headers: {} }, { url: 'https://h/mcp' }],
    // mcphost
    [
      { command: 'sse_server', args: ['http://h/sse', 'T'] },
      { type: 'sse', url: 'http://h/sse', bearerToken: 'T' },
    ],
    [
      { type: 'local', command: ['node', 's.js'], environment: { A: 1 } },
      { command: 'node', args: ['s.js'], env: { A: '1' } },
    ],
    [
      { type: 'remote', url: 'https://h/mcp', headers: ['Authorization: Bearer ${env://T:-d}'] },
      { url: 'https://h/mcp', headers: { Authorization: 'Bearer ${T:-d}' } },
    ],
    [
      { transport: 'streamable', url: 'https://h/mcp' },
      { type: 'http', url: 'https://h/mcp' },
    ],
    // gemini-cli
    [
      { httpUrl: 'https://h/mcp', trust: false },
      { type: 'http', url: 'https://h/mcp' },
    ],
    // opencode
    [
      { type: 'local', command: ['x'], enabled: false },
      { command: 'x', disabled: true },
    ],
    // Cline
    [
      { command: 'x', alwaysAllow: ['a'], autoApprove: [] },
      { command: 'x', autoApprove: ['a'] },
    ],
    // kit, Cursor, Claude Code
    [
      { url: 'https://h/', noOAuth: true },
      { url: 'https://h/', oauth: 'none' },
    ],
    [
      { url: 'https://h/', auth: { CLIENT_ID: 'me', CLIENT_SECRET: '${env:S}', scopes: ['a'] } },
      { url: 'https://h/', oauth: { clientId: 'me', clientSecret: '${S}', scopes: ['a'] } },
    ],
    [
      { type: 'http', url: 'https://h/', oauth: { clientId: 'me', callbackPort: 8080 } },
      { type: 'http', url: 'https://h/', oauth: { clientId: 'me', callbackPort: 8080 } },
    ],
  ])('%j', (entry, expected) => {
    expect(convert(entry)).toEqual({ entry: expected, notes: [] });
  });

  it('tells what has no meaning here', () => {
    expect(convert({ command: 'x', retryDelay: 5, oauth: { tokenUrl: 'https://h' } })).toEqual({
      entry: { command: 'x' },
      notes: ['left out: retryDelay, oauth'],
    });
    expect(
      convert({ url: 'https://h/', oauth: { clientId: 'me', tokenUrl: 'https://h' } }),
    ).toEqual({
      entry: { url: 'https://h/', oauth: { clientId: 'me' } },
      notes: ['left out: oauth.tokenUrl'],
    });
  });

  it('names the variable that takes the place of a question', () => {
    const { notes, entry } = convert({
      url: 'https://h/',
      headers: { Authorization: 'Bearer ${input:github-pat}', 'X-A': '${input:apiKey}' },
    }) as { notes: string[]; entry: Record<string, unknown> };
    expect(entry['headers']).toEqual({
      Authorization: 'Bearer ${GITHUB_PAT}',
      'X-A': '${API_KEY}',
    });
    expect(notes.join('\n')).toContain('set the variable GITHUB_PAT instead');
    expect(notes.join('\n')).toContain('API_KEY');
  });

  it('reads $NAME in gemini-cli’s texts, and its times as milliseconds', () => {
    const entry = { command: 'x', args: ['--key=$K', '$$5'], timeout: 3000 };
    expect(convert(entry, { host: 'gemini' })).toMatchObject({
      entry: { args: ['--key=${K}', '$$5'], timeout: '3000ms' },
    });
    expect(convert(entry)).toMatchObject({ entry: { args: ['--key=$K', '$$5'], timeout: 3000 } });
  });

  it('keeps paths of the workspace meaning it', () => {
    const entry = { command: 'x', args: ['${workspaceFolder}/a'], cwd: 'sub', envFile: '~/.env' };
    expect(convert(entry)).toMatchObject({ entry });
    expect(convert(entry, { scope: 'user' })).toMatchObject({
      entry: { args: ['/work/here/a'], cwd: '/work/here/sub', envFile: '~/.env' },
    });
  });

  it.each([
    [{ type: 'builtin', name: 'fs' }, 'no built-in servers'],
    [{ transport: 'reverse_mcp' }, 'no MCP server'],
    [{ endpoint: 'https://agent' }, 'A2A'],
    [{}, 'needs a command'],
    ['npx x', 'no mapping'],
    [null, 'no mapping'],
  ])('%j cannot be used', (entry, words) => {
    expect(convert(entry)).toEqual({ problem: expect.stringContaining(words) });
  });
});

describe('the servers of all hosts', () => {
  async function found(
    files: Record<string, string>,
    options: { scope?: Scope; file?: string } = {},
  ) {
    const home = await tempDir(files);
    const cwd = path.join(home, 'p');
    return gather({
      hosts: HOST_NAMES,
      scope: options.scope ?? 'local',
      ...(options.file === undefined ? {} : { file: path.join(home, options.file) }),
      place: { env: { HOME: home }, cwd, platform: 'linux' },
      existing: [],
    });
  }

  it('come from each host’s own places', async () => {
    const server = { mcpServers: { x: { command: 'x' } } };
    const text = JSON.stringify(server);
    const { candidates } = await found({
      '.config/Claude/claude_desktop_config.json': text,
      '.cursor/mcp.json': text,
      'p/.vscode/mcp.json': '{"inputs": [], /* c */ "servers": {"x": {"command": "x"},}}',
      '.config/Code/User/settings.json': JSON.stringify({ mcp: { servers: server.mcpServers } }),
      '.gemini/settings.json': text,
      '.mcphost.yml': 'mcpServers: {x: {type: local, command: [x]}}',
    });
    expect(candidates.map(({ host, converted }) => [host, converted])).toEqual(
      ['claude-desktop', 'cursor', 'vscode', 'vscode', 'gemini', 'mcphost'].map((host) => [
        host,
        { command: 'x' },
      ]),
    );
  });

  it('of Claude Code are those of this directory and of all', async () => {
    const home = await tempDir({ 'p/.keep': '' });
    const cwd = path.join(home, 'p');
    const settings = {
      history: 'x'.repeat(2_000_000),
      mcpServers: { all: { command: 'x' } },
      projects: {
        [cwd]: { mcpServers: { here: { command: 'x' } } },
        '/q': { mcpServers: { no: {} } },
      },
    };
    const file = path.join(
      await tempDir({ '.claude.json': JSON.stringify(settings) }),
      '.claude.json',
    );
    const { candidates } = await gather({
      hosts: ['claude-code'],
      scope: 'local',
      place: { env: { HOME: path.dirname(file) }, cwd, platform: 'linux' },
      existing: [],
    });
    expect(candidates.map(({ id }) => id)).toEqual(['here', 'all']);
  });

  it('with names that will not do get others, and wrong ones say why', async () => {
    const { candidates } = await found({
      '.cursor/mcp.json': JSON.stringify({
        mcpServers: {
          'Sequential Thinking': { command: 'x' },
          '': { command: 'x' },
          far: { url: 'htp:/x' },
          header: { url: 'https://h/', headers: { 'Bad Name': 'x' } },
        },
      }),
    });
    expect(candidates.map(({ newId, problem }) => [newId, problem !== undefined])).toEqual([
      ['Sequential-Thinking', false],
      ['', true],
      ['far', true],
      ['header', true],
    ]);
  });

  it('in a damaged file are a warning, or an error when it was named', async () => {
    const files = { '.cursor/mcp.json': '{"mcpServers": ' };
    const { candidates, warnings } = await found(files);
    expect(candidates).toEqual([]);
    expect(warnings.join()).toMatch(/mcp\.json:1:\d+: not valid/);
    expect((await failure(found(files, { file: '.cursor/mcp.json' }))).exitCode).toBe(6);
    expect((await failure(found(files, { file: 'nowhere.json' }))).exitCode).toBe(6);
  });
});
