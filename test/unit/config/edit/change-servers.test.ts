import { chmod, lstat, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { changeServers } from '../../../../src/config/edit/change-servers.js';
import { fileForNew, scopeFiles, type Scope } from '../../../../src/config/edit/scopes.js';
import type { ServerEdit } from '../../../../src/config/edit/types.js';
import { findProjectFiles } from '../../../../src/config/find-files.js';
import { parse } from '../../../../src/config/read-sources.js';
import { isTrusted } from '../../../../src/config/trust.js';
import { failure, load, tempDir } from '../load-helper.js';

const ADD: ServerEdit = { kind: 'set', id: 'new', entry: { url: 'https://h/mcp' } };
const SECRET: ServerEdit = {
  kind: 'set',
  id: 'new',
  entry: { url: 'https://h/mcp', headers: { Authorization: 'Bearer abc-123' } },
};

async function place(files: Record<string, string> = {}) {
  const cwd = await tempDir(files);
  const home = await tempDir();
  return { cwd, env: { OSTLER_HOME: home }, home };
}
type Place = Awaited<ReturnType<typeof place>>;

async function change(scope: Scope, edit: ServerEdit, at: Place, force = false) {
  const file = fileForNew(await scopeFiles(scope, at));
  return changeServers(file, { edits: [edit], force }, at);
}

const modeOf = async (file: string) => (await stat(file)).mode & 0o777;

describe('the file of a scope', () => {
  it('is made: private for a person, for everybody in a project', async () => {
    const at = await place();
    const local = await change('local', ADD, at);
    const user = await change('user', ADD, at);
    const project = await change('project', ADD, at);
    expect(path.relative(at.home, local.path)).toMatch(/^local\/[0-9a-f]{16}\.yaml$/);
    expect(path.relative(at.home, user.path)).toBe('config.yaml');
    expect(path.relative(at.cwd, project.path)).toBe('ostler.yaml');
    expect(await modeOf(local.path)).toBe(0o600);
    expect(await modeOf(user.path)).toBe(0o600);
    expect(await modeOf(project.path)).toBe(0o644 & ~process.umask());
    expect(await modeOf(path.dirname(local.path))).toBe(0o700);
    expect(await readFile(local.path, 'utf8')).toBe(
      `project: ${at.cwd}\nmcpServers:\n  new:\n    url: https://h/mcp\n`,
    );
  });

  it.each([
    [{ '.mcp.json': '{}' }, '.mcp.json'],
    [{ '.mcp.json': '{}', 'ostler.yml': 'model: m' }, 'ostler.yml'],
    [{ '.mcphost.yml': 'model: m' }, 'ostler.yaml'],
  ])('of a project with %j is %s', async (files, name) => {
    const at = await place(files);
    const changed = await change('project', ADD, at);
    expect(path.basename(changed.path)).toBe(name);
    const { configured } = await load({ cwd: at.cwd, env: at.env, untrusted: 'check' });
    expect(configured).toEqual(['new']);
  });

  it('keeps its mode, unless it holds a credential now', async () => {
    const at = await place();
    const file = path.join(at.home, 'config.yaml');
    await writeFile(file, 'model: m\n');
    await chmod(file, 0o640);
    expect((await change('user', ADD, at)).madePrivate).toBe(false);
    expect(await modeOf(file)).toBe(0o640);
    expect((await change('user', SECRET, at, true)).madePrivate).toBe(true);
    expect(await modeOf(file)).toBe(0o600);
  });

  it('that is a link stays one', async () => {
    const at = await place();
    const elsewhere = await tempDir({ 'real.yaml': '# kept\n' });
    await mkdir(at.home, { recursive: true });
    await symlink(path.join(elsewhere, 'real.yaml'), path.join(at.home, 'config.yaml'));
    await change('user', ADD, at);
    expect((await lstat(path.join(at.home, 'config.yaml'))).isSymbolicLink()).toBe(true);
    expect(await readFile(path.join(elsewhere, 'real.yaml'), 'utf8')).toMatch(
      /^# kept\nmcpServers:/,
    );
  });

  it.each([
    ['a link to nothing', async (file: string) => symlink('/nowhere/x', file), 'link to nothing'],
    ['a directory', async (file: string) => mkdir(file), 'regular file'],
    [
      'read-only',
      async (file: string) => {
        await writeFile(file, 'model: m\n');
        await chmod(file, 0o444);
      },
      'read-only',
    ],
    ['too large', (file: string) => writeFile(file, '#'.repeat(1_100_000)), 'larger than 1 MiB'],
    ['binary', (file: string) => writeFile(file, 'a\0b'), 'not a UTF-8 text'],
    ['damaged', (file: string) => writeFile(file, 'a: 1\nb: [\n'), 'config.yaml:3:1'],
    [
      'of another meaning',
      (file: string) => writeFile(file, 'modle: m\n'),
      'config.yaml:1:1 modle: unknown key',
    ],
  ])('that is %s is an error, and stays as it is', async (_, prepare, message) => {
    const at = await place();
    const file = path.join(at.home, 'config.yaml');
    await prepare(file);
    const before = await readFile(file, 'utf8').catch(() => undefined);
    const error = await failure(change('user', ADD, at));
    expect(error.exitCode).toBe(6);
    // Root may read and write what nobody else may.
    expect(error.message).toMatch(new RegExp(`${message}|permission denied`));
    expect(await readFile(file, 'utf8').catch(() => undefined)).toBe(before);
  });

  it('gets every server of many writers', async () => {
    const at = await place();
    const ids = Array.from({ length: 12 }, (_, index) => `s${index}`);
    await Promise.all(ids.map((id) => change('local', { ...ADD, id }, at)));
    const { configured } = await load({ cwd: at.cwd, env: at.env });
    expect(configured.toSorted()).toEqual(ids.toSorted());
  });
});

describe('a change', () => {
  it('wants --force for a name that is taken, and names the place', async () => {
    const at = await place({ 'ostler.yaml': 'mcpServers:\n  new: {command: x}\n' });
    const error = await failure(change('project', ADD, at));
    expect(error).toMatchObject({ exitCode: 2 });
    expect(error.message).toContain('ostler.yaml:2:3');
    expect((await change('project', ADD, at, true)).replaced).toEqual(['new']);
  });

  it('is not written when the loader would not take it', async () => {
    const at = await place();
    const bad: ServerEdit = { kind: 'set', id: 'new', entry: { comand: 'x', url: 'https://h' } };
    const error = await failure(change('local', bad, at));
    expect(error.message).toContain('did you mean "command"?');
    expect((await scopeFiles('local', at))[0]?.text).toBeUndefined();
  });

  it('can take the server out that breaks a file', async () => {
    const at = await place({
      'ostler.yaml': 'mcpServers:\n  bad: {comand: x}\n  good: {command: x}\n',
    });
    const [file] = await scopeFiles('project', at);
    if (file === undefined) throw new Error('no file');
    await changeServers(file, { edits: [{ kind: 'remove', id: 'bad' }] }, at);
    expect(await readFile(file.path, 'utf8')).toBe('mcpServers:\n  good: {command: x}\n');
  });

  it.each([true, false])(
    'of a project file keeps the answer to it: trusted %s',
    async (trusted) => {
      const at = await place();
      if (trusted) await change('project', ADD, at);
      else await writeFile(path.join(at.cwd, 'ostler.yaml'), 'mcpServers: {a: {command: evil}}\n');
      const changed = await change('project', { ...ADD, id: 'more' }, at);
      expect(changed.trusted).toBe(trusted);
      const [found] = findProjectFiles(at.cwd);
      if (found === undefined) throw new Error('no file');
      const source = await parse({ layer: 'project', dir: at.cwd, ...found });
      expect(source && (await isTrusted(source, at.env))).toBe(trusted);
    },
  );
});

describe('the local layer', () => {
  it('wins over the project and the user, and needs no answer', async () => {
    const at = await place();
    for (const scope of ['user', 'project', 'local'] as const) {
      const entry = { url: `https://${scope}.example/mcp` };
      await change(scope, { kind: 'set', id: 'same', entry }, at);
    }
    const { settings, files } = await load({ cwd: at.cwd, env: at.env });
    expect(settings.servers).toMatchObject([{ id: 'same', url: 'https://local.example/mcp' }]);
    expect(settings.servers[0]?.origin.layer).toBe('local');
    expect(files.map(({ layer }) => layer)).toEqual(['local', 'project', 'user']);
  });

  it('is read in exactly its directory', async () => {
    const at = await place();
    await mkdir(path.join(at.cwd, 'sub'));
    await change('local', ADD, at);
    const names = async (cwd: string, flags = {}) =>
      (await load({ cwd, env: at.env, flags })).configured;
    expect(await names(at.cwd)).toEqual(['new']);
    expect(await names(path.join(at.cwd, 'sub'))).toEqual([]);
    expect(await names(at.cwd, { strictMcpConfig: true })).toEqual([]);
    const link = path.join(await tempDir(), 'link');
    await symlink(at.cwd, link);
    expect(await names(link)).toEqual(['new']);
  });

  it('whose file names another directory is left out, and said so', async () => {
    const at = await place();
    const { path: file } = await change('local', ADD, at);
    await writeFile(file, (await readFile(file, 'utf8')).replace(at.cwd, '/somewhere/else'));
    const { configured, settings } = await load({ cwd: at.cwd, env: at.env });
    expect(configured).toEqual([]);
    expect(settings.warnings.join()).toContain('names another directory');
    expect((await failure(change('local', ADD, at, true))).message).toContain('another directory');
  });

  it('takes relative paths from the project', async () => {
    const at = await place({ 'token.txt': 'tok-from-file' });
    await chmod(path.join(at.cwd, 'token.txt'), 0o600);
    const entry = { url: 'https://h/mcp', tokenFile: 'token.txt' };
    await change('local', { kind: 'set', id: 'new', entry }, at);
    const { settings } = await load({ cwd: at.cwd, env: at.env });
    expect(settings.servers).toMatchObject([
      { headers: [['Authorization', 'Bearer tok-from-file']] },
    ]);
  });
});
