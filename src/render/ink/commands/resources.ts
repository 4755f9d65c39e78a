import { wordCompletion, wordsBefore, type Candidate } from '../completion/items.js';
import { safeLine } from '../safe.js';
import { tableRows } from '../table.js';
import { plural } from '../transcript/amounts.js';
import type { Command, CommandContext } from '../types.js';
import { quoteWord } from '../words.js';
import { firstWord, onlyWord, requireServer, serverCandidates, usage } from './parts.js';

const ACTIONS = ['subscribe', 'unsubscribe'] as const;
type Action = (typeof ACTIONS)[number];

const isAction = (word: string | undefined): word is Action =>
  ACTIONS.some((action) => action === word);

export const resources: Command = {
  name: 'resources',
  summary: 'resources of servers; @server:uri puts one into a message',
  arguments: 'optional',
  forms: [
    ['/resources [server]', 'what there is, and what you are subscribed to'],
    ['/resources subscribe <server> <uri>', 'be told when it changes'],
    ['/resources unsubscribe <server> <uri>', 'be told no more'],
    ['@<server>:<uri>', 'goes with the message'],
  ],
  complete: async (args, cursor, { chat, signal }) => {
    const [action, server, uri] = wordsBefore(args, cursor);
    if (action === undefined) {
      const actions = ACTIONS.map((value) => ({ value, more: true }));
      return wordCompletion(args, cursor, [...serverCandidates(chat), ...actions]);
    }
    if (!isAction(action) || uri !== undefined) return undefined;
    if (server === undefined) {
      const servers = serverCandidates(chat).map((one) => ({ ...one, more: true }));
      return wordCompletion(args, cursor, servers);
    }
    const known = await knownUris(action, { chat, signal });
    const ofServer = known.filter((one) => one.server === server);
    return wordCompletion(args, cursor, ofServer);
  },
  async run(args, context) {
    const [word, rest] = firstWord(args);
    if (!isAction(word)) return printResources(args, context);
    const [name, uri] = firstWord(rest);
    const server = requireServer(context.chat, name).name;
    if (uri === '') throw usage('Which resource?', `/resources ${word} ${quoteWord(server)} <uri>`);
    await (word === 'subscribe' ? subscribe : unsubscribe)(server, onlyWord(uri), context);
  },
};

async function knownUris(
  action: Action,
  { chat, signal }: Pick<CommandContext, 'chat' | 'signal'>,
): Promise<readonly (Candidate & { server: string })[]> {
  if (action === 'unsubscribe') {
    return chat.resources.subscriptions().map(({ server, uri }) => ({ server, value: uri }));
  }
  const list = await chat.resources.list(signal);
  return list
    .filter(({ template }) => !template)
    .map(({ server, uri, name }) => ({ server, value: uri, detail: name }));
}

async function subscribe(
  server: string,
  uri: string,
  { chat, screen, signal }: CommandContext,
): Promise<void> {
  await chat.resources.subscribe(server, uri, signal);
  screen.note('success', `Changes of ${safeLine(uri, 200)} will be told.`);
}

async function unsubscribe(
  server: string,
  uri: string,
  { chat, screen, signal }: CommandContext,
): Promise<void> {
  const had = await chat.resources.unsubscribe(server, uri, signal);
  const shown = safeLine(uri, 200);
  if (had) screen.note('success', `Changes of ${shown} are told no more.`);
  else screen.note('info', `There is no subscription to ${shown}.`);
}

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
  for (const { server: of, uri, updates } of chat.resources.subscriptions()) {
    if (server !== undefined && of !== server) continue;
    const what = `@${of}:${uri}`;
    screen.note('info', `Subscribed: ${safeLine(what, 300)}, ${plural(updates, 'change')}`);
  }
}
