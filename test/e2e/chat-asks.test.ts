import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { closeChats, openChat, type ChatOptions, type ChatTerminal } from '../support/chat.js';
import { assertOnlyOwnSequences } from '../support/sequences.js';

/** A dialog takes no key in its first 300 ms, which somebody may have typed for something else. */
const GUARD_MS = 450;

const SERVERS = path.resolve(import.meta.dirname, '../servers');
const EVERYTHING = path.resolve(
  import.meta.dirname,
  '../../node_modules/@modelcontextprotocol/server-everything/dist/index.js',
);
const everything = { everything: { command: process.execPath, args: [EVERYTHING, 'stdio'] } };
const asking = {
  asking: { command: process.execPath, args: [path.join(SERVERS, 'asking.mjs')] },
};

const temporary: string[] = [];
afterEach(async () => {
  await closeChats();
  for (const dir of temporary.splice(0)) rmSync(dir, { recursive: true, force: true });
});

const call = (name: string, args: Record<string, unknown> = {}) => ({
  calls: [{ name, arguments: args }],
});

/** A chat in which the server asks as the model's only call says. */
async function openAsking(params: object, options: ChatOptions & { tool?: string } = {}) {
  const { tool = 'ask', turns = [], ...rest } = options;
  const args = { method: 'elicitation/create', params };
  const chat = await openChat({
    servers: asking,
    args: ['--yolo'],
    turns: [call(`asking__${tool}`, args), ...turns, { text: 'That is all.' }],
    ...rest,
  });
  await chat.waitFor('1 server');
  chat.say('go');
  return chat;
}

const form = (properties: object, more: object = {}) => ({
  message: 'Please tell us.',
  requestedSchema: { type: 'object', properties, ...more },
});

/** Waits for the question, and long enough to answer it. */
async function asked(chat: ChatTerminal, words: string | RegExp): Promise<void> {
  await chat.waitFor(words);
  await delay(GUARD_MS);
}

/** Keys one after the other, so that each is one. */
async function press(chat: ChatTerminal, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    chat.press(key);
    await delay(60);
  }
}

/** What the model was told of its calls. */
function results(chat: ChatTerminal): string[] {
  const messages = chat.ollama.chats.at(-1)?.messages ?? [];
  return messages.flatMap(({ role, content }) => (role === 'tool' ? [content] : []));
}

const told = (chat: ChatTerminal): string => results(chat).at(-1) ?? '';

