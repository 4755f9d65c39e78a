import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { startSampleServer } from '../../src/serve/server.js';
import type { SampleServer } from '../../src/serve/types.js';
import { closeChats, openChat, stageServer, type ChatTerminal } from '../support/chat.js';
import { assertOnlyOwnSequences } from '../support/sequences.js';

const PROMPT = 'This is Bob. We are doing math. Help us to add 2 and 3. BTW. Say hello to him';
const TOKEN = 'chat-approval-token-0123456789';
/** The dialog takes no key in its first 300 ms, which somebody may have typed for something else. */
const GUARD_MS = 450;

let server: SampleServer | undefined;
afterEach(async () => {
  await closeChats();
  await server?.close();
  server = undefined;
});

async function openMath(): Promise<ChatTerminal> {
  server = await startSampleServer({ kind: 'math', tokens: [{ name: 't', token: TOKEN }] });
  const headers = { Authorization: `Bearer ${TOKEN}` };
  const chat = await openChat({
    columns: 100,
    rows: 40,
    servers: { math: { type: 'sse', url: server.sseUrl, headers } },
  });
  await chat.waitFor('2 tools');
  return chat;
}

/** Waits for the question about a tool and presses the keys. */
async function answer(chat: ChatTerminal, tool: string, ...keys: string[]): Promise<void> {
  await chat.waitFor(new RegExp(`Allow tool call\\?[^]*› ${tool}`));
  await delay(GUARD_MS);
  chat.press(...keys);
}

/** What the model was told of its calls, in the last request. */
const toolMessages = (chat: ChatTerminal) =>
  chat.ollama.chats
    .at(-1)
    ?.messages.filter(({ role }) => role === 'tool')
    .map(({ content }) => content);

const call = (name: string, args: Record<string, unknown> = { text: 'hello' }) => ({
  calls: [{ name, arguments: args }],
});

describe('the seed prompt', () => {
  it('runs when each call is allowed by a key', async () => {
    const chat = await openMath();
    chat.say(PROMPT);
    await answer(chat, 'add_numbers', 'y');
    await answer(chat, 'say_hello', 'y');
    await chat.waitFor(/Here is what the tools say.*5/);
    await chat.waitFor(/✓ math\.add_numbers\(number1=2, number2=3\)/);
    await chat.waitFor(/✓ math\.say_hello\(name="?Bob"?\)/);
    expect(toolMessages(chat)).toEqual(['5', expect.stringContaining('Hello, Bob')]);
    expect(chat.bytes().includes(TOKEN)).toBe(false);
    expect(assertOnlyOwnSequences(chat.bytes())).toMatchObject({ clear2J: 0, clear3J: 0 });
  });

  it('asks no more after "this tool for this session"', async () => {
    const chat = await openMath();
    chat.say(PROMPT);
    await answer(chat, 'add_numbers', 's');
    await answer(chat, 'say_hello', 'S');
    await chat.waitFor('Here is what the tools say');
    await chat.ask('Help us to add 4 and 5', /tools say: 9/);
    expect(chat.screen().join('\n')).not.toContain('Allow tool call?');
  });

  it('goes on without what is refused, and the model reads why', async () => {
    const chat = await openMath();
    chat.say(PROMPT);
    await answer(chat, 'add_numbers', 'n');
    await chat.waitFor('No, because');
    chat.write('too easy');
    await chat.waitFor('too easy');
    chat.press('enter');
    await answer(chat, 'say_hello', 'y');
    await chat.waitFor('Here is what the tools say');
    expect(toolMessages(chat)?.[0]).toContain('too easy');
    expect(chat.scrollback().join('\n')).toMatch(/⊘ math\.add_numbers.*too easy/);
  });

  it('sends arguments as a person has changed them', async () => {
    const chat = await openMath();
    chat.say('Help us to add 2 and 3');
    await answer(chat, 'add_numbers', 'e');
    await chat.waitFor('as JSON');
    chat.press('ctrl+a');
    // Everything there is, however it is laid out, gives way to the new text.
    for (let line = 0; line < 8; line += 1) chat.press('ctrl+k', 'delete');
    chat.paste('{"number1": 20, "number2": 30}');
    await chat.waitFor('{"number1": 20, "number2": 30}');
    chat.press('enter');
    await chat.waitFor('Here is what the tools say');
    expect(toolMessages(chat)?.[0]).toMatch(/\b50$/);
  });

  it('ends with Esc, and nothing was called', async () => {
    const chat = await openMath();
    chat.say('Help us to add 2 and 3');
    await answer(chat, 'add_numbers', 'escape');
    await chat.waitFor(/[Ii]nterrupted|stopped|denied/);
    await chat.quiet();
    expect(chat.ollama.chats).toHaveLength(1);
    await chat.ask('Are you there?', 'Here is what the tools say: The call was not allowed');
  });
});

describe('a question about a call', () => {
  it('is not answered by what was typed before it came', async () => {
    const chat = await openChat({
      servers: { stage: stageServer() },
      turns: [{ ...call('stage__echo'), startMs: 1500 }, { text: 'done' }],
      rows: 30,
    });
    await chat.waitFor('1 server');
    chat.say('go');
    await chat.waitFor(() => chat.ollama.chats.length === 1);
    chat.write('yyy');
    await chat.waitFor('❯ yyy');
    await chat.waitFor('Allow tool call?');
    await delay(2 * GUARD_MS);
    expect(chat.screen().join('\n')).toContain('Allow tool call?');
    chat.press('y');
    await chat.waitFor('done');
  });

  it('shows everything with Ctrl+O, and never offers for ever what is destructive', async () => {
    const chat = await openChat({
      servers: { stage: stageServer() },
      turns: [call('stage__erase'), { text: 'done' }],
      rows: 40,
      columns: 100,
    });
    await chat.waitFor('1 server');
    chat.say('go');
    await chat.waitFor('Never always');
    expect(chat.screen().join('\n')).not.toContain('The tool erase');
    await answer(chat, 'erase', 'ctrl+o');
    await chat.waitFor('The tool erase');
    chat.press('a');
    await delay(GUARD_MS);
    expect(chat.screen().join('\n')).toContain('Never always');
    chat.press('y');
    await chat.waitFor('done');
  });

  it('remembers "always" in the next chat, and forgets it on demand', async () => {
    const servers = { stage: stageServer() };
    const first = await openChat({ servers, turns: [call('stage__echo'), { text: 'done' }] });
    await first.waitFor('1 server');
    first.say('go');
    await answer(first, 'echo', 'a');
    await first.waitFor('done');
    first.press('ctrl+d');
    await first.exit;
    const turns = [call('stage__echo'), { text: 'done' }, call('stage__echo'), { text: 'never' }];
    const chat = await openChat({ servers, turns, home: first.home });
    await chat.waitFor('1 server');
    await chat.ask('go', 'done');
    await chat.ask('/approve', /always/);
    await chat.ask('/approve forget all', 'Forgot 1 rule');
    chat.say('go');
    await chat.waitFor('Allow tool call?');
  });

  it('goes away with its server', async () => {
    const home = (await openChat()).home;
    const dieFile = path.join(home, 'die');
    const chat = await openChat({
      servers: { stage: stageServer({ dieFile }) },
      turns: [call('stage__echo'), { text: 'so it goes' }],
    });
    await chat.waitFor('1 server');
    chat.say('go');
    await chat.waitFor('Allow tool call?');
    writeFileSync(dieFile, '');
    await chat.waitFor('so it goes');
    expect(chat.screen().join('\n')).not.toContain('Allow tool call?');
    await chat.ask('Still there?', 'You said: Still there?');
  });
});
