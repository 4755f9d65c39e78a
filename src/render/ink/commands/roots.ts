import { wordCompletion, wordsBefore } from '../completion/items.js';
import { safeLine } from '../safe.js';
import { tableRows } from '../table.js';
import type { Command, CommandContext } from '../types.js';
import { firstWord, oneOf, onlyWord, usage } from './parts.js';

const ACTIONS = ['list', 'add', 'remove'] as const;

const FORMS = [
  ['/roots', 'the folders that servers may be told of, and who was'],
  ['/roots add <directory>', 'tell of another one'],
  ['/roots remove <directory>', 'tell of it no more'],
] as const;

export const roots: Command = {
  name: 'roots',
  summary: 'folders that servers may work in: list, add, remove',
  arguments: 'optional',
  forms: FORMS,
  complete: (args, cursor, { chat }) => {
    const [action, second] = wordsBefore(args, cursor);
    if (action === undefined) {
      return wordCompletion(
        args,
        cursor,
        ACTIONS.map((value, at) => ({ value, detail: FORMS[at]?.[1], more: value !== 'list' })),
      );
    }
    if (action !== 'remove' || second !== undefined) return undefined;
    const known = chat.roots.list().map(({ path: value, name }) => ({ value, detail: name }));
    return wordCompletion(args, cursor, known);
  },
  async run(args, context) {
    const [word, rest] = firstWord(args);
    const action = word === '' ? 'list' : oneOf(word, ACTIONS, 'action of /roots');
    if (action === 'list') return printRoots(context);
    const directory = onlyWord(rest);
    if (directory === '') throw usage('Which directory?', `/roots ${action} <directory>`);
    await (action === 'add' ? add(directory, context) : remove(directory, context));
  },
};

function printRoots({ chat, screen }: CommandContext): void {
  const list = chat.roots.list();
  if (list.length === 0)
    screen.note('info', 'Servers are told of no folder. /roots add <directory>');
  else {
    const rows = list.map(({ path, name }) => [path, name ?? '']);
    screen.print(tableRows(screen.frame(), { rows }));
  }
  for (const { server, allowed } of chat.roots.consents()) {
    const what = allowed ? 'may be told of them' : 'is told of nothing';
    screen.note('info', `${safeLine(server, 60)} ${what}.`);
  }
}

async function add(directory: string, { chat, screen }: CommandContext): Promise<void> {
  const { path } = await chat.roots.add(directory);
  screen.note('success', `Servers that may know of folders are told of ${safeLine(path, 400)}.`);
}

async function remove(directory: string, { chat, screen }: CommandContext): Promise<void> {
  if (!(await chat.roots.remove(directory))) {
    const known = chat.roots.list().map(({ path }) => safeLine(path, 200));
    throw usage(
      `${safeLine(directory, 200)} is none of the folders.`,
      known.length === 0 ? 'There are none.' : `Folders: ${known.join(', ')}.`,
    );
  }
  screen.note('success', `Servers are told of ${safeLine(directory, 400)} no more.`);
}