describe('server-everything', () => {
  async function openEverything(options: ChatOptions = {}) {
    const chat = await openChat({ servers: everything, args: ['--yolo'], ...options });
    // It asks for the folders as soon as it is connected.
    await asked(chat, 'everything asks which folders it may work in');
    chat.press('y');
    await chat.waitFor('17 tools');
    return chat;
  }

  it('gets a form as it was filled in, and the folders it may know of', async () => {
    const turns = [
      call('everything__trigger-elicitation-request'),
      call('everything__get-roots-list'),
      { text: 'That is all.' },
    ];
    const chat = await openEverything({ turns });
    chat.say('go');
    await asked(chat, 'everything asks you for 13 values');
    const screen = chat.screen().join('\n');
    // All 13 fields and the ways out at 80 × 24.
    expect(screen).toContain('Legacy Titled Single Select Enum');
    expect(screen).toContain('Send (Ctrl+S)    Decline (Ctrl+X)    Cancel (Esc)');
    chat.write('Ann');
    await chat.waitFor('❯ Ann');
    await press(chat, 'enter');
    chat.write('y');
    await chat.waitFor(/Boolean +yes/);
    await press(chat, 'down', 'down');
    chat.write('nobody');
    await chat.waitFor('❯ nobody');
    await press(chat, 'enter');
    await chat.waitFor('String with email format must be an email address.');
    chat.write('@home.example');
    await press(chat, 'enter');
    await chat.waitFor(/email format +nobody@home\.example/);
    await press(chat, 'ctrl+s');
    await chat.waitFor('That is all.');
    const [answer, roots] = results(chat);
    for (const part of ['Name: Ann', 'nobody@home.example', '"integer": 42', '"Guitar"']) {
      expect(answer).toContain(part);
    }
    expect(roots).toMatch(/file:\/\/.*work/);
    expect(chat.scrollback().join('\n')).toContain('✓ everything got an answer');
    expect(assertOnlyOwnSequences(chat.bytes())).toMatchObject({ clear2J: 0, clear3J: 0 });
  });

  it('gets the model’s answer after both looks, as the person changed it', async () => {
    const sampling = { prompt: 'Say hello', maxTokens: 1_000_000 };
    const turns = [
      call('everything__trigger-sampling-request', sampling),
      { text: 'Hello, server.' },
      { text: 'That is all.' },
    ];
    const chat = await openEverything({ turns });
    chat.say('go');
    await asked(chat, 'everything asks the model llama3.1');
    const screen = chat.screen().join('\n');
    expect(screen).toContain('up to 1000000 tokens, it may have 4096');
    expect(screen).toContain('│ Resource trigger-sampling-request context: Say hello');
    chat.press('y');
    await asked(chat, 'Send this answer of llama3.1 to everything?');
    expect(chat.screen().join('\n')).toContain('│ Hello, server.');
    chat.press('e');
    await chat.waitFor('Answer to everything');
    chat.write('Well. ');
    await chat.waitFor('Well. Hello, server.');
    chat.press('enter');
    await chat.waitFor('That is all.');
    expect(told(chat)).toContain('Well. Hello, server.');
  });

  it('gets no answer of the model without a yes', async () => {
    const turns = [
      call('everything__trigger-sampling-request', { prompt: 'Say hello' }),
      { text: 'That is all.' },
    ];
    const chat = await openEverything({ turns });
    chat.say('go');
    await asked(chat, 'everything asks the model llama3.1');
    // Enter on what is chosen at first.
    chat.press('enter');
    await chat.waitFor('That is all.');
    expect(chat.scrollback().join('\n')).toContain('‒ everything may not ask llama3.1');
    expect(chat.ollama.chats).toHaveLength(2);
  });

  it('gets a page opened on a yes only', async () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'ostler-browser-'));
    temporary.push(dir);
    const opened = path.join(dir, 'opened');
    const browser = path.join(dir, 'browser');
    writeFileSync(browser, `#!/bin/sh\nprintf %s "$1" > ${opened}\n`);
    chmodSync(browser, 0o755);
    const url = 'https://xn--pple-43d.example.com/confirm?id=42&next=a';
    const ask = call('everything__trigger-url-elicitation', { url });
    const turns = [ask, { text: 'First.' }, ask, { text: 'Second.' }];
    const chat = await openEverything({ turns, env: { BROWSER: browser } });
    chat.say('go');
    await asked(chat, 'everything asks you to open a page');
    const screen = chat.screen().join('\n');
    expect(screen).toMatch(/host:\n│ xn--pple-43d\.example\.com\n/);
    expect(screen).toContain(`│ ${url}`);
    expect(screen).toContain('in other letters');
    chat.press('enter');
    await chat.waitFor('First.');
    expect(existsSync(opened)).toBe(false);
    chat.say('go on');
    await asked(chat, 'everything asks you to open a page');
    chat.press('o');
    await chat.waitFor('Second.');
    expect(readFileSync(opened, 'utf8')).toBe(url);
  });
});

