import { truncateRow, wrapRows } from '../../columns.js';
import { formatDuration, plural } from '../transcript/amounts.js';
import { wordCompletion, wordsBefore, type Candidate } from '../completion/items.js';
import { safeLine } from '../safe.js';
import type { Command, CommandContext, Frame, Rows } from '../types.js';
import { firstWord, oneOf, onlyWord, requireServer, serverCandidates, usage } from './parts.js';
import { LEVELS, setLogLevel } from './servers-log.js';
import { loginServer, logoutServer } from './servers-login.js';
import { authServer, connectServer, describeServer } from './servers-connect.js';
import { printServers } from './servers-list.js';
import { SERVER_FLAGS } from './server-line.js';

type Action = (args: string, context: CommandContext) => Promise<void> | void;

const ACTIONS = {
  list: (_args, { chat, screen }) => printServers(chat.servers.list(), screen),
  connect: connectServer,
  auth: authServer,
  disconnect,
  reload,
  login: loginServer,
  logout: logoutServer,
  logs: printLogs,
  log: setLogLevel,
  ping,
} satisfies Record<string, Action>;

type ActionName = keyof typeof ACTIONS;

const FORMS: readonly (readonly [usage: string, what: string, name: ActionName])[] = [
  ['/servers', 'every server: what is true of it, and what to do where it fails', 'list'],
  [
    '/servers connect <url>',
    'add a server; -H "Name: value", -t sse|http, --token-env NAME',
    'connect',
  ],
  ['/servers connect <name>', 'connect a configured server again', 'connect'],
  ['/servers connect -- <command>', 'add a server that is a program', 'connect'],
  ['/servers disconnect <name>', 'end the connection', 'disconnect'],
  ['/servers reload [name]', 'end the connection and make a new one', 'reload'],
  ['/servers auth <name>', 'which headers go there, and the last answer', 'auth'],
  ['/servers auth <name> -H "Name: value"', 'connect with other credentials', 'auth'],
  ['/servers login <name>', 'log in with the browser, and connect', 'login'],
  ['/servers logout <name>', 'forget the login, and end the connection', 'logout'],
  ['/servers logs <name> [lines]', 'what the server said', 'logs'],
  ['/servers log <name> <level>', 'what the server may say from now on: debug … emergency', 'log'],
  ['/servers ping [name]', 'how long an answer takes', 'ping'],
];

export const servers: Command = {
  name: 'servers',
  aliases: ['mcp'],
  summary: 'servers: connect, disconnect, reload, login, auth, logs, ping',
  arguments: 'optional',
  forms: FORMS.map(([form, what]) => [form, what]),
  complete: (args, cursor, { chat }) => {
    const before = wordsBefore(args, cursor);
    const [action] = before;
    if (action === undefined) return wordCompletion(args, cursor, actionCandidates());
    if (args.slice(0, cursor).endsWith('-') || /\s-\S*$/.test(args.slice(0, cursor))) {
      return wordCompletion(args, cursor, flagCandidates(action));
    }
    if (before.length === 2 && action === 'log') return wordCompletion(args, cursor, LEVELS);
    if (before.length > 1 || action === 'list') return undefined;
    return wordCompletion(args, cursor, serverCandidates(chat));
  },
  async run(args, context) {
    const [word, rest] = firstWord(args);
    const name = word === '' ? 'list' : oneOf(word, ACTION_NAMES, 'action of /servers');
    await ACTIONS[name](rest, context);
  },
};

const ACTION_NAMES = Object.keys(ACTIONS) as ActionName[];

function actionCandidates(): Candidate[] {
  return ACTION_NAMES.map((name) => ({
    value: name,
    detail: FORMS.find(([, , action]) => action === name)?.[1],
    more: name !== 'list',
  }));
}

function flagCandidates(action: string): Candidate[] {
  if (action !== 'connect' && action !== 'auth') return [];
  return SERVER_FLAGS.map(({ flag, what }) => ({ value: flag, detail: what, more: true }));
}

async function disconnect(args: string, { chat, screen }: CommandContext): Promise<void> {
  const { name } = requireServer(chat, onlyWord(args));
  await chat.servers.disconnect(name);
  const shown = safeLine(name, 60);
  screen.note('success', `${shown} is disconnected. Again: /servers connect ${shown}`);
}

async function reload(args: string, { chat, screen, signal }: CommandContext): Promise<void> {
  const name = args === '' ? undefined : requireServer(chat, onlyWord(args)).name;
  const busy = screen.busy(
    name === undefined ? 'Reloading all servers' : `Reloading ${safeLine(name, 60)}`,
  );
  try {
    const statuses = await chat.servers.reload(name, signal);
    if (statuses.every(({ status }) => status === 'connected') && statuses.length > 0) {
      for (const status of statuses) screen.note('success', describeServer(status));
    } else {
      printServers(statuses, screen);
    }
  } finally {
    busy.end();
  }
}

const DEFAULT_LINES = 20;
const MAX_LINE = 2000;

function printLogs(args: string, { chat, screen }: CommandContext): void {
  const [name, count] = firstWord(args);
  const server = requireServer(chat, name);
  const wanted = count === '' ? DEFAULT_LINES : Number(count);
  if (!Number.isInteger(wanted) || wanted < 1) {
    throw usage(`"${safeLine(count, 40)}" is no number of lines.`, '/servers logs <name> [lines]');
  }
  const lines = chat.servers.logs(server.name).slice(-wanted);
  if (lines.length === 0) {
    screen.note('info', `${safeLine(name, 60)} has said nothing yet.`);
    return;
  }
  const frame = screen.frame();
  screen.print(
    lines.flatMap(({ timestamp, level, text }) =>
      logRows(`${toTime(timestamp)} ${safeLine(level, 20)} `, safeLine(text, MAX_LINE), frame),
    ),
  );
}

/** Time and level, and the text beside them, or under them where it is narrow. */
function logRows(head: string, text: string, { columns, theme }: Frame): Rows {
  const beside = columns - head.length >= 30;
  const rows = wrapRows(text, beside ? columns - head.length : columns);
  const first = theme.paint('dim', truncateRow(head, columns));
  if (!beside) return [first, ...rows.map((row) => truncateRow(row, columns))];
  return rows.map((row, at) => `${at === 0 ? first : ' '.repeat(head.length)}${row}`);
}

/** `14:05:12`, of the person's own clock. */
function toTime(iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? '--:--:--' : time.toTimeString().slice(0, 8);
}

async function ping(args: string, { chat, screen, signal }: CommandContext): Promise<void> {
  const names =
    args === ''
      ? chat.servers.list().flatMap(({ name, status }) => (status === 'connected' ? [name] : []))
      : [requireServer(chat, onlyWord(args)).name];
  if (names.length === 0) {
    screen.note('info', `None of ${plural(chat.servers.list().length, 'server')} is connected.`);
    return;
  }
  const answers = await Promise.allSettled(names.map((name) => chat.servers.ping(name, signal)));
  answers.forEach((answer, at) => {
    const name = safeLine(names[at] ?? '', 60);
    if (answer.status === 'fulfilled')
      screen.note('success', `${name}: ${formatDuration(answer.value)}`);
    else if (names.length > 1) screen.error(answer.reason);
    else throw answer.reason;
  });
}
