import { lstatSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeMcpHome, type McpHome } from '../support/mcp-home.js';

const OUTSIDE = 'mcpServers:\n  old:\n    url: https://old.example/mcp\n';
const PROJECT = ['--scope', 'project'];

let at: McpHome;
beforeEach(() => {
  at = makeMcpHome();
});
afterEach(() => at.remove());

const link = (target: string) => symlinkSync(target, path.join(at.project, 'ostler.yaml'));

it.each([
  ['add', ['add', 'new', 'https://h.example/mcp', ...PROJECT]],
  ['add-json', ['add-json', 'new', '{"url":"https://h.example/mcp"}', '--yes', ...PROJECT]],
  ['import', ['import', 'new', '--from', 'vscode', '--yes', ...PROJECT]],
  ['remove', ['remove', 'old', ...PROJECT]],
])('%s writes through no link out of the project', async (_, args) => {
  // A sibling whose name begins like the project's is outside, too.
  at.write('project-elsewhere/real.yaml', OUTSIDE);
  at.write('project/.vscode/mcp.json', { servers: { new: { url: 'https://h.example/mcp' } } });
  link('../project-elsewhere/real.yaml');
  const { code, stderr } = await at.mcp(args);
  expect(code).toBe(6);
  expect(stderr).toContain('ostler.yaml: cannot be written: it is a link out of the project');
  expect(stderr).toContain(path.join(at.home, 'project-elsewhere/real.yaml'));
  expect(at.read('project-elsewhere/real.yaml')).toBe(OUTSIDE);
});

it('a link inside the project is followed, and stays', async () => {
  at.write('project/config/real.yaml', OUTSIDE);
  link('config/real.yaml');
  const { code } = await at.mcp(['add', 'new', 'https://h.example/mcp', ...PROJECT]);
  expect(code).toBe(0);
  expect(at.read('project/config/real.yaml')).toContain('https://h.example/mcp');
  expect(lstatSync(path.join(at.project, 'ostler.yaml')).isSymbolicLink()).toBe(true);
});
