import { didYouMean } from '../../../core/nearest.js';
import { wordCompletion } from '../completion/items.js';
import { commandRows, formRows, keyRows } from '../help.js';
import { safeLine, titleRow } from '../safe.js';
import type { Command } from '../types.js';
import { usage } from './parts.js';

/** `/help`, over the commands it belongs to itself. */
export function createHelp(commands: () => readonly Command[]): Command {
  const find = (name: string) =>
    commands().find((command) => command.name === name || command.aliases?.includes(name));
  return {
    name: 'help',
    aliases: ['h', '?'],
    summary: 'what there is to type',
    arguments: 'optional',
    forms: [
      ['/help', 'all commands and keys'],
      ['/help <command>', 'the forms of one command'],
    ],
    complete: (args, cursor) =>
      wordCompletion(
        args,
        cursor,
        commands().map(({ name, summary }) => ({ value: name, detail: summary })),
      ),
    async run(args, { screen }) {
      const frame = screen.frame();
      const name = args.trim().replace(/^\//, '').toLowerCase();
      if (name === '') {
        const list = [titleRow('Commands', frame), ...commandRows(commands(), frame)];
        screen.print([...keyRows(frame), '', ...list]);
        return;
      }
      const command = find(name);
      if (command === undefined) {
        const names = commands().map((known) => known.name);
        throw usage(
          `There is no command /${safeLine(name, 60)}${didYouMean(name, names)}.`,
          'Type /help for all of them.',
        );
      }
      screen.print(formRows(command, frame));
    },
  };
}
