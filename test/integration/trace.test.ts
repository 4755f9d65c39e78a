import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startBearer } from '../servers/bearer.js';
import { startHttp } from '../servers/http.js';
import { sendJson, startRawHttp } from '../servers/raw-mcp.js';
import { endKept, kept } from '../support/kept.js';
import { BIN, runOstler } from '../support/ostler.js';
import { logFrame, startTalker } from '../support/talker.js';

const CANARY = 'canary-7f3a9c21-token';
const live = fileURLToPath(new URL('../servers/live.mjs', import.meta.url));

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'ostler-trace-'));
  file = path.join(folder, 'wire.ndjson');
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await endKept();
});

const run = (args: readonly string[], env: Record<string, string> = {}) =>
  runOstler(args, { env: { CANARY, ...env } });
const records = () =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const types = () => new Set(records().map(({ type }) => type));

describe('--trace', () => {
  it('writes what a remote server is sent and answers, without the token', async () => {
    const server = await kept(startBearer({ token: CANARY }));
    for (const url of [server.sseUrl, server.mcpUrl]) {
      const { code } = await run(['tools', url, '--token-env', 'CANARY', '--trace', file]);
      expect(code).toBe(0);
      const [header, ...rest] = records();
      expect(header).toMatchObject({ ostler_trace: 1 });
      expect(Object.keys(header ?? {})).toEqual(['ostler_trace', 'version', 'time']);
      expect(rest.every(({ t, id }) => Number(t) >= 0 && Number(id) > 0)).toBe(true);
      expect(types()).toEqual(new Set([undefined, 'request', 'response', 'body', 'end']));
      const text = readFileSync(file, 'utf8');
      expect(text).toContain('tools/list');
      expect(text).toContain('"Bearer [REDACTED]"');
      expect(text).not.toContain(CANARY);
      expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}/);
      expect(statSync(file).mode & 0o777).toBe(0o600);
    }
  });

  it('writes what a process is sent and answers, and its stderr', async () => {
    const args = ['call', 'stderr', `text=oops ${CANARY}\n`, '--trace', file];
    const config = path.join(folder, 'c.json');
    const entry = { command: process.execPath, args: [live, 'good'], env: { API_TOKEN: CANARY } };
    writeFileSync(config, JSON.stringify({ mcpServers: { live: entry } }));
    args.splice(1, 0, 'live');
    const { code } = await run([...args, '--config', config]);
    expect(code).toBe(0);
    expect(types()).toEqual(new Set([undefined, 'start', 'stdin', 'stdout', 'stderr', 'exit']));
    expect(readFileSync(file, 'utf8')).toContain('oops [REDACTED]');
    expect(readFileSync(file, 'utf8')).not.toContain(CANARY);
  });

  it('writes what the model is sent and answers', async () => {
    const ollama = await kept(
      startHttp((request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(request.url === '/api/tags' ? '{"models":[]}' : '{}');
      }),
    );
    await run([
      'models',
      '--host',
      ollama.url,
      '--trace',
      file,
      '--model-header',
      `X-Key: ${CANARY}`,
    ]);
    expect(records()[1]).toMatchObject({
      type: 'request',
      kind: 'model',
      method: 'GET',
      url: `${ollama.url}/api/tags`,
      server: ollama.url,
    });
    expect(readFileSync(file, 'utf8')).not.toContain(CANARY);
  });

  it('is told by OSTLER_TRACE as well, and on every command that talks', async () => {
    await run(['models', '--host', 'http://127.0.0.1:1'], { OSTLER_TRACE: file });
    expect(types()).toContain('error');
    for (const words of ['', 'tools', 'call', 'read', 'prompt', 'inspect', 'listen', 'check']) {
      const { stdout } = await run([...words.split(' ').filter(Boolean), '--help']);
      expect(stdout, words).toContain('--trace <file>');
    }
    const { stdout } = await run(['trace', 'show', file], { OSTLER_TRACE: file });
    expect(stdout).toContain('nothing listens there');
  });

  it('hides a token that the server echoes in every spelling, cut where it likes', async () => {
    const server = await kept(
      startTalker((response) => {
        const echo = logFrame(
          `${CANARY} ${Buffer.from(CANARY).toString('base64')} %63anary ${CANARY}`,
        );
        for (const [at, byte] of Buffer.from(echo).entries()) {
          setTimeout(() => response.write(Buffer.of(byte)), at);
        }
      }),
    );
    const args = [`${server.url}/sse`, '--token-env', 'CANARY', '--count', '1', '--timeout', '20s'];
    const { code, stdout, stderr } = await run(['listen', ...args, '--trace', file]);
    expect(code).toBe(0);
    for (const text of [stdout, stderr, readFileSync(file, 'utf8')]) {
      expect(text).not.toContain('canary-7f3a');
      expect(text).not.toContain(Buffer.from(CANARY).toString('base64').slice(0, 12));
    }
  });

  it('hides what was never told to be a secret, where secrets stand', async () => {
    const server = await kept(
      startRawHttp(({ method, id }, response) => {
        if (method !== 'initialize') return undefined;
        response.setHeader('mcp-session-id', 'session-0123456789-abc');
        response.setHeader('set-cookie', 'sid=cookie-0123456789');
        response.writeHead(200, { 'content-type': 'application/json' });
        const result = {
          protocolVersion: '2025-11-25',
          capabilities: { tools: {} },
          serverInfo: { name: 'session-0123456789-abc', version: 'cookie-0123456789' },
          _meta: { access_token: 'issued-by-the-server' },
        };
        response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
        return true;
      }),
    );
    await run(['tools', `${server.url}/mcp?api_key=in-the-url`, '--trace', file]);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain('tools/list');
    expect(text).not.toMatch(/session-0123|cookie-0123|issued-by|in-the-url/);
  });

  it('is complete after Ctrl+C, and while it is written', async () => {
    const server = await kept(startBearer());
    const { code } = await runOstler(['listen', server.mcpUrl, '--json', '--trace', file], {
      onStdout(text, child) {
        if (!text.includes('"listening"')) return;
        expect(readFileSync(file, 'utf8')).toContain('"initialize');
        child.kill('SIGINT');
      },
    });
    expect(code).toBe(130);
    expect(records().filter(({ method }) => method === 'DELETE')).toHaveLength(1);
  });

  it('caps big bodies', async () => {
    const server = await kept(
      startRawHttp(({ method, id }, response) => {
        if (method !== 'tools/list') return undefined;
        const tools = [{ name: 'big', description: 'x'.repeat(5_000_000), inputSchema: {} }];
        sendJson(response, { jsonrpc: '2.0', id, result: { tools } });
        return true;
      }),
    );
    await run(['tools', `${server.url}/mcp`, '--trace', file]);
    expect(statSync(file).size).toBeLessThan(1_000_000);
    const big = records().filter(({ truncated }) => truncated === true);
    expect(big.map(({ type }) => type)).toEqual(['body', 'end']);
    expect(big[1]?.['size']).toBeGreaterThan(5_000_000);
  });
});

