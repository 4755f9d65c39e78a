import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { closeChats, openChat, stageServer, type ChatTerminal } from '../support/chat.js';

afterEach(closeChats);

/** What stands in the input; its prompt is the last of the screen. */
function inputOf(chat: ChatTerminal): string {
  const rows = chat.screen();
  const first = rows.findLastIndex((row) => row.startsWith('❯'));
  const last = rows.findLastIndex((row) => row !== '');
  return rows
    .slice(first, last)
    .map((row) => row.slice(2))
    .join('\n');
}

/** Keys pressed on an empty input, and what stands there afterwards; `|` = the cursor. */
const EDITS: readonly (readonly [keys: readonly string[], result: string])[] = [
  [['a', 'b', 'left', 'c'], 'ac|b'],
  [['a', 'b', 'ctrl+b', 'c', 'ctrl+f', 'd'], 'acbd|'],
  [['a', 'b', 'ctrl+a', 'c'], 'c|ab'],
  [['a', 'b', 'home', 'c', 'end', 'd'], 'cabd|'],
  [['a', 'b', 'ctrl+a', 'c', 'ctrl+e', 'd'], 'cabd|'],
  [['a', 'b', 'c', 'backspace'], 'ab|'],
  [['a', 'b', 'c', 'home', 'delete'], '|bc'],
  [['a', 'space', 'b', 'alt+b', 'c'], 'a c|b'],
  [['a', 'b', 'space', 'c', 'home', 'alt+f', 'd'], 'abd| c'],
  [['a', 'space', 'b', 'b', 'ctrl+left', 'c'], 'a c|bb'],
  [['a', 'b', 'space', 'c', 'home', 'ctrl+right', 'd'], 'abd| c'],
  [['a', 'space', 'b', 'b', 'ctrl+w'], 'a |'],
  [['a', 'space', 'b', 'b', 'alt+backspace'], 'a |'],
  [['a', 'b', 'space', 'c', 'home', 'alt+d'], '| c'],
  [['a', 'b', 'c', 'left', 'left', 'ctrl+k'], 'a|'],
  [['a', 'b', 'c', 'left', 'ctrl+u'], '|c'],
  [['a', 'b', 'ctrl+u', 'x', 'ctrl+y'], 'xab|'],
  [['a', 'b', 'space', 'c', 'ctrl+w', 'ctrl+_'], 'ab c|'],
  [['a', 'alt+enter', 'b'], 'a\nb|'],
  [['a', 'ctrl+j', 'b'], 'a\nb|'],
  [['a', 'shift+enter', 'b'], 'a\nb|'],
  [['a', 'ctrl+j', 'b', 'up', 'c'], 'ac|\nb'],
  [['a', 'ctrl+j', 'b', 'up', 'down', 'c'], 'a\nbc|'],
  [['a', 'ctrl+f1', 'b'], 'ab|'],
  [['日', '本', 'left', 'x'], '日x|本'],
  [['👩‍👩‍👧', 'a', 'left', 'backspace'], '|a'],
];

describe('the editor', () => {
  it('does what each key says', async () => {
    const chat = await openChat({ columns: 60, rows: 20 });
    for (const [keys, result] of EDITS) {
      chat.press(...keys);
      const wanted = result.replace('|', '');
      const before = result.slice(0, result.indexOf('|')).split('\n').at(-1) ?? '';
      const column = 2 + [...before].reduce((sum, char) => sum + (char > '\u1100' ? 2 : 1), 0);
      const right = () =>
        inputOf(chat).trimEnd() === wanted.trimEnd() && chat.cursor().x === column;
      await chat.waitFor(right).catch((error: unknown) => {
        throw new Error(`${keys.join(' ')} gives "${inputOf(chat)}", not "${result}"`, {
          cause: error,
        });
      });
      chat.press('ctrl+c');
      await chat.waitFor('Ask something');
    }
  });

  it('makes a new line of a backslash and Enter', async () => {
    const chat = await openChat();
    chat.write('a\\');
    await chat.waitFor('❯ a\\');
    // Slower than a terminal pastes that does not mark its pastes.
    await delay(100);
    chat.press('enter');
    await chat.waitFor(() => inputOf(chat) === 'a\n');
    chat.press('b');
    await chat.waitFor(() => inputOf(chat) === 'a\nb');
  });

  it('folds a long paste, sends all of it, and survives one whose end never comes', async () => {
    const chat = await openChat({ turns: [{ text: 'thanks' }] });
    const lines = Array.from({ length: 43 }, (_, at) => `line ${at + 1}`).join('\n');
    chat.paste(lines);
    await chat.waitFor(/\[Pasted #1 \+4[23] lines\]/);
    chat.press('enter');
    await chat.waitFor('thanks');
    expect(chat.ollama.chats[0]?.messages.at(-1)?.content).toBe(lines);
    chat.write('\x1b[200~half a paste');
    await chat.waitFor('half a paste');
    chat.write(' and on');
    await chat.waitFor('half a paste and on');
    chat.press('ctrl+c');
    await chat.waitFor('Ask something');
  });

  it('reads a sequence that arrives in pieces', async () => {
    const chat = await openChat();
    chat.write('ab\x1b');
    chat.write('[');
    chat.write('D');
    chat.write('c');
    await chat.waitFor(() => inputOf(chat) === 'acb');
  });

  it('remembers prompts, also of an earlier chat, and searches them', async () => {
    const first = await openChat();
    await first.ask('the first prompt', 'You said: the first prompt');
    first.press('ctrl+d');
    await first.exit;
    const chat = await openChat({ home: first.home });
    await chat.ask('the second prompt', 'You said: the second prompt');
    chat.press('up');
    await chat.waitFor(() => inputOf(chat) === 'the second prompt');
    chat.press('up');
    await chat.waitFor(() => inputOf(chat) === 'the first prompt');
    chat.press('down');
    await chat.waitFor(() => inputOf(chat) === 'the second prompt');
    chat.press('ctrl+p');
    await chat.waitFor(() => inputOf(chat) === 'the first prompt');
    chat.press('ctrl+n', 'ctrl+c');
    await chat.waitFor('Ask something');
    chat.press('ctrl+r');
    chat.write('first');
    await chat.waitFor(/the first prompt/);
    chat.press('enter');
    await chat.waitFor('You said: the first prompt');
  });

  it('writes in $EDITOR and takes the terminal back', async () => {
    const editor = `${process.execPath} -e "require('fs').appendFileSync(process.argv[1], ' and more')"`;
    const chat = await openChat({ env: { EDITOR: editor } });
    chat.write('some');
    await chat.waitFor('❯ some');
    chat.press('ctrl+g');
    await chat.waitFor('❯ some and more');
    chat.write('!');
    await chat.waitFor('❯ some and more!');
  });

  it('completes commands, files, prompts and resources', async () => {
    const chat = await openChat({
      servers: { stage: stageServer() },
      files: { 'notes.txt': 'the text of the notes' },
    });
    await chat.waitFor('1 server');
    chat.write('/serv');
    await chat.waitFor(/\/servers/);
    chat.press('tab');
    await chat.waitFor(() => inputOf(chat).startsWith('/servers'));
    chat.press('ctrl+c');
    chat.write('@not');
    await chat.waitFor('notes.txt');
    chat.press('tab');
    await chat.waitFor(() => inputOf(chat).startsWith('@notes.txt'));
    chat.press('enter');
    await chat.waitFor('You said');
    const sent = chat.ollama.chats[0]?.messages.map(({ content }) => content).join('\n');
    expect(sent).toContain('the text of the notes');
  });
});
