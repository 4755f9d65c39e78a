import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startFakeOllama, type FakeOllama } from '../fakes/ollama/index.js';
import { closeTerminals, openTerminal } from '../support/terminal.js';

/** What servers ask of a person at a terminal, outside of the chat. */
const ASKING = path.join(import.meta.dirname, '../servers/asking.mjs');
const FORM = {
  method: 'elicitation/create',
  params: {
    message: 'Who are you?',
    requestedSchema: {
      type: 'object',
      properties: { name: { type: 'string', title: 'Your name' } },
      required: ['name'],
    },
  },
};
const SAMPLE = {
  method: 'sampling/createMessage',
  params: {
    maxTokens: 10,
    messages: [{ role: 'user', content: { type: 'text', text: 'A line about rain' } }],
  },
};

let ollama: FakeOllama;
beforeEach(async () => {
  ollama = await startFakeOllama();
});
afterEach(async () => {
  await closeTerminals();
  await ollama.close();
});

function call(question: object, flags: readonly string[] = []) {
  const args = ['--args', JSON.stringify(question), '--no-validate', ...flags];
  return openTerminal(['call', 'ask', ...args, '--', process.execPath, ASKING], {
    env: { OLLAMA_HOST: ollama.url },
    columns: 100,
    rows: 40,
  });
}

describe('ostler call on a terminal', () => {
  it('lets the person fill in a form', async () => {
    const terminal = call(FORM);
    await terminal.waitFor('Answer node?');
    expect(terminal.screen().join('\n')).toContain('Who are you?');
    terminal.press('enter');
    await terminal.waitFor('Your name');
    terminal.press('A', 'd', 'a', 'enter');
    await terminal.waitFor(/Send|send/);
    terminal.press('enter');
    expect(await terminal.exit).toEqual({ code: 0, signal: 0 });
    expect(terminal.scrollback().join('\n')).toContain(
      '{"action":"accept","content":{"name":"Ada"}}',
    );
  });

  it('is not asked when a flag says what to do', async () => {
    const terminal = call(FORM, ['--on-elicitation', 'cancel']);
    expect(await terminal.exit).toEqual({ code: 0, signal: 0 });
    const said = terminal.scrollback().join('\n');
    expect(said).toContain('{"action":"cancel"}');
    expect(said).not.toContain('Your name');
  });

  it('shows what a server wants of the model, and denies it with the first key', async () => {
    const terminal = call(SAMPLE);
    await terminal.waitFor('Let llama3.1 answer');
    expect(terminal.screen().join('\n')).toContain('A line about rain');
    terminal.press('enter');
    expect(await terminal.exit).toEqual({ code: 0, signal: 0 });
    expect(terminal.scrollback().join('\n')).toContain('-1');
    expect(ollama.chats).toEqual([]);
  });
});

describe('a prompt on a terminal', () => {
  it('goes on when the person has answered', async () => {
    ollama.script({ calls: [{ name: 'asking__ask', arguments: FORM }] }, { text: 'Hello Ada.' });
    const servers = { asking: { command: process.execPath, args: [ASKING] } };
    const config = JSON.stringify({ mcpServers: servers });
    const terminal = openTerminal(
      ['-p', 'Go', '--yolo', '--host', ollama.url, '--mcp-config', config],
      { columns: 100, rows: 40 },
    );
    await terminal.waitFor('Answer asking?');
    terminal.press('enter');
    await terminal.waitFor('Your name');
    terminal.press('A', 'd', 'a', 'enter');
    await terminal.waitFor(/Send|send/);
    terminal.press('enter');
    expect(await terminal.exit).toEqual({ code: 0, signal: 0 });
    expect(terminal.scrollback().join('\n')).toContain('Hello Ada.');
    expect(JSON.stringify(ollama.chats.at(-1))).toContain('\\"name\\":\\"Ada\\"');
  });
});
