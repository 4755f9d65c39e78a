import { readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSampleServer } from '../../src/serve/server.js';
import type { SampleServer } from '../../src/serve/types.js';
import { startHttp } from '../servers/http.js';
import { startRewriting, valueOf, type RewritingProxy } from '../servers/rewriting-proxy.js';
import { makeHome, runOstler, type RunResult } from '../support/ostler.js';

const TOKEN = 'canary-cli-8c41f0de92ab47d1b3';
const SECOND = 'canary-cli-second-51a0e7d9c2f4';
const env = { TOKEN, SECOND };

let server: SampleServer;
let home: ReturnType<typeof makeHome>;
const closing: { close: () => unknown }[] = [];

beforeEach(async () => {
  home = makeHome();
  server = await startSampleServer({ kind: 'math', tokens: [{ name: 'alice', token: TOKEN }] });
  closing.push(server);
});
afterEach(async () => {
  for (const one of closing.splice(0)) await one.close();
  home.remove();
});

function check(args: readonly string[], options: Parameters<typeof runOstler>[1] = {}) {
  return runOstler(['check', ...args], { env, cwd: home.dir, killAfter: 60_000, ...options });
}

async function proxy(options: Omit<Parameters<typeof startRewriting>[0], 'upstream'> = {}) {
  const made = await startRewriting({ upstream: server.url, ...options });
  closing.push(made);
  return made;
}

const fast = ['--token-env', 'TOKEN', '--rate', 'unlimited'];

interface Document {
  control: { ok: boolean } | null;
  results: { id: string; outcome: string; reason: string }[];
  error: { code: string } | null;
  failed: string[];
  requests: number;
}

const documentOf = ({ stdout }: RunResult) => JSON.parse(stdout) as Document;

/** Nothing a terminal acts on, no token. */
function expectHarmless({ stdout, stderr }: RunResult): void {
  for (const text of [stdout, stderr]) {
    expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(text).not.toContain(TOKEN);
  }
}

describe('before anything is sent', () => {
  it('a server on another machine needs leave', async () => {
    const recorder = await startHttp((_, response) => response.writeHead(502).end());
    closing.push(recorder);
    const through = { ...env, HTTP_PROXY: recorder.url, HTTPS_PROXY: recorder.url };
    for (const url of ['http://192.0.2.1/sse', 'https://mcp.test.invalid/mcp']) {
      const { code, stdout, stderr } = await check([url, ...fast], { env: through });
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain('--i-am-authorized');
      expect(stderr).toContain('is not this machine');
    }
    expect(recorder.seen).toEqual([]);
  });

  it.each([
    [[], 'Which server?'],
    [['URL', '--only', 'AUTH-1'], 'did you mean "AUTH-01"?'],
    [['URL', '--skip', 'NOPE'], 'there is no check "NOPE"'],
    [['URL', '--only', 'AUTH-26'], 'Add --active'],
    [['URL', '--rate', '0'], '--rate: must be more than 0'],
    [['URL', '--max-requests', 'x'], '--max-requests: not a number'],
    [['URL', '--json', '--reporter', 'sarif'], 'both want stdout'],
    [['URL', '--report', 'pdf=x'], '--report: write a reporter and a file'],
    [['URL', '--args', '{}'], '--tool, which is missing'],
    [['URL', '--tool', 'x', '--args', '[]'], '--args is no JSON object'],
    [['URL', '--second-token-env', 'UNSET'], 'the environment variable UNSET is not set'],
    [['URL', '--second-token-env', 'SECOND', '--second-token-file', 'x'], 'name two tokens'],
    [['URL', '--token-env', 'TOKEN', '--expired-token-env', 'TOKEN'], 'is the good one itself'],
    [['--', 'node', 'server.js'], 'check is for servers over HTTP'],
    [['--list', '--reporter', 'junit'], '--list has no form for junit'],
  ])('%j is a usage error', async (args, message) => {
    const words = args.map((arg) => (arg === 'URL' ? server.sseUrl : arg));
    const { code, stdout, stderr } = await check(words);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain(SECOND);
  });

  it('--plan tells what would be sent and sends nothing', async () => {
    const front = await proxy();
    const { code, stdout } = await check([`${front.origin}/sse`, ...fast, '--plan']);
    expect(code).toBe(0);
    expect(stdout).toContain('credentials in Authorization');
    expect(stdout).toMatch(/^AUTH-01 +\d+ +sse/m);
    expect(front.seen).toEqual([]);
  });

  it('--list is the catalogue, in three forms', async () => {
    const [table, json, markdown] = await Promise.all([
      check(['--list']),
      check(['--list', '--json']),
      check(['--list', '--reporter', 'markdown', '--only', 'NET']),
    ]);
    expect(table.stdout).toMatch(/^AUTH-26 +low +--active/m);
    const checks = JSON.parse(json.stdout) as { id: string }[];
    expect(checks.length).toBeGreaterThan(60);
    expect(markdown.stdout).toContain('#### NET-01');
    expect(markdown.stdout).not.toContain('AUTH-01');
  });
});

