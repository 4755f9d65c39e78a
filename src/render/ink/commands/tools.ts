import type { ToolView } from '../../../core/chat.js';
import { OstlerError } from '../../../core/errors.js';
import { didYouMean } from '../../../core/nearest.js';
import { plural } from '../transcript/amounts.js';
import { wordCompletion, wordsBefore, type Candidate } from '../completion/items.js';
import { safeLine, textRows, titleRow } from '../safe.js';
import { tableRows } from '../table.js';
import type { Command, CommandContext, Frame, Rows } from '../types.js';
import { firstWord, onlyWord, requireServer, usage } from './parts.js';

export const tools: Command = {
  name: 'tools',
  summary: 'tools the model may call; switch them on and off',
  arguments: 'optional',
  forms: [
    ['/tools', 'all tools, by server'],
    ['/tools <server>', 'tools of one server'],
    ['/tools <tool>', 'one tool: description, annotations, schema'],
    ['/tools enable <glob>', 'offer tools to the model: math/*, math, add_numbers'],
    ['/tools disable <glob>', 'do not offer them'],
  ],
  complete: (args, cursor, { chat }) => {
    const before = wordsBefore(args, cursor);
    if (before.length > 1) return undefined;
    const [action] = before;
    const list = chat.tools.list();
    if (action === 'enable' || action === 'disable') {
      const fitting = list.filter(({ enabled }) => enabled === (action === 'disable'));
      return wordCompletion(args, cursor, [...serverGlobs(fitting), ...fitting.map(toCandidate)]);
    }
    if (action !== undefined) return undefined;
    return wordCompletion(args, cursor, [
      ...list.map(toCandidate),
      ...serverNames(list).map((value) => ({ value, detail: 'server' })),
      { value: 'enable', detail: 'offer tools to the model', more: true },
      { value: 'disable', detail: 'do not offer tools', more: true },
    ]);
  },
  async run(args, context) {
    const [word, rest] = firstWord(args);
    if (word === 'enable' || word === 'disable') setEnabled(word, onlyWord(rest), context);
    else if (word === '') printTools(context.chat.tools.list(), context);
    else printSome(onlyWord(args), context);
    await Promise.resolve();
  },
};

function toCandidate({ server, name, description, enabled }: ToolView): Candidate {
  return { value: `${server}/${name}`, detail: `${enabled ? '' : '(off) '}${description}` };
}

function serverNames(list: readonly ToolView[]): string[] {
  return [...new Set(list.map(({ server }) => server))];
}

function serverGlobs(list: readonly ToolView[]): Candidate[] {
  return serverNames(list).map((server) => ({ value: `${server}/*`, detail: 'all of them' }));
}

function setEnabled(
  word: 'enable' | 'disable',
  pattern: string,
  { chat, screen }: CommandContext,
): void {
  if (pattern === '') throw usage('Which tools?', `For example: /tools ${word} math/*`);
  const count = chat.tools.setEnabled(pattern, word === 'enable');
  if (count === 0) throw notFound(pattern, chat.tools.list());
  const state = word === 'enable' ? 'on' : 'off';
  screen.note(
    'success',
    `${plural(count, 'tool')} ${state}; the model is offered ${chat.info.tools}.`,
  );
}

function notFound(name: string, list: readonly ToolView[]): OstlerError {
  const names = [
    ...list.flatMap((tool) => [tool.name, `${tool.server}/${tool.name}`]),
    ...serverNames(list),
  ];
  const near = safeLine(didYouMean(name, names), 100);
  return new OstlerError('tool_not_found', `There is no tool "${safeLine(name, 60)}"${near}.`, {
    hint: 'Type /tools for all of them.',
  });
}

/** By `server/tool`, alias or tool name; else the tools of a server. */
function printSome(name: string, context: CommandContext): void {
  const list = context.chat.tools.list();
  const exact = list.filter(
    (tool) => `${tool.server}/${tool.name}` === name || tool.alias === name,
  );
  const named = exact.length > 0 ? exact : list.filter((tool) => tool.name === name);
  const [tool] = named;
  if (tool !== undefined && named.length === 1) {
    context.screen.print(detailRows(tool, context.screen.frame()));
    return;
  }
  const ofServer = list.filter(({ server }) => server === name);
  if (named.length > 0 || ofServer.length > 0) {
    printTools(named.length > 0 ? named : ofServer, context);
    return;
  }
  if (!context.chat.servers.list().some((server) => server.name === name)) {
    throw notFound(name, list);
  }
  printTools([], context, requireServer(context.chat, name).name);
}

function printTools(list: readonly ToolView[], { screen }: CommandContext, server?: string): void {
  const frame = screen.frame();
  if (list.length === 0) {
    const whose =
      server === undefined ? 'There are no tools' : `${safeLine(server, 60)} has no tools`;
    screen.note('info', `${whose} yet. /servers tells which servers are connected.`);
    return;
  }
  screen.print(
    tableRows(frame, {
      rows: list.map(({ server, name, description, enabled }) => [
        enabled ? { text: 'on', role: 'success' } : { text: 'off', role: 'dim' },
        { text: `${server}/${name}`, role: enabled ? 'accent' : 'dim' },
        firstSentence(description),
      ]),
    }),
  );
}

/** Descriptions are written for models and may be pages long. */
function firstSentence(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? '';
  return /^.*?[.!?](?=\s|$)/.exec(line.slice(0, 300))?.[0] ?? line.slice(0, 300);
}

function detailRows(tool: ToolView, frame: Frame): Rows {
  const { server, name, alias, title, description, annotations, inputSchema, enabled } = tool;
  const declared = Object.entries(annotations ?? {})
    .filter(([key]) => key !== 'title')
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
    .join(', ');
  return [
    titleRow(`${server}/${name}`, frame),
    ...tableRows(frame, {
      rows: [
        ...(title === undefined ? [] : [['title', title]]),
        ['for the model', alias],
        ['state', enabled ? 'on' : 'off'],
        ...(declared === '' ? [] : [['as declared', declared]]),
      ],
    }),
    ...textRows(description, frame, { maxRows: 60 }),
    titleRow('Arguments', frame),
    ...textRows(JSON.stringify(inputSchema, undefined, 2), frame, { maxRows: 200 }),
  ];
}
