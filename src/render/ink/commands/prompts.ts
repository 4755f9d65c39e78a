import type { PromptView } from '../../../core/chat.js';
import { wordCompletion } from '../completion/items.js';
import { tableRows } from '../table.js';
import type { Command } from '../types.js';
import { onlyWord, requireServer, serverCandidates } from './parts.js';

export const prompts: Command = {
  name: 'prompts',
  summary: 'prompts of servers, and your own',
  arguments: 'optional',
  forms: [
    ['/prompts [server]', 'what there is'],
    ['/<server>:<prompt> [name=value …]', 'send one; arguments by name or in their order'],
    ['/<name> [words]', 'send one of your own, from a Markdown file'],
  ],
  complete: (args, cursor, { chat }) => wordCompletion(args, cursor, serverCandidates(chat)),
  async run(args, { chat, machine, screen, signal }) {
    const server = args === '' ? undefined : requireServer(chat, onlyWord(args)).name;
    const list = await chat.prompts.list(signal);
    const shown = server === undefined ? list : list.filter((prompt) => prompt.server === server);
    const own = server === undefined ? await machine.prompts() : [];
    if (shown.length + own.length === 0) {
      screen.note('info', 'There are no prompts.');
      return;
    }
    const rows = [
      ...shown.map((prompt) => [
        { text: toUsage(prompt), role: 'accent' as const },
        prompt.description ?? prompt.title ?? '',
      ]),
      ...own.map(({ name, description, file, scope }) => [
        { text: `/${name}`, role: 'accent' as const },
        `${description ?? file}${scope === 'project' ? ' (of this project)' : ''}`,
      ]),
    ];
    screen.print(tableRows(screen.frame(), { rows }));
  },
};

/** `/github:review pr=… [style=…]` */
function toUsage({ server, name, arguments: args }: PromptView): string {
  const words = args.map((one) => (one.required ? `${one.name}=…` : `[${one.name}=…]`));
  return [`/${server}:${name}`, ...words].join(' ');
}
