import { afterEach, describe, expect, it } from 'vitest';
import { closeChats, openChat, stageServer } from '../support/chat.js';

afterEach(closeChats);

const slow = (words: number) => Array.from({ length: words }, (_, at) => `word${at} `);
const call = (name: string) => ({ calls: [{ name: `stage__${name}`, arguments: {} }] });
const auto = ['--approval', 'auto'];

describe('keys of the chat', () => {
  it('Enter while the model answers puts a message into the queue', async () => {
    const chat = await openChat({ turns: [{ text: slow(40), writeMs: 20 }, { text: 'second' }] });
    chat.say('one');
    await chat.waitFor('word3');
    chat.say('two');
    await chat.waitFor('queued: two');
    await chat.waitFor('second');
    expect(chat.ollama.chats.at(-1)?.messages.at(-1)?.content).toBe('two');
  });

  it('Esc interrupts and keeps what was said', async () => {
    const chat = await openChat({ turns: [{ text: slow(2000), writeMs: 20 }] });
    chat.say('go on');
    await chat.waitFor('word5');
    chat.press('escape');
    await chat.waitFor(/[Ii]nterrupted/);
    await chat.ask('and now?', 'You said: and now?');
    const kept = chat.ollama.chats.at(-1)?.messages.find(({ role }) => role === 'assistant');
    expect(kept?.content).toContain('word5');
    expect(chat.scrollback().join('\n')).toContain('word5');
  });

  it('Esc twice on an empty input edits the last prompt', async () => {
    const chat = await openChat();
    await chat.ask('a question', 'You said: a question');
    chat.press('escape');
    await chat.quiet(200);
    chat.press('escape');
    await chat.waitFor(() => chat.screen().filter((row) => row === '❯ a question').length === 2);
  });

  it('Ctrl+C clears the input, interrupts, and twice leaves', async () => {
    const chat = await openChat({ turns: [{ text: slow(2000), writeMs: 20 }] });
    chat.write('some text');
    await chat.waitFor('❯ some text');
    chat.press('ctrl+c');
    await chat.waitFor('Ask something');
    chat.say('go on');
    await chat.waitFor('word5');
    chat.press('ctrl+c');
    await chat.waitFor(/[Ii]nterrupted/);
    chat.press('ctrl+c');
    await chat.waitFor('Press Ctrl+C again to leave');
    chat.press('ctrl+c');
    expect(await chat.exit).toEqual({ code: 0, signal: 0 });
  });

  it('Ctrl+D leaves, but only an empty input', async () => {
    const chat = await openChat();
    chat.write('x');
    await chat.waitFor('❯ x');
    chat.press('home', 'ctrl+d');
    await chat.waitFor('Ask something');
    chat.press('ctrl+d');
    expect(await chat.exit).toEqual({ code: 0, signal: 0 });
  });

  it('Shift+Tab changes the approval mode', async () => {
    const chat = await openChat({ columns: 100 });
    await chat.waitFor(/· ask\b/);
    chat.press('shift+tab');
    await chat.waitFor('declared read-only run unasked');
    chat.press('shift+tab');
    await chat.waitFor('Every tool call runs unasked');
    chat.press('shift+tab');
    await chat.waitFor('Every tool call is asked about');
  });

  it('Ctrl+O shows the last call in full', async () => {
    const chat = await openChat({
      rows: 40,
      servers: { stage: stageServer() },
      args: auto,
      turns: [call('long'), { text: 'done' }],
    });
    await chat.waitFor('1 server');
    await chat.ask('go', 'done');
    expect(chat.scrollback().join('\n')).not.toContain('line 60');
    chat.press('ctrl+o');
    await chat.waitFor('line 60');
  });

  it('Ctrl+T folds and unfolds what the model thinks', async () => {
    const turn = { thinking: ['deep ', 'thought'], text: 'answered' };
    const chat = await openChat({
      turns: [turn, turn],
      args: ['-m', 'qwen3:4b'],
    });
    await chat.ask('think', 'answered');
    await chat.waitFor('thought for');
    chat.press('ctrl+t');
    await chat.waitFor(/Thinking is (shown|folded)/);
  });

  it('Ctrl+L draws the screen again, and the scrollback stays', async () => {
    const chat = await openChat();
    await chat.ask('a question', 'You said: a question');
    chat.press('ctrl+l');
    await chat.waitFor(() => !chat.screen().join('\n').includes('You said'));
    expect(chat.scrollback().join('\n')).toContain('You said: a question');
    chat.write('abc');
    await chat.waitFor('❯ abc');
  });

  it('? on an empty input shows the keys', async () => {
    const chat = await openChat({ rows: 50, columns: 100 });
    chat.press('?');
    await chat.waitFor('Shift+Tab');
    chat.write('what?');
    await chat.waitFor('❯ what?');
  });

  it('progress of a tool is a bar, and a changed list of tools is told', async () => {
    const chat = await openChat({
      columns: 100,
      servers: { stage: stageServer() },
      args: auto,
      turns: [call('steps'), { text: 'stepped' }, call('grow'), { text: 'grown up' }],
    });
    await chat.waitFor('1 server');
    chat.say('go');
    await chat.waitFor('stepped');
    expect(chat.bytes().toString()).toMatch(/step [1-5]/);
    await chat.ask('grow', 'grown up');
    await chat.waitFor(/\+ grown10/);
    await chat.waitFor('11 tools');
  });
});
