import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  Client,
  SSEClientTransport,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startSampleServer } from '../../src/serve/server.js';
import type { SampleServer } from '../../src/serve/types.js';
import { openMcp, rpc } from '../unit/serve/raw-client.js';

const TOKEN = 'f00df00df00df00df00df00df00df00d';
const OTHER = 'cafecafecafecafecafecafecafecafe';

let root: string;
let log: string[];
let server: SampleServer;
let client: Client;

async function start(shell: { timeoutMs?: number; maxConcurrent?: number } = {}): Promise<void> {
  server = await startSampleServer({
    kind: 'shell',
    tokens: [
      { name: 'alice', token: TOKEN },
      { name: 'bob', token: OTHER },
    ],
    log: (line) => log.push(line),
    shell: {
      root,
      env: {
        PATH: process.env['PATH'],
        HOME: root,
        OSTLER_SERVE_TOKEN: TOKEN,
        AWS_SECRET: 's3cret',
        LD_PRELOAD: '',
      },
      ...shell,
    },
  });
  client = await connect();
}

async function connect(token = TOKEN): Promise<Client> {
  const one = new Client({ name: 'test', version: '1' });
  const requestInit = { headers: { Authorization: `Bearer ${token}` } };
  await one.connect(new SSEClientTransport(new URL(server.sseUrl), { requestInit }));
  return one;
}

async function exec(command: string, working_dir?: string, by = client) {
  const result = await by.callTool({
    name: 'exec_cmd',
    arguments: { command, ...(working_dir === undefined ? {} : { working_dir }) },
  });
  const [first] = result.content;
  return { text: first?.type === 'text' ? first.text : '', isError: result.isError === true };
}

/** The process id a command wrote into a file of the root. */
async function pidFrom(file: string): Promise<number> {
  let text = '';
  await expect
    .poll(async () => (text = await readFile(path.join(root, file), 'utf8').catch(() => '')), {
      timeout: 10_000,
    })
    .toMatch(/^\d+\n$/);
  return Number(text);
}

/** False for a zombie too: killed, but not yet collected by whoever adopted it. */
async function alive(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat !== '' && !/^\d+ \(.*\) Z/.test(stat);
}

beforeEach(async () => {
  root = await realpath(await mkdtemp(path.join(tmpdir(), 'ostler-shell-')));
  log = [];
});
afterEach(async () => {
  await client.close();
  await server.close();
  await rm(root, { recursive: true, force: true });
});

test('says what it does', async () => {
  await start();
  const { tools } = await client.listTools();
  expect(tools).toEqual([
    {
      name: 'exec_cmd',
      description: 'Execute a Linux command with optional working directory',
      inputSchema: {
        type: 'object',
        properties: {
          command: expect.objectContaining({
            type: 'string',
            description: 'The full shell command to execute',
          }),
          working_dir: expect.objectContaining({
            type: 'string',
            description: 'Optional working directory where the command should run',
          }),
        },
        required: ['command'],
      },
      annotations: { readOnlyHint: false, destructiveHint: true, openWorldHint: true },
    },
  ]);
});

test('returns output, errors and the exit code', async () => {
  await start();
  expect(await exec('echo out')).toEqual({ text: 'out\n[exit code 0]', isError: false });
  expect(await exec('true')).toEqual({ text: '(no output)\n[exit code 0]', isError: false });
  expect(await exec('echo out; echo err >&2')).toEqual({
    text: 'out\n\n[stderr]\nerr\n[exit code 0]',
    isError: false,
  });
  expect(await exec('echo no >&2; exit 2')).toEqual({
    text: 'execution failed: exit code 2\n[stderr]\nno',
    isError: true,
  });
  expect(await exec('kill -SEGV $$')).toEqual({
    text: 'execution failed: killed by SIGSEGV',
    isError: true,
  });
  expect((await exec('cat')).text).toContain('exit code 0');
});

test('refuses arguments that are no command', async () => {
  await start();
  for (const args of [
    {},
    { command: '' },
    { command: 1 },
    { command: 'a\0b' },
    { command: ':'.repeat(40_000) },
  ]) {
    const result = await client.callTool({ name: 'exec_cmd', arguments: args });
    expect(result.isError).toBe(true);
  }
  expect(log.filter((line) => line.includes('exec_cmd'))).toEqual([]);
});

test('the environment holds no secret', async () => {
  await start();
  const { text } = await exec('env');
  expect(text).toContain(`HOME=${root}`);
  expect(text).not.toMatch(/OSTLER|TOKEN|AWS|s3cret|LD_PRELOAD|f00d/);
});

test('a token that a command finds does not leave with its output', async () => {
  await start();
  await writeFile(path.join(root, 'found'), `${OTHER}\n`);
  expect((await exec('cat found')).text).toBe('[REDACTED]\n[exit code 0]');
});

test('starts inside the root and nowhere else', async () => {
  await start();
  await mkdir(path.join(root, 'sub'));
  await symlink('/', path.join(root, 'out'));
  await symlink('sub', path.join(root, 'in'));
  await writeFile(path.join(root, 'file'), '');
  for (const dir of [undefined, '', '.', root, 'sub/..'])
    expect((await exec('pwd', dir)).text).toContain(`${root}\n`);
  for (const dir of ['sub', 'in', path.join(root, 'sub')])
    expect((await exec('pwd', dir)).text).toContain(`${root}/sub\n`);
  const refused = await exec('touch ran', '/');
  for (const dir of ['..', 'out', 'out/etc', `${root}-x`, 'sub/../..', 'file', 'nothing']) {
    expect([dir, await exec('touch ran', dir)]).toEqual([dir, refused]);
  }
  expect(refused.isError).toBe(true);
  expect((await exec('ls')).text).not.toContain('ran');
});