describe('the file of --trace', () => {
  const tools = (target: string) => run(['tools', 'http://127.0.0.1:1/mcp', '--trace', target]);

  it('is written over when it is a trace, or empty', async () => {
    writeFileSync(file, '');
    await tools(file);
    const first = records()[0];
    appendFileSync(file, 'torn');
    chmodSync(file, 0o644);
    await tools(file);
    expect(records()[0]?.['time']).not.toBe(first?.['time']);
    expect(readFileSync(file, 'utf8')).not.toContain('torn');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('is anything else than that: refused, and left as it is', async () => {
    writeFileSync(file, 'my thesis');
    mkdirSync(path.join(folder, 'sub'));
    symlinkSync(file, path.join(folder, 'link'));
    symlinkSync(path.join(folder, 'nowhere'), path.join(folder, 'dangling'));
    execFileSync('sh', ['-c', 'mkfifo "$0"', path.join(folder, 'pipe')]);
    for (const [target, words] of [
      [file, 'it exists and is no trace'],
      [path.join(folder, 'sub'), 'it is a folder'],
      [path.join(folder, 'link'), 'symbolic link'],
      [path.join(folder, 'dangling'), 'symbolic link'],
      [path.join(folder, 'pipe'), 'no regular file'],
      [path.join(folder, 'no', 'such'), 'folder does not exist'],
      ['/dev/null', 'no regular file'],
    ] as const) {
      const { code, stderr } = await tools(target);
      expect(stderr, target).toContain(words);
      expect(code, target).toBe(2);
    }
    expect(readFileSync(file, 'utf8')).toBe('my thesis');
    expect(() => statSync(path.join(folder, 'nowhere'))).toThrow('ENOENT');
  });

  it('that cannot grow ends the trace and not the command', async () => {
    const server = await kept(startBearer());
    const words = [BIN, 'tools', server.mcpUrl, '--json', '--trace', file];
    // Two blocks of 512 bytes; the signal that comes with the error is ignored.
    const script = `trap '' XFSZ; ulimit -f 2; exec "$0" "$@"`;
    const child = spawn('sh', ['-c', script, process.execPath, ...words], {
      env: { PATH: process.env['PATH'], OSTLER_HOME: folder, NODE_DISABLE_COMPILE_CACHE: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    expect(stderr).toContain('could not be written any more (EFBIG); the trace ends there');
    expect(stdout).toContain('add_numbers');
    expect(code).toBe(0);
    expect((await run(['trace', 'show', file])).stdout).toContain('#1 →');
  });
});

describe('trace show', () => {
  const trace = async () => {
    const server = await kept(startBearer({ token: CANARY }));
    await run(['tools', server.sseUrl, '--token-env', 'CANARY', '--trace', file]);
    return server;
  };

  it('prints one line for what was sent and one for what came', async () => {
    const { url } = await trace();
    const { stdout, stderr, code } = await run(['trace', 'show', file]);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toMatch(new RegExp(`#1 → GET ${url}/sse  \\[127.0.0.1\\]`));
    expect(stdout).toMatch(/#1 ← 200 OK, [\d.]+ ms/);
    expect(stdout).toMatch(/#1 ← endpoint: \/messages\?sessionId=\[REDACTED\]/);
    expect(stdout).toMatch(/#2 → POST \S+ {2}initialize \(id 0\) \(\d+ B\)/);
    expect(stdout).toMatch(/#2 ← 202 Accepted 8 B, [\d.]+ ms {2}Accepted/);
    expect(stdout).toMatch(/#1 ← result \(id 0\)/);
    expect(stdout).toMatch(/#\d → POST \S+ {2}tools\/list \(id 1\)/);
  });

  it('prints all of it with --full, the records with --json', async () => {
    await trace();
    const full = (await run(['trace', 'show', file, '--full'])).stdout;
    expect(full).toContain('          authorization: Bearer [REDACTED]');
    expect(full).toContain('            "protocolVersion": "2025-11-25"');
    const json = (await run(['trace', 'show', file, '--json'])).stdout;
    expect(
      json
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual(records().slice(1));
  });

  it('leaves out what is not asked for', async () => {
    await trace();
    const lines = async (...args: string[]) => (await run(['trace', 'show', file, ...args])).stdout;
    expect(await lines('--only', 'stdio')).toBe('');
    expect(await lines('--only', 'model')).toBe('');
    expect(await lines('--server', 'other')).toBe('');
    expect(await lines('--only', 'http', '--server', '127.0.0.1')).toBe(await lines());
    expect((await run(['trace', 'show', file, '--only', 'x'])).code).toBe(2);
  });

  it('survives hostile, torn and newer lines, and shows no escape code', async () => {
    const lines = [
      '{"ostler_trace":1,"version":"9\u001b","time":"t","new":1}',
      '{"t":1,"id":1,"type":"request","method":"\u001b[2J","url":"http://h/\u202e","headers":[],"size":0}',
      '{"t":2,"id":1,"type":"response","status":200,"statusText":"\u001b]0;x\u0007","headers":[["a","\u001b[31m"]],"ms":1}',
      '{"t":2,"id":1,"type":"body","text":"\u001b[1mhello"}',
      '{"t":3,"id":1,"type":"end","size":5,"ms":2}',
      '{"t":3,"id":2,"type":"start","kind":"mcp","server":"s","command":"\u001b","args":["\u001b"]}',
      '{"t":3,"id":2,"type":"stderr","text":"\u001b\\n","size":1}',
      '{"t":3,"id":2,"type":"future","text":1}',
      '{"t":"x","id":2,"type":"exit"}',
      '{"t":3,"id":2,"type":"request","method":3,"url":"u","headers":[],"size":0}',
      '{"t":3,"id":2,"type":"response","status":200,"statusText":"","headers":[[1]],"ms":1}',
      'null',
      `"${'x'.repeat(9_000_000)}"`,
      '{"t":4,"id":3,"type":"request","method":"GET","url":"http://last/","headers":[],"size":0}',
      '{"t":5,"id":4,"type":"requ',
    ].map((line) =>
      line.replaceAll(
        /[\u001b\u0007]/g,
        (char) => `\\u00${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
      ),
    );
    writeFileSync(file, lines.join('\n'));
    for (const more of [[], ['--full']]) {
      const { code, stdout, stderr } = await run(['trace', 'show', file, ...more]);
      expect(code).toBe(0);
      // oxlint-disable-next-line no-control-regex
      expect(stdout).not.toMatch(/[\u001b\u0007\u202e]/);
      expect(stdout).toContain('\\x1b[1mhello');
      expect(stdout).toContain('GET http://last/');
      expect(stderr).toContain('! 6 lines are no records and were left out.');
    }
  });

  it('tells what is no trace', async () => {
    writeFileSync(file, 'hello\n');
    for (const target of [file, folder, `${file}x`, '/dev/null']) {
      const { code, stderr } = await run(['trace', 'show', target]);
      expect(stderr).toContain('is no trace');
      expect(code).toBe(2);
    }
  });
});

describe('trace curl', () => {
  it('prints a line that works as it is typed', async () => {
    const server = await kept(startBearer({ token: CANARY }));
    await run([
      'tools',
      server.mcpUrl,
      '--token-env',
      'CANARY',
      '--protocol',
      'legacy',
      '--trace',
      file,
    ]);
    const shown = (await run(['trace', 'show', file, '--only', 'mcp'])).stdout;
    const number = /#(\d+) → POST \S+ {2}initialize/.exec(shown)?.[1] ?? '';
    const { stdout, stderr, code } = await run(['trace', 'curl', file, number]);
    expect(code).toBe(0);
    expect(stderr).toContain('Set first: TOKEN');
    expect(stdout).not.toContain(CANARY);
    const before = server.methods.length;
    // Not execFileSync: the server is in this process.
    const shell = spawn('sh', ['-s'], { env: { PATH: process.env['PATH'], TOKEN: CANARY } });
    shell.stdin.end(stdout);
    let answer = '';
    shell.stdout.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    await once(shell, 'close');
    expect(answer).toContain('"serverInfo":{"name":"sample"');
    expect(server.methods.slice(before)).toEqual(['initialize']);
  });

  it.each([
    [['99'], 'There is no request #99'],
    [['zero'], 'is no number of a request'],
  ])('%j is told', async (which, words) => {
    await run(['tools', 'http://127.0.0.1:1/mcp', '--trace', file]);
    const { code, stderr } = await run(['trace', 'curl', file, ...which]);
    expect(stderr).toContain(words);
    expect(code).toBe(2);
  });
});
