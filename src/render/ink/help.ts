import { columnsOf, truncateRow } from '../columns.js';
import type { Command, Frame, Rows } from './types.js';
import { tableRows } from './table.js';

/** Every key of the chat: for `?`, `/help` and the documentation. */
export const KEYS: readonly (readonly [key: string, what: string])[] = [
  ['Enter', 'send; while the model answers: put into the queue'],
  ['Shift+Enter, Alt+Enter, Ctrl+J, \\ Enter', 'new line'],
  ['Up, Down', 'line up or down, then earlier and later prompts'],
  ['Ctrl+P, Ctrl+N', 'earlier and later prompts'],
  ['Ctrl+R', 'search earlier prompts'],
  ['Tab', 'complete; accept the selected completion'],
  ['Shift+Tab', 'next approval mode: ask, auto-read, auto'],
  ['Ctrl+A, Ctrl+E, Home, End', 'beginning and end of the line'],
  ['Ctrl+B, Ctrl+F', 'one character left or right'],
  ['Alt+B, Alt+F, Ctrl+Left, Ctrl+Right', 'one word left or right'],
  ['Ctrl+W, Alt+Backspace', 'delete the word before the cursor'],
  ['Alt+D', 'delete the word after the cursor'],
  ['Ctrl+K, Ctrl+U', 'delete to the end or the beginning of the line'],
  ['Ctrl+Y', 'put back what was deleted'],
  ['Ctrl+_', 'undo'],
  ['Ctrl+G', 'write in $EDITOR'],
  ['Ctrl+L', 'draw the screen again'],
  ['Esc', 'close the menu; interrupt the answer, what was said stays'],
  ['Esc Esc', 'on an empty input: edit the last prompt'],
  ['Ctrl+C', 'clear the input, then interrupt; twice within 2 s: leave'],
  ['Ctrl+D', 'leave, on an empty input'],
  ['Ctrl+Z', 'suspend'],
  ['Ctrl+O', 'the last tool calls in full; long results from now on, or short ones again'],
  ['Ctrl+T', 'show what the model thinks, or not'],
  ['?', 'on an empty input: this help'],
];

/** What the beginning of an input means. */
export const INPUT_MARKS: readonly (readonly [mark: string, what: string])[] = [
  ['/command', 'a command of the chat'],
  ['/<server>:<prompt>', 'a prompt of a server, with its arguments'],
  ['/<name>', 'a prompt of your own, from a Markdown file'],
  ['@<file>', 'a file goes with the message; with blanks in it: @"my notes.md"'],
  ['@<server>:<uri>', 'a resource of a server goes with the message'],
  ['!<line>', 'runs in your shell; the model does not see it'],
  ['//…', 'a message that begins with one slash'],
  ['\\@…', 'an @ that names no file'],
];

/** The table of keys and the table of what an input may begin with. */
export function keyRows(frame: Frame): Rows {
  const { theme, columns } = frame;
  const title = (text: string) => theme.paint('bold', truncateRow(text, columns));
  return [
    title('Keys'),
    ...tableRows(frame, { rows: KEYS }),
    '',
    title('Input'),
    ...tableRows(frame, { rows: INPUT_MARKS }),
  ];
}

/** `/help (/h, /?)` */
export function titleOf({ name, aliases = [] }: Command): string {
  const others = aliases.map((alias) => `/${alias}`).join(', ');
  return others === '' ? `/${name}` : `/${name} (${others})`;
}

/** Every form of every command with what it does, for the documentation. */
export function commandTable(commands: readonly Command[]): string[][] {
  return commands.flatMap((command) => {
    const forms = command.forms ?? [[`/${command.name}`, command.summary] as const];
    const others = (command.aliases ?? []).map((alias) => `/${alias}`).join(', ');
    return forms.map(([usage, what], at) => [
      usage,
      at === 0 && others !== '' ? `${what} (also ${others})` : what,
    ]);
  });
}

/** All commands with their summaries. */
export function commandRows(commands: readonly Command[], frame: Frame): Rows {
  return tableRows(frame, {
    rows: commands.map((command) => [titleOf(command), command.summary]),
  });
}

/** What one command does, and its forms. */
export function formRows(command: Command, frame: Frame): Rows {
  const { theme, columns } = frame;
  const title = truncateRow(`${titleOf(command)}: ${command.summary}`, columns);
  const rows = command.forms ?? [];
  return [
    columnsOf(title) === 0 ? '' : theme.paint('bold', title),
    ...(rows.length === 0 ? [] : tableRows(frame, { rows })),
  ];
}