describe('the reports', () => {
  it('go to stdout and to files that only their owner reads', async () => {
    const args = ['--only', 'AUTH-01,AUTH-02', '--report', 'sarif=out/a.sarif'];
    const run = await check([server.sseUrl, ...fast, ...args, '--report', 'junit=a.xml']);
    expect(run.code, run.stderr).toBe(0);
    expect(run.stdout).toContain('✓ pass          AUTH-01');
    expect(run.stdout).toContain('2 checks: 2 passed, 0 failed');
    expect(run.stderr).toBe('');
    for (const [name, begin] of [
      ['out/a.sarif', '{"$schema"'],
      ['a.xml', '<?xml'],
    ] as const) {
      const file = path.join(home.dir, name);
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(readFileSync(file, 'utf8').startsWith(begin)).toBe(true);
    }
  });

  it('decide the exit code by --fail-on', async () => {
    const front = await proxy({
      request(request) {
        if (request.method === 'GET' && valueOf(request, 'authorization') === undefined) {
          request.headers.push(['Authorization', `Bearer ${TOKEN}`]);
        }
      },
    });
    const args = [`${front.origin}/sse`, ...fast, '--only', 'AUTH-01'];
    const failed = await check(args);
    expect(failed.code).toBe(9);
    expect(failed.stdout).toContain('✗ FAIL          AUTH-01');
    expect(failed.stderr).toContain('1 check failed: AUTH-01');
    expect((await check([...args, '--fail-on', 'never'])).code).toBe(0);
    const json = await check([...args, '--json']);
    expect(documentOf(json).failed).toEqual(['AUTH-01']);
    expect(JSON.parse(json.stderr)).toMatchObject({ error: { code: 'check_failed' } });
  });

  it('count what could not be run with --strict', async () => {
    const args = [server.sseUrl, ...fast, '--only', 'SESS-02', '--json'];
    const lenient = await check(args);
    expect(documentOf(lenient).results[0]?.outcome).toBe('inconclusive');
    expect(lenient.code).toBe(0);
    expect((await check([...args, '--strict'])).code).toBe(9);
  });
});

describe('a control that fails', () => {
  it('is 3 for a wrong token, and nothing passes that needs the right one', async () => {
    const run = await check([server.sseUrl, '--token-env', 'SECOND', '--json']);
    expect(run.code).toBe(3);
    const { control, results, error } = documentOf(run);
    expect(control?.ok).toBe(false);
    expect(error?.code).toBe('auth_rejected');
    const passed = results.filter(({ outcome }) => outcome === 'pass').map(({ id }) => id);
    expect(passed.filter((id) => /^(?:SESS|TOOL)/.test(id))).toEqual([]);
  });

  it('is 4 where nothing listens', async () => {
    await server.close();
    const run = await check([server.sseUrl, ...fast, '--json']);
    expect(run.code).toBe(4);
    expect(documentOf(run).error?.code).toBe('server_unreachable');
  });
});

describe('Ctrl+C and --timeout', () => {
  it.each([
    ['mcp', 130],
    ['sse', 130],
    ['mcp', 124],
  ])(
    '%s, exit %i: what was found is told, what was opened is closed',
    async (route, code) => {
      const opened = new Set<string>();
      const front: RewritingProxy = await proxy({
        response(response) {
          const id = valueOf(response, 'mcp-session-id');
          if (id !== undefined) opened.add(id);
        },
      });
      const limit = code === 124 ? ['--timeout', '4s'] : [];
      const args = [`${front.origin}/${route}`, '--token-env', 'TOKEN', '--json', ...limit];
      const run = await check(args, {
        onSpawn(child) {
          if (code !== 130) return;
          void (async () => {
            while (front.seen.length < 12) await sleep(50);
            child.kill('SIGINT');
          })();
        },
      });
      expect(run.code, run.stderr).toBe(code);
      const { error, results } = documentOf(run);
      expect(error?.code).toBe(code === 130 ? 'interrupted' : 'timeout');
      expect(results.length).toBeGreaterThan(0);
      const ended = front.seen.filter(({ method }) => method === 'DELETE');
      const ids = new Set(ended.map(({ headers }) => headers['mcp-session-id']));
      expect([...opened].filter((id) => !ids.has(id))).toEqual([]);
      if (route === 'mcp') expect(opened.size).toBeGreaterThan(0);
    },
    60_000,
  );
});

