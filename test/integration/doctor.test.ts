import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Rung } from '../../src/core/rungs.js';
import { startFakeOllama, type FakeOllama, type FakeOllamaOptions } from '../fakes/ollama/index.js';
import { startBearer, type BearerFixture } from '../servers/bearer.js';
import { freePort, startSilent } from '../servers/http.js';
import { runOstler, type RunResult } from '../support/ostler.js';

const TOKEN = 'canary-of-doctor-0123456789';

let dir: string;
let server: BearerFixture;
const open: { close: () => Promise<unknown> }[] = [];

beforeEach(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'ostler-doctor-'));
  server = await startBearer({ token: TOKEN });
  open.push(server);
});
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
  rmSync(dir, { recursive: true, force: true });
});

async function ollama(options: FakeOllamaOptions = {}): Promise<FakeOllama> {
  const fake = await startFakeOllama(options);
  open.push(fake);
  return fake;
}

interface Document {
  ok: boolean;
  error: { code: string } | null;
  machine: { ok: boolean; rungs: Rung[] };
  servers: { server: string; ok: boolean; rungs: Rung[]; error: { code: string } | null }[];
  disabled: string[];
  ollama: { ok: boolean; rungs: Rung[] } | null;
}

interface Diagnosis extends RunResult {
  document: Document;
}

function write(name: string, text: string): string {
  const file = path.join(dir, name);
  writeFileSync(file, text);
  return file;
}

const servers = (url: string) =>
  `mcpServers:\n  good:\n    url: ${url}\n    headers: { Authorization: "Bearer \${TOKEN}" }\n`;

async function doctor(args: readonly string[], env: Record<string, string>): Promise<Diagnosis> {
  const result = await runOstler(['doctor', '--json', ...args], {
    cwd: dir,
    env: { TOKEN, OSTLER_HOME: path.join(dir, 'state'), ...env },
  });
  return { ...result, document: JSON.parse(result.stdout) as Document };
}

const rungOf = (rungs: readonly Rung[] | undefined, name: Rung['name']): Rung | undefined =>
  rungs?.find((rung) => rung.name === name);

describe('all is well', () => {
  it('is 0, a line for each server, and no secret', async () => {
    const { url } = await ollama();
    const file = write('servers.yaml', servers(server.mcpUrl));
    const env = { TOKEN, OLLAMA_HOST: url, OSTLER_HOME: path.join(dir, 'state') };
    const { code, stdout, stderr } = await runOstler(['doctor', '--config', file], {
      cwd: dir,
      env,
    });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^✓ good: Streamable HTTP, .*, \d tools.*$/m);
    expect(stdout).toContain('all is well');
    expect(stdout).not.toContain(TOKEN);
    expect(code).toBe(0);
  });

  it('is a document, with the model and what it needs', async () => {
    const { url } = await ollama();
    const file = write('servers.yaml', servers(server.sseUrl));
    const { code, document } = await doctor(['--config', file], { OLLAMA_HOST: url });
    expect(code).toBe(0);
    expect(document).toMatchObject({ ok: true, error: null, disabled: [] });
    expect(document.servers.map(({ server: name, ok }) => [name, ok])).toEqual([['good', true]]);
    const rungs = document.ollama?.rungs;
    expect(rungOf(rungs, 'ollama')?.text).toContain('(OLLAMA_HOST)');
    expect(rungOf(rungs, 'model')?.text).toContain('llama3.1 is installed, 8.0B');
    expect(rungOf(rungs, 'tools')?.status).toBe('ok');
    expect(rungOf(rungs, 'context')?.text).toContain('num_ctx would be 8192 (chosen)');
    expect(rungOf(rungs, 'context')?.data?.['tool_tokens']).toBeGreaterThan(0);
    expect(rungOf(rungs, 'memory')?.text).toContain('4.9 GB');
  });

  it('-v tells every step, with the headers', async () => {
    const { url } = await ollama();
    const file = write('servers.yaml', servers(server.mcpUrl));
    const env = { TOKEN, OLLAMA_HOST: url, OSTLER_HOME: path.join(dir, 'state') };
    const { stdout } = await runOstler(['doctor', '-v', '--config', file], { cwd: dir, env });
    expect(stdout).toMatch(/^✓ handshake /m);
    expect(stdout).toContain('HTTP DELETE');
    expect(stdout).not.toContain(TOKEN);
  });
});