test('kills the whole group on timeout', async () => {
  await start({ timeoutMs: 2000 });
  const answer = await exec(
    "echo begun; (trap '' TERM; echo $$ > outer; sleep 998 & echo $! > inner; wait; sleep 997) & wait",
  );
  expect(answer.isError).toBe(true);
  expect(answer.text).toMatch(/^execution failed: timed out after 2 s and was killed\nbegun/);
  const inner = await pidFrom('inner');
  await expect.poll(() => alive(inner)).toBe(false);
});

test('kills a command that ignores SIGTERM', async () => {
  await start({ timeoutMs: 1500 });
  const answer = await exec("trap '' TERM; echo $$ > pid; while :; do sleep 0.05; done");
  expect(answer.text).toContain('timed out');
  expect(await alive(await pidFrom('pid'))).toBe(false);
});

test('what a command leaves in the background ends with it', async () => {
  await start();
  const answer = await exec('sleep 999 & echo $! > pid; disown 2>/dev/null; echo done');
  expect(answer.text).toMatch(/^done\n/);
  const pid = await pidFrom('pid');
  await expect.poll(() => alive(pid)).toBe(false);
});

test('a process that leaves the group does not hold the answer', async () => {
  await start();
  const answer = await exec('setsid sleep 5 & echo done');
  expect(answer.text).toMatch(/^done\n/);
  expect(log.at(-1)).toMatch(/exit code 0 in [1-4]?\d{1,3} ms/);
});

test('caps the output: beginning and end, and says so', async () => {
  await start();
  const { text } = await exec(
    'echo FIRST; yes 0123456789 | head -c 3000000; echo LAST; head -c 100000 /dev/zero >&2',
  );
  expect(text.length).toBeLessThan(66_000);
  expect(text).toMatch(/^FIRST\n/);
  expect(text).toMatch(/\n\[\.\.\. \d{7} bytes left out \.\.\.\]\n/);
  expect(text).toContain('LAST\n\n[stderr]\n');
  expect(text).toMatch(/\[exit code 0\]$/);
});

test.each(['SSE', 'Streamable HTTP'])('cancelling over %s kills the command', async (name) => {
  await start();
  let caller = client;
  if (name !== 'SSE') {
    caller = new Client({ name: 'test', version: '1' });
    const requestInit = { headers: { Authorization: `Bearer ${TOKEN}` } };
    await caller.connect(
      new StreamableHTTPClientTransport(new URL(server.mcpUrl), { requestInit }),
    );
  }
  const controller = new AbortController();
  const call = caller.callTool(
    { name: 'exec_cmd', arguments: { command: 'echo $$ > pid; sleep 996' } },
    { signal: controller.signal },
  );
  const failed = expect(call).rejects.toThrow();
  const pid = await pidFrom('pid');
  expect(await alive(pid)).toBe(true);
  controller.abort();
  await failed;
  await expect.poll(() => alive(pid)).toBe(false);
  await expect.poll(() => log.at(-1)).toContain('cancelled');
  expect((await exec('echo still here', undefined, caller)).text).toContain('still here');
  if (caller !== client) await caller.close();
});

test('a cancelled call does not keep its stream', async () => {
  await start();
  const { post } = await openMcp(server, TOKEN);
  const call = post(
    rpc('tools/call', { name: 'exec_cmd', arguments: { command: 'echo $$ > pid; sleep 995' } }, 5),
  );
  await pidFrom('pid');
  expect((await post(rpc('notifications/cancelled', { requestId: 5 }))).status).toBe(202);
  expect((await call).text).not.toContain('"result"');
});

test('a client that goes away takes its commands along', async () => {
  await start();
  const other = await connect(OTHER);
  void other
    .callTool({ name: 'exec_cmd', arguments: { command: 'echo $$ > pid; sleep 994' } })
    .catch(() => {});
  const pid = await pidFrom('pid');
  await other.close();
  await expect.poll(() => alive(pid)).toBe(false);
});

test('closing the server kills what runs', async () => {
  await start();
  void exec("trap '' TERM; echo $$ > pid; while :; do sleep 0.05; done").catch(() => {});
  const pid = await pidFrom('pid');
  await server.close();
  expect(await alive(pid)).toBe(false);
});

test('runs only so many at once', async () => {
  await start({ maxConcurrent: 2 });
  const slow = [exec('echo $$ > one; sleep 993'), exec('echo $$ > two; sleep 992')];
  for (const call of slow) call.catch(() => {});
  await Promise.all([pidFrom('one'), pidFrom('two')]);
  expect(await exec('echo third')).toEqual({
    text: 'execution failed: 2 commands are running already, try again later',
    isError: true,
  });
});

test('every call is told to the log: who, what, how it ended, no secret', async () => {
  await start();
  await exec('exit 3');
  await exec(`printf '\u001b[2J' # ${TOKEN}\nid`, '/');
  const bob = await connect(OTHER);
  await exec('true', undefined, bob);
  await bob.close();
  expect(log).toEqual([
    expect.stringMatching(/^\d{4}-\S+Z exec_cmd by alice: exit code 3 in \d+ ms: exit 3$/),
    expect.stringMatching(
      / exec_cmd by alice: refused working_dir: printf '\\x1b\[2J' # \[REDACTED\]\\nid$/,
    ),
    expect.stringMatching(/ exec_cmd by bob: exit code 0 in \d+ ms: true$/),
  ]);
});
