import { COMMANDS } from '../../src/render/ink/commands/index.js';
import { commandTable, INPUT_MARKS, KEYS } from '../../src/render/ink/help.js';
import { toCode, toTable } from './markdown.js';

/** The keys of docs/chat.md. */
export function chatKeys(): string {
  return toTable(
    ['key', 'what it does'],
    KEYS.map(([key, what]) => [key.split(', ').map(toCode).join(', '), what]),
  );
}

/** What the beginning of an input means. */
export function chatInput(): string {
  return toTable(
    ['input', 'meaning'],
    INPUT_MARKS.map(([mark, what]) => [toCode(mark), what]),
  );
}

/** Every form of every command. */
export function chatCommands(): string {
  return toTable(
    ['command', 'what it does'],
    commandTable(COMMANDS).map(([form = '', what = '']) => [toCode(form), toText(what)]),
  );
}

/** No emphasis, no tags. */
function toText(text: string): string {
  return text.replaceAll(/[<*_]/g, String.raw`\$&`);
}