describe('what is wrong', () => {
  it('in one server does not hide the others; the first failure is the exit code', async () => {
    const { url } = await ollama();
    const file = write(
      'servers.yaml',
      `${servers(server.mcpUrl)}  unset:\n    url: ${server.mcpUrl}\n    headers: { X: "\${NOPE}" }\n` +
        `  shut:\n    url: ${server.mcpUrl}\n    headers: { Authorization: Bearer wrong }\n` +
        `  down:\n    url: http://127.0.0.1:${await freePort()}/mcp\n` +
        `  off:\n    command: touch\n    args: [${path.join(dir, 'touched')}]\n    disabled: true\n`,
    );
    const { code, document, stderr } = await doctor(['--config', file], { OLLAMA_HOST: url });
    const failed = document.servers.map(({ server: name, rungs }) => [
      name,
      rungs.find(({ status }) => status === 'failed')?.name,
    ]);
    expect(failed).toEqual([
      ['good', undefined],
      ['unset', 'config'],
      ['shut', 'auth'],
      ['down', 'tcp'],
    ]);
    for (const { rungs } of document.servers) {
      for (const rung of rungs) if (rung.status === 'failed') expect(rung.hint).not.toBe(undefined);
    }
    expect(code).toBe(6);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'config_invalid' } });
  });

  it('disabled servers are named and left alone', async () => {
    const { url } = await ollama();
    const file = write(
      'servers.yaml',
      `mcpServers:\n  off:\n    command: touch\n    args: [${path.join(dir, 'touched')}]\n    disabled: true\n`,
    );
    const { code, document } = await doctor(['--config', file], { OLLAMA_HOST: url });
    expect(code).toBe(0);
    expect(document.disabled).toEqual(['off']);
    expect(document.servers).toEqual([]);
  });

  it('a hanging server ends by --server-timeout, and the others do not wait', async () => {
    const { url } = await ollama();
    const silent = await startSilent();
    open.push(silent);
    const file = write(
      'servers.yaml',
      `${servers(server.mcpUrl)}  silent:\n    url: ${silent.url}/mcp\n`,
    );
    const args = ['--config', file, '--server-timeout', '1500ms'];
    const { code, document } = await doctor(args, { OLLAMA_HOST: url });
    expect(code).toBe(4);
    expect(document.servers.map(({ ok }) => ok)).toEqual([true, false]);
    expect(document.ollama?.ok).toBe(true);
  });

  it('no server and no Ollama are told, with what to type', async () => {
    const env = { OLLAMA_HOST: `127.0.0.1:${await freePort()}` };
    const { code, document } = await doctor([], env);
    expect(code).toBe(4);
    expect(rungOf(document.machine.rungs, 'files')).toMatchObject({ status: 'warning' });
    expect(rungOf(document.machine.rungs, 'files')?.hint).toContain('ostler inspect');
    expect(rungOf(document.ollama?.rungs, 'ollama')).toMatchObject({ status: 'failed' });
    expect(rungOf(document.ollama?.rungs, 'ollama')?.hint).toContain('ollama serve');
  });

  it('a project file that is not trusted starts nothing', async () => {
    const { url } = await ollama();
    write(
      'ostler.yaml',
      `mcpServers:\n  evil:\n    command: touch\n    args: [${path.join(dir, 'touched')}]\n`,
    );
    const { code, document } = await doctor([], { OLLAMA_HOST: url });
    expect(code).toBe(0);
    expect(rungOf(document.machine.rungs, 'trust')).toMatchObject({ status: 'warning' });
    expect(rungOf(document.machine.rungs, 'trust')?.hint).toContain('ostler mcp trust');
    expect(document.servers).toEqual([]);
  });

  it('a file that is no config is told with its place', async () => {
    const file = write('broken.yaml', 'mcpServers:\n  a: [\n');
    const { code, document } = await doctor(['--config', file], {});
    expect(code).toBe(6);
    expect(rungOf(document.machine.rungs, 'files')).toMatchObject({ status: 'failed' });
    expect(rungOf(document.machine.rungs, 'files')?.text).toContain('broken.yaml:');
    expect(rungOf(document.machine.rungs, 'node')?.status).toBe('ok');
  });

  it('directories that others may look into, or that cannot be written', async () => {
    const { url } = await ollama();
    mkdirSync(path.join(dir, 'state'), { mode: 0o755 });
    chmodSync(path.join(dir, 'state'), 0o755);
    const exposed = await doctor([], { OLLAMA_HOST: url });
    expect(rungOf(exposed.document.machine.rungs, 'directories')?.hint).toContain('chmod 700');
    const file = write('a-file', '');
    const bad = await doctor([], { OLLAMA_HOST: url, OSTLER_HOME: file });
    expect(rungOf(bad.document.machine.rungs, 'directories')).toMatchObject({
      status: 'warning',
      hint: expect.stringContaining('OSTLER_HOME'),
    });
  });
});

describe('the model', () => {
  it('that is missing is told with what there is and how to get it', async () => {
    const { url } = await ollama();
    const { code, document } = await doctor(['-m', 'llama3.11'], { OLLAMA_HOST: url });
    expect(code).toBe(10);
    const rung = rungOf(document.ollama?.rungs, 'model');
    expect(rung?.status).toBe('failed');
    expect(rung?.text).toContain('Installed: llama3.1:latest');
    expect(rung?.hint).toContain('ostler models pull llama3.11');
  });

  it('that cannot call tools is told with those that can', async () => {
    const { url } = await ollama();
    const { code, document } = await doctor(['-m', 'gemma3'], { OLLAMA_HOST: url });
    expect(code).toBe(10);
    expect(rungOf(document.ollama?.rungs, 'tools')?.hint).toContain('llama3.1:latest');
  });

  it('of an old Ollama is a warning; a script needs none', async () => {
    const { url } = await ollama({ version: '0.6.5' });
    const old = await doctor([], { OLLAMA_HOST: url });
    expect(old.code).toBe(0);
    expect(rungOf(old.document.ollama?.rungs, 'version')).toMatchObject({ status: 'warning' });
    const script = await doctor(['-m', 'script:demo'], { OLLAMA_HOST: '127.0.0.1:1' });
    expect(script.code).toBe(0);
    expect(rungOf(script.document.ollama?.rungs, 'ollama')?.status).toBe('skipped');
  });

  it('whose window is too small for the tools is a warning', async () => {
    const { url } = await ollama();
    const file = write('servers.yaml', servers(server.mcpUrl));
    const { document } = await doctor(['--config', file, '--num-ctx', '512'], { OLLAMA_HOST: url });
    expect(rungOf(document.ollama?.rungs, 'context')).toMatchObject({
      status: 'warning',
      hint: expect.stringContaining('--num-ctx'),
    });
  });
});