/** Largest resident size of a process while it lives, MiB; 0 where there is no /proc. */
function watchMemory(): {
  onSpawn: (child: { pid?: number | undefined }) => void;
  peak: () => number;
} {
  let peak = 0;
  return {
    onSpawn({ pid = 0 }) {
      const timer = setInterval(() => {
        try {
          const status = readFileSync(`/proc/${pid}/status`, 'utf8');
          peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
        } catch {
          clearInterval(timer);
        }
      }, 50);
    },
    peak: () => peak,
  };
}

const ESCAPES = '\u001b]0;owned\u0007\u001b[2J\u202e';
const hasToken = (request: { headers: [string, string][] }) =>
  valueOf(request, 'authorization') === `Bearer ${TOKEN}`;

describe('a hostile server', () => {
  const run = async (origin: string, args: readonly string[] = []) => {
    const memory = watchMemory();
    const result = await check([`${origin}/sse`, ...fast, '--json', ...args], memory);
    expect(memory.peak()).toBeLessThan(250);
    expectHarmless(result);
    return result;
  };

  it('with errors of 5 MB', async () => {
    const body = `${ESCAPES}${'x'.repeat(5_000_000)}`;
    const { origin } = await proxy({
      request: (request) => (hasToken(request) ? undefined : { status: 401, body }),
    });
    const result = await run(origin);
    expect(result.stdout.length).toBeLessThan(2_000_000);
    expect(documentOf(result).control?.ok).toBe(true);
  }, 60_000);

  it('with gzip bombs', async () => {
    const { gzipSync } = await import('node:zlib');
    const body = gzipSync(Buffer.alloc(200_000_000));
    const { origin } = await proxy({
      request: (request) =>
        hasToken(request)
          ? undefined
          : { status: 401, headers: [['Content-Encoding', 'gzip']], body },
    });
    expect(documentOf(await run(origin)).control?.ok).toBe(true);
  }, 60_000);

  it('that sends the token back, in every place', async () => {
    const body = `no: ${TOKEN} ${Buffer.from(TOKEN).toString('base64')}`;
    const { origin } = await proxy({
      request: (request) =>
        hasToken(request) ? undefined : { status: 401, headers: [['X-Echo', TOKEN]], body },
    });
    const result = await run(origin, ['-v']);
    expect(result.stdout).toContain('[REDACTED]');
    expect(result.stdout).not.toContain(Buffer.from(TOKEN).toString('base64'));
  }, 60_000);

  it('with escape codes in names', async () => {
    const { origin } = await proxy({
      response(response) {
        response.text = (piece) =>
          piece.replaceAll('add_numbers', String.raw`add\u001b]0;owned\u0007\u202e`);
      },
    });
    const result = await run(origin);
    const tools = documentOf(result).results.find(({ id }) => id === 'TOOL-01');
    expect(tools?.outcome).toBe('fail');
    const text = await check([`${origin}/sse`, ...fast, '-v']);
    expectHarmless(text);
  }, 60_000);

  it('whose events never end', async () => {
    const endless = await startHttp((request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      if (request.method !== 'GET') return void response.end();
      const piece = `event: message\ndata: ${'y'.repeat(60_000)}\n\n`;
      const flood = () => {
        while (response.write(piece));
      };
      response.on('drain', flood);
      flood();
    });
    closing.push(endless);
    const result = await run(endless.url, ['--server-timeout', '5s']);
    expect([4, 124]).toContain(result.code);
    expect(documentOf(result).control?.ok).toBe(false);
  }, 60_000);

  it('that says nothing to strangers: no verdict, and no pass', async () => {
    const { origin } = await proxy({
      request: (request) => (hasToken(request) ? undefined : new Promise(() => {})),
    });
    const result = await run(origin, ['--only', 'AUTH-01,AUTH-02,AUTH-03']);
    const outcomes = documentOf(result).results.map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['inconclusive', 'inconclusive', 'inconclusive']);
  }, 60_000);

  it('that answers 429 to all but the control: no verdict, and no pass', async () => {
    const { origin } = await proxy({
      request: (request) => (hasToken(request) ? undefined : { status: 429, body: 'slow down' }),
    });
    const result = await run(origin, ['--only', 'AUTH-01,AUTH-02,AUTH-03']);
    const outcomes = documentOf(result).results.map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['inconclusive', 'inconclusive', 'inconclusive']);
  }, 60_000);
});
