import { afterEach, describe, expect, it } from 'vitest';
import { closeChats, openChat, stageServer } from '../support/chat.js';
import { assertOnlyOwnSequences } from '../support/sequences.js';

afterEach(closeChats);

const SIZE = { columns: 100, rows: 50 };

describe('slash commands', () => {
  it('about servers and tools', async () => {
    const chat = await openChat({ ...SIZE, servers: { stage: stageServer() } });
    await chat.waitFor('1 server');
    await chat.ask('/help', '/servers');
    await chat.ask('/h tools', '/tools: ');
    await chat.ask('/?', 'Shift+Tab');
    await chat.ask('/servers', /stage.*connected/);
    await chat.ask('/servers ping', /stage: \d+ ?ms/);
    await chat.ask('/servers logs stage', /nothing yet|stage/);
    await chat.ask('/servers disconnect stage', 'stage is disconnected');
    await chat.ask('/servers connect stage', /stage.*connected/);
    await chat.ask('/servers reload stage', /stage.*connected/);
    await chat.ask('/tools', 'echo');
    await chat.ask('/tools disable stage/echo', /1 tool/);
    await chat.ask('/tools enable stage/echo', /1 tool/);
    await chat.ask('/prompts', 'stage:greet');
    await chat.ask('/resources', 'stage://note');
    await chat.ask('/approve', 'Approval: ask');
    await chat.ask('/approve auto-read', 'Approval: ');
    await chat.ask('/doctor', /llama3\.1/);
    expect(assertOnlyOwnSequences(chat.bytes()).clear3J).toBe(0);
  });

  it('about the model', async () => {
    const chat = await openChat(SIZE);
    await chat.ask('/models', 'llama3.1');
    await chat.ask('/pull qwen3:4b', 'is installed');
    await chat.ask('/model qwen3:4b', 'Model: qwen3:4b');
    await chat.ask('/think off', 'Thinking: off');
    await chat.ask('/set temperature 0.5', /temperature.*0\.5/);
    await chat.ask('/set num_ctx 2048', /num_ctx.*2048/);
    await chat.ask('/system Be kind.', 'System prompt: Be kind.');
    await chat.ask('hello there', 'You said: hello there');
    expect(chat.ollama.chats.at(-1)).toMatchObject({
      model: 'qwen3:4b',
      options: { temperature: 0.5, num_ctx: 2048 },
    });
    expect(chat.ollama.chats.at(-1)?.messages[0]?.content).toContain('Be kind.');
    await chat.ask('/context', /Context: .*2k/);
    await chat.ask('/stats', /1 prompt|prompts\s+1/);
  });

  it('about the conversation', async () => {
    const chat = await openChat({
      ...SIZE,
      turns: [{ text: 'first answer' }, { text: 'second answer' }, { text: 'third answer' }],
    });
    await chat.ask('a question', 'first answer');
    await chat.ask('/retry', 'second answer');
    await chat.ask('/undo', 'Forgotten: a question');
    await chat.ask('another question', 'third answer');
    await chat.ask('/copy', 'Copied 12 characters');
    expect(chat.clipboardWrites()).toEqual(['third answer']);
    await chat.ask('/export md', 'Written: ');
    await chat.ask('/edit', '❯ another question');
    expect(chat.screen().at(-1)).toBeDefined();
    chat.press('ctrl+c');
    expect(assertOnlyOwnSequences(chat.bytes(), { clipboard: true }).clear3J).toBe(0);
  });

  it('about sessions', async () => {
    const chat = await openChat({
      ...SIZE,
      turns: [{ text: 'the answer' }, { text: 'the summary' }],
    });
    await chat.ask('a question', 'the answer');
    await chat.ask('/rename mine', 'This session: mine');
    await chat.ask('/clear', 'A new conversation');
    await chat.ask('/sessions', /mine.*a question|a question.*mine/);
    await chat.ask('/resume mine', 'Goes on: mine');
    await chat.ask('/compact', 'The summary is the conversation now');
    chat.say('/quit');
    expect(await chat.exit).toEqual({ code: 0, signal: 0 });
  });

  it('about the screen', async () => {
    const chat = await openChat(SIZE);
    await chat.ask('/verbose', 'Results of tools at length');
    await chat.ask('/theme light', 'Theme: light');
    await chat.ask('/config', /model/);
    await chat.ask('/nonsense', 'There is no command /nonsense');
    chat.press('ctrl+c');
    await chat.ask('!echo from-the-$((40+2))', 'from-the-42');
    chat.say('/bye');
    expect(await chat.exit).toEqual({ code: 0, signal: 0 });
  });
});
