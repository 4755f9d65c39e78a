import type { ThemeName } from '../../theme.js';
import { formatDuration, formatTokens, plural } from '../transcript/amounts.js';
import { wordCompletion } from '../completion/items.js';
import { textRows } from '../safe.js';
import { tableRows } from '../table.js';
import type { Command } from '../types.js';
import { oneOf } from './parts.js';

const SWITCH = ['on', 'off'] as const;

export const verbose: Command = {
  name: 'verbose',
  summary: 'show results of tools at length, or in three lines',
  arguments: 'optional',
  forms: [['/verbose [on|off]', 'without a word: the other one']],
  complete: (args, cursor) =>
    wordCompletion(
      args,
      cursor,
      SWITCH.map((value) => ({ value })),
    ),
  async run(args, { screen }) {
    const wanted = args === '' ? undefined : oneOf(args, SWITCH, 'switch') === 'on';
    const is = screen.setVerbose(wanted);
    screen.note('info', is ? 'Results of tools at length.' : 'Results of tools in three lines.');
    await Promise.resolve();
  },
};

export const stats: Command = {
  name: 'stats',
  summary: 'prompts, tokens and time of this session',
  async run(_args, { chat, screen }) {
    const { prompts, turns, toolCalls, inputTokens, outputTokens, busyMs } =
      chat.conversation.stats();
    const { evalRate, sessionId, sessionName } = chat.info;
    const rows = [
      ['session', sessionName === undefined ? sessionId : `${sessionName} (${sessionId})`],
      ['prompts', `${prompts} in ${plural(turns, 'turn')} of the model`],
      ['tool calls', String(toolCalls)],
      ['tokens', `${formatTokens(inputTokens)} read, ${formatTokens(outputTokens)} written`],
      ...(evalRate > 0 ? [['speed', `${Math.round(evalRate)} tokens a second`]] : []),
      ['at work', formatDuration(busyMs)],
    ];
    screen.print(tableRows(screen.frame(), { rows }));
    await Promise.resolve();
  },
};

export const config: Command = {
  name: 'config',
  summary: 'the configuration and where each value comes from',
  async run(_args, { machine, screen }) {
    screen.print(textRows(await machine.config(), screen.frame()));
  },
};

const THEMES: readonly ThemeName[] = ['dark', 'light'];

export const theme: Command = {
  name: 'theme',
  summary: 'colours for a dark or a light background',
  arguments: 'optional',
  forms: [['/theme [dark|light]', 'without a word: choose']],
  complete: (args, cursor) =>
    wordCompletion(
      args,
      cursor,
      THEMES.map((value) => ({ value })),
    ),
  async run(args, { screen }) {
    const name = args === '' ? await chooseTheme(screen) : oneOf(args, THEMES, 'theme');
    if (name === undefined) return;
    screen.setTheme(name);
    screen.note('success', `Theme: ${name}.`);
  },
};

async function chooseTheme(screen: Parameters<Command['run']>[1]['screen']) {
  const now = screen.frame().theme.name;
  const choice = await screen.choose(
    'Theme',
    THEMES.map((label) => ({ label, ...(label === now ? { detail: 'now' } : {}) })),
  );
  return choice === undefined ? undefined : THEMES[choice];
}

export const quit: Command = {
  name: 'quit',
  aliases: ['exit', 'bye', 'q'],
  summary: 'leave; the session is kept',
  async run(_args, { screen }) {
    screen.exit();
    await Promise.resolve();
  },
};
