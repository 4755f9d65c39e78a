import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AgentEvent } from '../../src/core/events.js';
import {
  startFakeOllama,
  type FakeModel,
  type FakeOllama,
  type Turn,
} from '../fakes/ollama/index.js';
import { runOstler, type RunOptions } from '../support/ostler.js';

const STDIO = path.join(
  path.dirname(fileURLToPath(import.meta.url)),
  '../support/stdio-server.mjs',
);
const OPEN = { type: 'object', properties: {} };

const SEEING: FakeModel = {
  name: 'qwen3-vl:latest',
  capabilities: ['completion', 'tools', 'vision'],
  template: '{{ .Tools }}{{ .Messages }}',
  rendering: 'plain',
  family: 'qwen3vl',
  parameterSize: '8.8B',
  quantization: 'Q4_K_M',
  size: 6_100_000_000,
  trainContext: 262_144,
};

let ollama: FakeOllama;
beforeEach(async () => {
  ollama = await startFakeOllama();
});
afterEach(() => ollama.close());

function servers(tools: readonly object[], env: Record<string, string> = {}): string {
  const entry = {
    command: process.execPath,
    args: [STDIO],
    env: { TOOLS: JSON.stringify(tools), ...env },
  };
  return JSON.stringify({ mcpServers: { plain: entry } });
}

/** A run against the fake, with these answers of the model, one a turn. */
function run(turns: readonly Turn[], args: readonly string[], options?: RunOptions) {
  ollama.script(...turns);
  return runOstler(['--host', ollama.url, ...args], options);
}

const call = (name: string, args: Record<string, unknown> = {}): Turn => ({
  calls: [{ name, arguments: args }],
});
const events = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as AgentEvent);

describe('input', () => {
  it('appends stdin to the prompt', async () => {
    const { stdout, code } = await run([{ text: 'ok' }], ['-p', 'Sum up:'], {
      stdin: 'three\nlines\nof text\n',
    });
    expect([code, stdout]).toEqual([0, 'ok\n']);
    expect(ollama.requests.at(-1)?.body).toMatchObject({
      messages: [{ role: 'user', content: 'Sum up:\n\nthree\nlines\nof text' }],
    });
  });

  it('takes a positional prompt, and stdin alone', async () => {
    expect((await run([{ text: 'one' }], ['What', 'is', 'this?'])).stdout).toBe('one\n');
    expect((await run([{ text: 'two' }], [], { stdin: 'from a pipe' })).stdout).toBe('two\n');
  });

  it('does not wait for a pipe that stays silent', async () => {
    const { code, stdout, stderr } = await run([{ text: 'ok' }], ['-p', 'Hello'], {
      silentStdin: true,
    });
    expect([code, stdout]).toEqual([0, 'ok\n']);
    expect(stderr).toContain('stdin');
  });

  it.each([
    ['no prompt at all', [], ''],
    ['only white space', ['-p', '  '], ' \n'],
    ['binary on stdin', ['-p', 'x'], Buffer.from([0xff, 0xfe, 0x00, 0x01])],
  ])('%s is a usage error', async (_, args, stdin) => {
    const { code, stdout, stderr } = await runOstler(args, { stdin });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^✗ .+\n {2}→ .+\n$/);
  });
});

describe('wrong usage ends with exit code 2', () => {
  it.each([
    [['--nope']],
    [['models', '--nope']],
    [['serve']],
    [['serve', 'math', '--port', 'x']],
    [['mcp']],
    [['models', 'show']],
    [['-o', 'xml', '-p', 'x']],
    [['tools', 'list']],
    [['completion', 'bash']],
  ])('%j', async (args) => {
    const { code, stdout, stderr } = await runOstler(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).not.toBe('');
    expect(stderr).not.toMatch(/\n +at /);
  });

  it('help is help, however it is asked for, and survives a reader that leaves', async () => {
    const [first, ...others] = await Promise.all(
      [['--help'], ['-h'], ['help'], ['--help', '-q']].map((args) => runOstler(args)),
    );
    for (const { code, stdout } of others) expect([code, stdout]).toEqual([0, first?.stdout]);
    const gone = await runOstler(['-q', '--help'], { onSpawn: (child) => child.stdout?.destroy() });
    expect([gone.code, gone.stderr]).toEqual([0, '']);
  });

  it('but a quoted prompt may begin with any word', async () => {
    expect((await run([{ text: 'ok' }], ['call me Bob'])).stdout).toBe('ok\n');
  });
});

