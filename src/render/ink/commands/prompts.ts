import type { PromptView } from '../../../core/chat.js';
import { wordCompletion } from '../completion/items.js';
import { tableRows } from '../table.js';
import type { Command, CommandContext } from '../types.js';
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

export const resources: Command = {
  name: 'resources',
  summary: 'resources of servers; @server:uri puts one into a message',
  arguments: 'optional',
  forms: [
    ['/resources [server]', 'what there is'],
    ['@<server>:<uri>', 'goes with the message'],
  ],
  complete: (args, cursor, { chat }) => wordCompletion(args, cursor, serverCandidates(chat)),
  run: printResources,
};

const MAX_LISTED = 200;

async function printResources(args: string, { chat, screen, signal }: CommandContext) {
  const server = args === '' ? undefined : requireServer(chat, onlyWord(args)).name;
  const list = await chat.resources.list(signal);
  const shown = server === undefined ? list : list.filter((one) => one.server === server);
  if (shown.length === 0) {
    screen.note('info', 'There are no resources.');
    return;
  }
  const rows = shown
    .slice(0, MAX_LISTED)
    .map(({ server, uri, name, title, description, mimeType, template }) => [
      { text: `@${server}:${uri}`, role: 'accent' as const },
      template ? 'template' : (mimeType ?? ''),
      [title ?? name, description].filter((part) => part !== undefined).join(': '),
    ]);
  screen.print(tableRows(screen.frame(), { rows }));
  if (shown.length > MAX_LISTED) {
    screen.note('info', `${shown.length - MAX_LISTED} more; type @ and a part of the name.`);
  }
}
