import { readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { closeChats, openChat, prepareChat, type ChatTerminal } from '../support/chat.js';
import { isGone } from '../servers/pool.js';
import { BIN } from '../support/ostler.js';
import { openTerminal } from '../support/terminal.js';

afterEach(closeChats);

/** Everything a chat switches on is off again. */
function expectRestored(terminal: Pick<ChatTerminal, 'mode' | 'bytes'>): void {
  expect(terminal.mode(2004)).toBe(false);
  expect(terminal.mode(25)).not.toBe(false);
  expect(terminal.mode(2026)).not.toBe(true);
}

/** An interactive shell with `chat` as the command that starts one; its prompt is `sh> `. */
async function openShell() {
  const { args, home, cwd } = await prepareChat();
  const shell = openTerminal(['-i'], { file: '/bin/sh', home, cwd, env: { PS1: 'sh> ', ENV: '' } });
  await shell.waitFor('sh>');
  const quoted = [process.execPath, BIN, ...args].map((word) => `'${word}'`).join(' ');
  return { ...shell, start: `${quoted}\r` };
}

const atPrompt = (shell: { screen: () => string[] }) => () =>
  shell.screen().findLast((row) => row !== '') === 'sh>';

async function expectCooked(shell: Awaited<ReturnType<typeof openShell>>): Promise<void> {
  shell.write('stty -a | tr " ;" "\\n\\n" | grep -x -e "-*icanon" -e "-*echo" | tr "\\n" "/"\r');
  await shell.waitFor(/(^|\n)icanon\/echo\//);
}

describe('the terminal is given back', () => {
  it('after Ctrl+D', async () => {
    const shell = await openShell();
    shell.write(shell.start);
    await shell.waitFor('Ask something');
    shell.press('ctrl+d');
    await shell.waitFor(atPrompt(shell));
    expectRestored(shell);
    await expectCooked(shell);
  });

  it('while suspended by Ctrl+Z, and taken again by fg', async () => {
    const shell = await openShell();
    shell.write(shell.start);
    await shell.waitFor('Ask something');
    shell.write('half a thought');
    await shell.waitFor('❯ half a thought');
    shell.press('ctrl+z');
    await shell.waitFor(atPrompt(shell));
    expectRestored(shell);
    await expectCooked(shell);
    shell.write('fg\r');
    await shell.waitFor(() => shell.mode(2004) === true);
    await shell.waitFor('❯ half a thought');
    shell.write('!');
    await shell.waitFor('❯ half a thought!');
    shell.press('ctrl+c', 'ctrl+d');
    await shell.waitFor(atPrompt(shell));
    expectRestored(shell);
    await expectCooked(shell);
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 143],
    ['SIGINT', 130],
  ] as const)('after %s', async (signal, code) => {
    const chat = await openChat();
    await chat.waitFor('Ask something');
    process.kill(chat.pid, signal);
    expect(await chat.exit).toEqual({ code, signal: 0 });
    expectRestored(chat);
  });

  it('after a crash', async () => {
    const preload =
      'process.on("SIGUSR2", () => setImmediate(() => { throw new Error("crash"); }))';
    const { args, home, cwd } = await prepareChat({ files: { 'crash.cjs': preload } });
    const chat = openTerminal(['--require', `${cwd}/crash.cjs`, BIN, ...args], {
      file: process.execPath,
      home,
      cwd,
    });
    await chat.waitFor('Ask something');
    process.kill(chat.pid, 'SIGUSR2');
    expect((await chat.exit).code).not.toBe(0);
    expectRestored(chat);
  });
});

describe('a chat in another environment', () => {
  it.each([{ CI: 'true' }, { CONTINUOUS_INTEGRATION: '1' }])('draws with %o', async (env) => {
    const chat = await openChat({ env });
    await chat.waitFor('Ask something');
    await chat.ask('hello', 'You said: hello');
  });

  it('writes no colour with NO_COLOR', async () => {
    const chat = await openChat({ env: { NO_COLOR: '1' } });
    await chat.waitFor('Ask something');
    await chat.ask('hello', 'You said: hello');
    const codes =
      chat
        .bytes()
        .toString('latin1')
        .match(/\x1b\[[\d;]*m/g) ?? [];
    // Bold, dim, underline and their ends are no colours.
    expect(codes.filter((code) => !/^\x1b\[(0|1|2|3|4|7|9|22|23|24|27|29)?m$/.test(code))).toEqual(
      [],
    );
  });

  it('speaks in words to a screen reader, and nothing moves', async () => {
    const chat = await openChat({
      args: ['--screen-reader', '--approval', 'auto'],
      turns: [{ text: ['one ', 'two'] }],
    });
    await chat.waitFor('>');
    await chat.ask('hello', 'one two');
    await chat.quiet();
    const text = chat.scrollback().join('\n');
    expect(text).toContain('You: hello');
    expect(text).not.toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏❯✓─│]/);
  });

  it('fits into 24 columns and 10 rows', async () => {
    const chat = await openChat({ columns: 24, rows: 10 });
    await chat.waitFor('❯');
    await chat.ask('hello', 'You said: hello');
    chat.write('a longer text than fits into one row');
    await chat.waitFor('one row');
    expect(chat.screen().every((row) => row.length <= 24)).toBe(true);
  });

  it('lives through one row and one column', async () => {
    const chat = await openChat({ columns: 60, rows: 20 });
    await chat.waitFor('Ask something');
    for (const [columns, rows] of [
      [1, 1],
      [2, 3],
      [200, 2],
      [60, 20],
    ] as const) {
      chat.resize(columns, rows);
      await delay(150);
    }
    await chat.ask('hello', 'You said: hello');
  });

  it('opens while a server never answers, and leaves at once', async () => {
    const silent = { command: process.execPath, args: ['-e', 'setInterval(() => {}, 1000)'] };
    const chat = await openChat({ servers: { silent } });
    await chat.waitFor('Ask something');
    chat.press('ctrl+d');
    expect(await chat.exit).toEqual({ code: 0, signal: 0 });
  });

  it('opens without Ollama and says so', async () => {
    const chat = await openChat({ args: ['--host', 'http://127.0.0.1:9'] });
    await chat.waitFor('Ask something');
    await chat.ask('hello', /Ollama is not reachable/);
    chat.write('still here');
    await chat.waitFor('still here');
  });
});

describe('a project nobody trusted yet', () => {
  it('is not trusted by what was being typed, and all of it is shown', async () => {
    const servers = Object.fromEntries(
      Array.from({ length: 150 }, (_, at) => [
        `s${at}`,
        { command: 'touch', args: [`canary${at}`] },
      ]),
    );
    const { home, cwd, ollama } = await prepareChat({
      files: { 'ostler.yaml': JSON.stringify({ mcpServers: servers }) },
    });
    const chat = openTerminal(['--host', ollama.url], { home, cwd });
    chat.write('2');
    await chat.waitFor('Do you trust this file');
    for (const typed of '22 + 2?') chat.write(typed);
    await chat.quiet();
    expect(chat.scrollback().join('\n')).toContain('canary149');
    chat.press('escape');
    expect(await chat.exit).toMatchObject({ code: 6 });
    expect(readdirSync(cwd)).toEqual(['ostler.yaml']);
  });
});

describe('leaving', () => {
  it('ends what runs in the shell', async () => {
    const chat = await openChat();
    await chat.waitFor('Ask something');
    chat.say('!trap "" TERM; echo pid $$; while :; do sleep 1; done');
    await chat.waitFor(/pid \d+/);
    const pid = Number(/pid (\d+)/.exec(chat.scrollback().join('\n'))?.[1]);
    chat.press('ctrl+d');
    expect(await chat.exit).toEqual({ code: 0, signal: 0 });
    await expect.poll(() => isGone(pid), { timeout: 15_000 }).toBe(true);
  });
});
