import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { closeChats, openChat, stageServer, type ChatTerminal } from '../support/chat.js';
import { assertOnlyOwnSequences } from '../support/sequences.js';
import { startRawHttp } from '../servers/raw-mcp.js';

/** Attacks on a terminal, one after the other; each between letters, so that it is seen as escaped. */
const ATTACKS = [
  '\x1b[2J',
  '\x1b[3J',
  '\x1b]0;owned\x07',
  '\x1b]8;;file:///etc/passwd\x07link\x1b]8;;\x07',
  '\x1b]9;notify\x07',
  '\x1b]52;c;b3duZWQ=\x07',
  '\x1b]777;notify;a;b\x07',
  '\x1b]1337;File=inline=1:AAAA\x07',
  '\x1bP$q"p\x1b\\',
  '\x1b_Ga=T,f=100;AAAA\x1b\\',
  '\x1b^private\x1b\\',
  '\x1bXstart\x1b\\',
  '\x1b[?1000h\x1b[?1049h\x1b[?2004l',
  '\x1b[6n\x1b[c',
  '\x1bc',
  '\x1b[\x1b[31m2J',
  '\u009b2J\u009d0;owned\u009c',
  'safe\rfake',
  'a\b\b\bb',
  '\x07\x05\x0e\x0f\x7f\x0b\x0c\x00',
  '\u202egnp.exe\u2066\u2069\u200b\u200e\u061c',
  '\u{e0041}\u{e0042}\u2028\u2029\ufeff',
];
const EVIL = ATTACKS.map((attack, at) => `<${at}${attack}${at}>`).join('');
/** Short enough for a name. */
const EVIL_NAME = 'evil\x1b]0;owned\x07\x1b[2J\u202eb\x1bc';
const EVIL_LINES = ATTACKS.join('\n');

/** The question about a call takes no key in its first 300 ms. */
const GUARD_MS = 450;

let close: (() => Promise<void>) | undefined;
afterEach(async () => {
  await closeChats();
  await close?.();
  close = undefined;
});

function expectUnharmed(chat: ChatTerminal): void {
  expect(assertOnlyOwnSequences(chat.bytes())).toMatchObject({ clear2J: 0, clear3J: 0 });
  expect(chat.title()).not.toContain('owned');
  expect(chat.clipboardWrites()).toEqual([]);
  expect(chat.mode(1000)).toBeUndefined();
  expect(chat.mode(1049)).toBeUndefined();
}

const SIZE = { columns: 120, rows: 50 };
const texts = ['title', 'description', 'result', 'error', 'progress', 'log'];
const names = ['prompt', 'resource', 'server', 'tool'];
const say = {
  ...Object.fromEntries(texts.map((field) => [field, EVIL])),
  ...Object.fromEntries(names.map((field) => [field, EVIL_NAME])),
};

describe('a hostile server', () => {
  it('cannot write to the terminal by what it lists', async () => {
    const chat = await openChat({
      ...SIZE,
      servers: { stage: stageServer({ say, stderr: EVIL }) },
    });
    await chat.waitFor('1 server');
    await chat.ask('/servers', /stage.*connected/);
    await chat.ask('/servers logs stage', /owned|stderr/);
    await chat.ask('/tools', 'steps');
    await chat.ask('/tools stage/steps', 'steps');
    await chat.ask('/prompts', 'stage:greet');
    await chat.ask('/resources', 'stage://note');
    for (const beginning of ['/', '/stage:', '@stage:', '/tools ', '@']) {
      chat.write(beginning);
      await chat.waitFor(`❯ ${beginning.trim()}`);
      await chat.quiet();
      chat.press('escape');
      await chat.quiet(100);
      chat.press('ctrl+c');
      await chat.waitFor('Ask something');
    }
    expectUnharmed(chat);
  });

  it('cannot by its calls, their arguments, progress, results and errors', async () => {
    const called = ['read', 'steps', 'fail', 'refuse'];
    const chat = await openChat({
      ...SIZE,
      servers: { stage: stageServer({ say }) },
      turns: [
        ...called.map((name) => ({
          text: EVIL,
          thinking: EVIL_LINES,
          calls: [{ name: `stage__${name}`, arguments: { text: EVIL, [EVIL]: EVIL_LINES } }],
        })),
        { text: [EVIL, '\n\n```\n', EVIL_LINES, '\n```\n\n', `[x](${EVIL})`, '\n\nfinis'] },
      ],
    });
    await chat.waitFor('1 server');
    chat.say('go');
    for (const name of called) {
      await chat.waitFor(new RegExp(`› ${name}`));
      await delay(GUARD_MS);
      chat.press('ctrl+o');
      chat.press('y');
    }
    await chat.waitFor('finis');
    chat.press('ctrl+o', 'ctrl+t');
    await chat.quiet();
    await chat.ask('/export md', 'Written');
    expectUnharmed(chat);
  });

  it('cannot by its HTTP errors', async () => {
    const server = await startRawHttp((_, response) => {
      response.writeHead(500, 'Oh no', { 'content-type': 'text/html' }).end(EVIL_LINES);
      return true;
    });
    close = server.close;
    const chat = await openChat({ ...SIZE, servers: { web: { type: 'http', url: server.url } } });
    await chat.waitFor(/✗ web/);
    await chat.ask('/servers', /web.*failed/);
    expectUnharmed(chat);
  });
});

describe('hostile files', () => {
  it('cannot write to the terminal by their names and what is in them', async () => {
    const name = `${EVIL_NAME}.md`;
    const chat = await openChat({
      ...SIZE,
      files: { [name]: EVIL_LINES, 'notes.md': EVIL.replaceAll('\x00', '') },
    });
    chat.write('@');
    await chat.waitFor('notes.md');
    chat.press('escape');
    await chat.quiet(100);
    chat.press('ctrl+c');
    await chat.waitFor('Ask something');
    await chat.ask('look at @notes.md', 'You said');
    await chat.ask('!cat notes.md; ls', 'evil');
    await chat.ask('/sessions', 'look at');
    expectUnharmed(chat);
  });
});

describe('a hostile model', () => {
  it('cannot write to the terminal, wherever its stream is cut', async () => {
    const chat = await openChat({
      ...SIZE,
      turns: [
        { text: Array.from(EVIL_LINES), bytesPerWrite: 97 },
        { refuse: { status: 500, body: { error: EVIL } } },
        { refuse: { status: 502, contentType: 'text/html', body: EVIL_LINES } },
      ],
    });
    await chat.ask('one', 'gnp.exe');
    await chat.ask('two', /✗/);
    await chat.ask('three', /✗/);
    await chat.ask('/retry', 'You said');
    expectUnharmed(chat);
  });

  it('cannot by the names of models', async () => {
    const chat = await openChat(SIZE);
    await chat.ask(`/model ${EVIL}`, /✗/);
    await chat.ask('/models', 'llama3.1');
    expectUnharmed(chat);
  });
});