describe('output', () => {
  it('writes the answer of the last turn alone into a pipe', async () => {
    const { stdout, stderr } = await run(
      [
        { text: 'Let me look.', calls: [{ name: 'plain__echo', arguments: { text: 'a' } }] },
        { text: 'It says a.' },
      ],
      ['-p', 'x', '--mcp-config', servers([{ name: 'echo', inputSchema: OPEN }]), '-y'],
    );
    expect(stdout).toBe('It says a.\n');
    expect(stderr).toBe('');
  });

  it('json is one object with everything a script wants', async () => {
    const { stdout, stderr, code } = await run(
      [call('plain__echo', { text: 'a' }), { text: 'Done.' }],
      ['-p', 'x', '--mcp-config', servers([{ name: 'echo', inputSchema: OPEN }]), '-y', '--json'],
    );
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({
      type: 'result',
      status: 'success',
      response: 'Done.',
      model: 'llama3.1',
      turns: 2,
      error: null,
      tool_calls: [{ server: 'plain', tool: 'echo', arguments: { text: 'a' }, status: 'success' }],
    });
  });

  it('survives a reader that leaves', async () => {
    const result = await run(
      [{ text: Array.from({ length: 20_000 }, () => 'word ') }],
      ['-p', 'x', '-o', 'stream-json'],
      {
        onStdout: (_, child) => child.stdout?.destroy(),
      },
    );
    expect(result.code).toBe(0);
    expect(result.stderr).toBe('');
  });

  it('writes 5 MB to the last byte', async () => {
    const text = 'x'.repeat(5_000_000);
    const { stdout } = await run([{ text }], ['-p', 'x', '-o', 'json']);
    expect((JSON.parse(stdout) as { response: string }).response).toHaveLength(text.length);
  });

  it('keeps escape codes of the model off the pipe', async () => {
    const { stdout } = await run([{ text: 'a\u001b]52;c;aGk=\u0007b\u202e' }], ['-p', 'x']);
    expect(stdout).toBe('a\\x1b]52;c;aGk=\\x07b\\u{202e}\n');
  });

  it('shows a secret nowhere, also when a server or the model says it', async () => {
    const secret = 'CANARY-4f2a9c';
    const config = servers([{ name: 'secret', inputSchema: OPEN }], { SECRET: '${CANARY}' });
    for (const format of ['text', 'json', 'stream-json']) {
      const { stdout, stderr } = await run(
        [call('plain__secret'), { text: ['I think CAN', `ARY-4f2a9c ${secret}`] }],
        ['-p', 'x', '--mcp-config', config, '-y', '-v', '-o', format],
        { env: { CANARY: secret } },
      );
      expect(stdout + stderr).toContain('[REDACTED]');
      expect(stdout + stderr).not.toContain(secret);
    }
  });
});

describe('tools', () => {
  it('gives a failure of the tool to the model, with exit code 0', async () => {
    const { code, stdout } = await run(
      [call('plain__fail'), { text: 'It failed.' }],
      ['-p', 'x', '--mcp-config', servers([{ name: 'fail', inputSchema: OPEN }]), '-y', '--json'],
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      tool_calls: [{ status: 'error' }],
      response: 'It failed.',
    });
  });

  it('runs a dozen calls on a dozen servers at once, without a word of complaint', async () => {
    const entry = { command: process.execPath, args: [STDIO] };
    const names = Array.from({ length: 12 }, (_, at) => `s${at}`);
    const config = JSON.stringify({
      mcpServers: Object.fromEntries(names.map((name) => [name, entry])),
    });
    const { code, stdout, stderr } = await run(
      [
        { calls: names.map((name) => ({ name: `${name}__echo`, arguments: { text: name } })) },
        { text: 'all' },
      ],
      ['-p', 'x', '--mcp-config', config, '-y', '--json'],
    );
    expect([code, stderr]).toEqual([0, '']);
    const { tool_calls } = JSON.parse(stdout) as {
      tool_calls: { server: string; status: string }[];
    };
    expect(tool_calls.map(({ server, status }) => `${server} ${status}`)).toEqual(
      names.map((name) => `${name} success`),
    );
  });

  it('tells the model when the server dies in the middle of a call', async () => {
    const { code, stdout } = await run(
      [call('plain__crash'), { text: 'It is gone.' }],
      [
        '-p',
        'x',
        '--mcp-config',
        servers([{ name: 'crash', inputSchema: OPEN }]),
        '-y',
        '-o',
        'stream-json',
      ],
    );
    expect(code).toBe(0);
    expect(events(stdout).find(({ type }) => type === 'tool_result')).toMatchObject({
      status: 'error',
    });
  });

  it('refuses a tool nobody could be asked about, with exit code 8, and says how to allow it', async () => {
    const { code, stdout, stderr } = await run(
      [call('plain__echo'), { text: 'I was not allowed.' }],
      ['-p', 'x', '--mcp-config', servers([{ name: 'echo', inputSchema: OPEN }])],
    );
    expect(code).toBe(8);
    expect(stdout).toBe('I was not allowed.\n');
    expect(stderr).toContain('--allow "plain/echo"');
  });

  it.each([
    [['--allow', 'plain/*'], 0],
    [['--allow', 'other/*'], 8],
    [['--allow', 'plain/*', '--deny', 'plain/echo'], 0],
    [['--approval', 'never'], 0],
  ])('%j ends with %i', async (flags, expected) => {
    const { code } = await run(
      [call('plain__echo'), { text: 'ok' }],
      ['-p', 'x', '--mcp-config', servers([{ name: 'echo', inputSchema: OPEN }]), ...flags],
    );
    expect(code).toBe(expected);
  });

  it('stops at the turn limit with exit code 7', async () => {
    const turns = Array.from({ length: 3 }, (_, at) => call('plain__echo', { text: String(at) }));
    const { code, stderr } = await run(turns, [
      '-p',
      'x',
      '--mcp-config',
      servers([{ name: 'echo', inputSchema: OPEN }]),
      '-y',
      '--max-turns',
      '3',
    ]);
    expect(code).toBe(7);
    expect(stderr).toContain('--max-turns');
  });

  it('hands an image of a tool to a model that can see', async () => {
    await ollama.close();
    ollama = await startFakeOllama({ models: [SEEING] });
    const { code } = await run(
      [call('plain__image'), { text: 'A pixel.' }],
      [
        '-p',
        'x',
        '-m',
        'qwen3-vl',
        '--mcp-config',
        servers([{ name: 'image', inputSchema: OPEN }]),
        '-y',
      ],
    );
    const body = ollama.requests.at(-1)?.body as {
      messages: { role: string; images?: string[] }[];
    };
    expect([code, body.messages.find(({ role }) => role === 'tool')?.images?.length]).toEqual([
      0, 1,
    ]);
  });
});

