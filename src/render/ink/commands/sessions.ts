import type { SessionSummary } from '../../../core/chat.js';
import { formatAge } from '../amounts.js';
import { plural } from '../transcript/amounts.js';
import { wordCompletion } from '../completion/items.js';
import { recall } from '../completion/recall.js';
import { safeLine } from '../safe.js';
import { tableRows } from '../table.js';
import type { Command, CommandContext } from '../types.js';
import { onlyWord, usage } from './parts.js';

const MAX_LISTED = 50;

export const clear: Command = {
  name: 'clear',
  aliases: ['new'],
  summary: 'begin a new conversation; the old one stays in its session',
  async run(_args, { chat, screen }) {
    chat.sessions.startNew();
    screen.clear();
    screen.note('success', 'A new conversation. The old one: /resume');
    await Promise.resolve();
  },
};

export const sessions: Command = {
  name: 'sessions',
  summary: 'earlier conversations',
  async run(_args, { chat, screen }) {
    const list = await chat.sessions.list();
    if (list.length === 0) {
      screen.note('info', 'There are no sessions yet.');
      return;
    }
    const now = Date.now();
    const rows = list.slice(0, MAX_LISTED).map((session) => [
      {
        text: session.name ?? shortId(session),
        role: session.id === chat.info.sessionId ? ('accent' as const) : ('bold' as const),
      },
      formatAge(session.updated, now),
      String(session.prompts),
      session.model,
      session.title,
    ]);
    const head = ['session', 'last', 'prompts', 'model', 'first prompt'];
    screen.print(tableRows(screen.frame(), { head, rows }));
    if (list.length > MAX_LISTED) screen.note('info', `${list.length - MAX_LISTED} older ones.`);
  },
};

function shortId({ id }: SessionSummary): string {
  return id.length > 13 ? id.slice(0, 13) : id;
}

function describe({ updated, prompts, model, cwd }: SessionSummary, now: number): string {
  return [formatAge(updated, now), plural(prompts, 'prompt'), model, cwd]
    .filter((part) => part !== '')
    .join(' · ');
}

export const resume: Command = {
  name: 'resume',
  summary: 'go on with an earlier conversation',
  arguments: 'optional',
  forms: [
    ['/resume', 'choose from the sessions'],
    ['/resume <id|name>', 'this one'],
  ],
  complete: async (args, cursor, { chat, signal }) => {
    const list = await recall(chat, signal, {
      key: 'sessions',
      ask: () => chat.sessions.list(),
      holdsMs: 5000,
    });
    const now = Date.now();
    return wordCompletion(
      args,
      cursor,
      list.slice(0, 200).map((session) => ({
        value: session.name ?? session.id,
        detail: `${session.title} · ${describe(session, now)}`,
      })),
    );
  },
  async run(args, context) {
    const { chat, screen } = context;
    const id = args === '' ? await chooseSession(context) : onlyWord(args);
    if (id === undefined) return;
    const session = await chat.sessions.resume(id);
    screen.clear();
    screen.replay();
    const name = safeLine(session.name ?? session.title, 80);
    screen.note('success', `Goes on: ${name} · ${safeLine(describe(session, Date.now()), 200)}`);
  },
};

async function chooseSession({ chat, screen }: CommandContext): Promise<string | undefined> {
  const all = await chat.sessions.list();
  const list = all.filter(({ id }) => id !== chat.info.sessionId);
  if (list.length === 0) {
    screen.note('info', 'There are no earlier sessions.');
    return undefined;
  }
  const now = Date.now();
  const choice = await screen.choose(
    'Session',
    list.map((session) => ({
      label: session.name ?? session.title,
      detail: describe(session, now),
    })),
  );
  return choice === undefined ? undefined : list[choice]?.id;
}

export const rename: Command = {
  name: 'rename',
  summary: 'give this session a name',
  arguments: 'required',
  forms: [['/rename <name>', 'its name in /sessions and /resume']],
  async run(args, { chat, screen }) {
    const name = onlyWord(args);
    if (name === '') throw usage('Which name?', 'For example: /rename release notes');
    await chat.sessions.rename(name);
    screen.note('success', `This session: ${safeLine(name, 100)}`);
  },
};