describe('a form', () => {
  const name = { name: { type: 'string', title: 'Name', default: 'Bob' } };

  it.each([
    ['ctrl+s', '{"action":"accept","content":{"name":"Bob"}}'],
    ['ctrl+x', '{"action":"decline"}'],
    ['escape', '{"action":"cancel"}'],
    ['ctrl+c', '{"action":"cancel"}'],
  ])('%s', async (key, answer) => {
    const chat = await openAsking(form(name));
    await asked(chat, 'asking asks you for 1 value');
    chat.press(key);
    await chat.waitFor('That is all.');
    expect(told(chat)).toContain(answer);
  });

  it('is not answered by what was typed before it came', async () => {
    const args = { method: 'elicitation/create', params: form({}) };
    const chat = await openChat({
      servers: asking,
      args: ['--yolo'],
      turns: [{ ...call('asking__ask', args), startMs: 1500 }, { text: 'That is all.' }],
    });
    await chat.waitFor('1 server');
    chat.say('go');
    await chat.waitFor(() => chat.ollama.chats.length === 1);
    chat.write('yes');
    await chat.waitFor('❯ yes');
    await asked(chat, 'asking asks you for a yes or no');
    expect(chat.screen().join('\n')).toContain('asking asks you for a yes or no');
    await press(chat, 'left', 'enter');
    await chat.waitFor('That is all.');
    expect(told(chat)).toContain('"action":"accept"');
    // What was being written is still there.
    await chat.waitFor('❯ yes');
  });

  it('comes after the one before it', async () => {
    const args = { method: 'elicitation/create', params: form(name), times: 3 };
    const chat = await openChat({
      servers: asking,
      args: ['--yolo'],
      turns: [call('asking__asks', args), { text: 'That is all.' }],
    });
    await chat.waitFor('1 server');
    chat.say('go');
    for (const key of ['ctrl+s', 'ctrl+x', 'escape']) {
      await asked(chat, 'asking asks you for 1 value');
      chat.press(key);
    }
    await chat.waitFor('That is all.');
    expect(told(chat)).toMatch(/"accept".*"decline".*"cancel"/);
  });

  it('goes away when the server takes it back, and says so', async () => {
    const chat = await openAsking(form(name), { tool: 'take_back' });
    await chat.waitFor('That is all.');
    expect(chat.screen().join('\n')).not.toContain('Send (Ctrl+S)');
    expect(chat.scrollback().join('\n')).toContain('asking asks no more:');
    await chat.ask('Still there?', 'You said: Still there?');
  });

  it('that is hostile shows nothing that acts, and can be left', async () => {
    const nasty = '\u001b[2J\u001b]52;c;aGk=\u0007\u202e\nSend (Ctrl+S)    Decline (Ctrl+X)';
    const options = Array.from({ length: 200 }, (_, at) => ({ const: `v${at}`, title: `t${at}` }));
    const properties = {
      password: { type: 'string', title: nasty, description: nasty },
      one: { type: 'string', oneOf: options, title: 'One' },
      many: { type: 'array', items: { anyOf: options }, title: nasty },
    };
    const message = `${nasty}\n`.repeat(40) + 'x'.repeat(8000);
    const chat = await openAsking({ ...form(properties), message });
    await asked(chat, 'asking asks you for 3 values');
    const ours = () =>
      chat.screen().filter((row) => row.includes('Decline (Ctrl+X)') && !row.startsWith('│ '));
    expect(ours()).toHaveLength(1);
    expect(chat.screen().join('\n')).toContain('like a secret');
    await press(chat, 'pagedown', 'down', 'enter');
    chat.write('t19');
    await chat.waitFor('Filter: t19');
    await chat.waitFor('t199');
    expect(ours()).toHaveLength(1);
    chat.resize(120, 40);
    await press(chat, 'enter');
    await chat.waitFor(/One +t19\b/);
    chat.resize(40, 12);
    await chat.quiet();
    await press(chat, 'ctrl+x');
    await chat.waitFor('That is all.');
    expect(told(chat)).toContain('"action":"decline"');
    expect(chat.clipboardWrites()).toEqual([]);
    expect(assertOnlyOwnSequences(chat.bytes())).toMatchObject({ clear3J: 0 });
  });
});