describe('failures', () => {
  it('says how to start Ollama when it is not running', async () => {
    const { code, stdout, stderr } = await runOstler(['-p', 'x', '--host', '127.0.0.1:9']);
    expect([code, stdout]).toEqual([4, '']);
    expect(stderr).toContain('ollama serve');
  });

  it('names what is installed when the model is missing', async () => {
    const { code, stderr } = await run([], ['-p', 'x', '-m', 'lama3.1']);
    expect(code).toBe(10);
    expect(stderr).toMatch(/llama3\.1/);
    expect(stderr).toContain('pull');
  });

  it('keeps what came before the model broke off, with exit code 10', async () => {
    const { code, stdout, stderr } = await run([{ text: 'Once upon', end: 'eof' }], ['-p', 'x']);
    expect([code, stdout]).toEqual([10, 'Once upon\n']);
    expect(stderr).toMatch(/^✗ /);
  });

  it('goes on without a server that fails, unless it is required', async () => {
    const config = JSON.stringify({ mcpServers: { bad: { command: '/nonexistent/server' } } });
    const lenient = await run([{ text: 'ok' }], ['-p', 'x', '--mcp-config', config]);
    expect([lenient.code, lenient.stdout]).toEqual([0, 'ok\n']);
    expect(lenient.stderr).toContain('bad');
    const strict = await run([], ['-p', 'x', '--mcp-config', config, '--require-servers', 'all']);
    expect([strict.code, strict.stdout]).toEqual([4, '']);
  });

  it('shows a secret in no error of a server, in no format', async () => {
    const entry = {
      command: process.execPath,
      args: ['-e', 'console.error(process.env.KEY); process.exit(3)'],
      env: { KEY: '${CANARY}' },
    };
    const config = JSON.stringify({ mcpServers: { bad: entry } });
    for (const format of ['text', 'json', 'stream-json']) {
      const { stdout, stderr } = await run(
        [{ text: 'ok' }],
        ['-p', 'x', '--mcp-config', config, '-o', format],
        { env: { CANARY: 'CANARY-77c1e0' } },
      );
      expect(stdout + stderr).toContain('[REDACTED]');
      expect(stdout + stderr).not.toContain('CANARY-77c1e0');
    }
  });

  it('holds the time limit while it waits for stdin, too', async () => {
    const { code, stderr } = await runOstler(['--timeout', '1s', '--host', ollama.url], {
      silentStdin: true,
    });
    expect(code).toBe(124);
    expect(stderr).toContain('1 s');
  });

  it('with json formats tells a failure on stderr as one line, and still ends with a result', async () => {
    const { code, stdout, stderr } = await runOstler([
      '-p',
      'x',
      '--host',
      '127.0.0.1:9',
      '-o',
      'stream-json',
    ]);
    expect(code).toBe(4);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'model_unreachable' } });
    expect(events(stdout)[0]?.type).toBe('init');
    expect(events(stdout).at(-1)).toMatchObject({
      type: 'result',
      status: 'error',
      error: { code: 'model_unreachable' },
    });
  });

  it('ends at the time limit with exit code 124', async () => {
    const { code, stderr } = await run(
      [{ text: 'never', startMs: 20_000 }],
      ['-p', 'x', '--timeout', '1s'],
    );
    expect(code).toBe(124);
    expect(stderr).toContain('1 s');
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    '%s before the first token ends with %i and closes the request',
    async (signal, expected) => {
      const seen = ollama.requests.length;
      const { code, stderr } = await run([{ text: 'never', startMs: 20_000 }], ['-p', 'x'], {
        onSpawn: (child) => {
          const timer = setInterval(() => {
            if (!ollama.requests.slice(seen).some(({ path: at }) => at === '/api/chat')) return;
            clearInterval(timer);
            child.kill(signal);
          }, 20);
          void once(child, 'exit').then(() => clearInterval(timer));
        },
      });
      expect(code).toBe(expected);
      expect(stderr).toMatch(/Interrupted|Terminated/);
      const chat = ollama.requests.at(-1);
      await chat?.over;
      expect(chat?.disconnected).toBe(true);
    },
  );
});
