import { OstlerError } from '../../../core/errors.js';
import { wordCompletion, wordsBefore } from '../completion/items.js';
import { safeLine, textRows } from '../safe.js';
import { tableRows } from '../table.js';
import type { Command, CommandContext } from '../types.js';
import { firstWord, oneOf } from './parts.js';

const LEVELS = {
  default: "the model's own choice",
  off: 'do not think',
  on: 'think',
  low: 'think a little',
  medium: 'think',
  high: 'think a lot',
  max: 'think as much as it can',
} as const;

const LEVEL_NAMES = Object.keys(LEVELS) as (keyof typeof LEVELS)[];

export const think: Command = {
  name: 'think',
  summary: 'how much the model thinks before it answers',
  arguments: 'optional',
  forms: [
    ['/think', 'choose a level'],
    ['/think <level>', LEVEL_NAMES.join(', ')],
  ],
  complete: (args, cursor) =>
    wordCompletion(
      args,
      cursor,
      LEVEL_NAMES.map((value) => ({ value, detail: LEVELS[value] })),
    ),
  async run(args, context) {
    const { chat, screen } = context;
    const level = args === '' ? await chooseLevel(context) : oneOf(args, LEVEL_NAMES, 'level');
    if (level === undefined) return;
    if (level !== 'default' && level !== 'off') await requireThinking(context);
    chat.model.setThink(level === 'default' ? undefined : level);
    screen.note('success', `Thinking: ${level}, ${LEVELS[level]}.`);
  },
};

async function chooseLevel({ chat, screen }: CommandContext) {
  const now = chat.model.think() ?? 'default';
  const choice = await screen.choose(
    `Thinking (now: ${now})`,
    LEVEL_NAMES.map((label) => ({ label, detail: LEVELS[label] })),
  );
  return choice === undefined ? undefined : LEVEL_NAMES[choice];
}

async function requireThinking({ chat, signal }: CommandContext): Promise<void> {
  const { name, thinking } = await chat.model.details(signal);
  if (thinking) return;
  throw new OstlerError('model_no_thinking', `${safeLine(name, 100)} cannot think.`, {
    hint: 'Take another model: /model',
  });
}

/** Parameters worth a line in the menu; Ollama knows a few more (its Modelfile reference). */
const PARAMETERS: Readonly<Record<string, string>> = {
  num_ctx: 'context window, tokens',
  temperature: 'how freely it chooses words, e.g. 0.7',
  seed: 'the same seed and prompt give the same answer',
  top_k: 'choose among the k likeliest tokens',
  top_p: 'choose among the likeliest tokens that make up p',
  min_p: 'leave out tokens less likely than this part of the likeliest',
  num_predict: 'longest answer, tokens',
  repeat_penalty: 'against repetitions, e.g. 1.1',
  repeat_last_n: 'how far back it looks for them, tokens',
  presence_penalty: 'against tokens that were there',
  frequency_penalty: 'against tokens that were there often',
  stop: 'ends the answer where this text comes',
  keep_alive: 'how long the model stays loaded, e.g. 10m',
};

export const set: Command = {
  name: 'set',
  summary: 'parameters of the model: num_ctx, temperature, …',
  arguments: 'optional',
  forms: [
    ['/set', 'what is set'],
    ['/set <parameter>', 'its value'],
    ['/set <parameter> <value>', 'set it'],
    ['/set <parameter> default', 'take it back'],
  ],
  complete: (args, cursor) => {
    const before = wordsBefore(args, cursor);
    if (before.length > 1) return undefined;
    if (before.length === 1) {
      return wordCompletion(args, cursor, [{ value: 'default', detail: 'take it back' }]);
    }
    const names = Object.entries(PARAMETERS);
    return wordCompletion(
      args,
      cursor,
      names.map(([value, detail]) => ({ value, detail, more: true })),
    );
  },
  async run(args, { chat, screen }) {
    // As `ollama run` has it: /set parameter num_ctx 8192.
    const [name, value] = firstWord(args.replace(/^parameter(?=\s)/, ''));
    const values = chat.model.parameters();
    if (name === '') {
      const rows = Object.entries(values).map(([key, one]) => [key, toText(one)]);
      if (rows.length === 0) screen.note('info', 'Nothing is set; the model has its own values.');
      else screen.print(tableRows(screen.frame(), { rows }));
      return;
    }
    const shown = safeLine(name, 60);
    if (value === '') {
      const now = Object.hasOwn(values, name) ? toText(values[name]) : 'not set';
      screen.note('info', `${shown}: ${safeLine(now, 200)}`);
      return;
    }
    chat.model.setParameter(name, value === 'default' ? undefined : value);
    screen.note(
      'success',
      value === 'default' ? `${shown} is the model's own.` : `${shown}: ${safeLine(value, 200)}`,
    );
    await Promise.resolve();
  },
};

function toText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

export const system: Command = {
  name: 'system',
  summary: 'the system prompt',
  arguments: 'optional',
  forms: [
    ['/system', 'show it'],
    ['/system <text>', 'another one'],
    ['/system @<file>', 'the content of a file'],
    ['/system off', 'none'],
  ],
  async run(args, { chat, machine, screen }) {
    const text = args.trim();
    if (text === '') {
      const now = chat.model.system();
      if (now === undefined) screen.note('info', 'There is no system prompt.');
      else screen.print(textRows(now, screen.frame()));
      return;
    }
    if (text === 'off') {
      chat.model.setSystem(undefined);
      screen.note('success', 'No system prompt.');
      return;
    }
    const content = text.startsWith('@') ? await readText(text.slice(1), machine) : text;
    chat.model.setSystem(content);
    screen.note('success', `System prompt: ${safeLine(content, 120)}`);
  },
};

async function readText(path: string, machine: CommandContext['machine']): Promise<string> {
  const attachment = await machine.readFile(path);
  if (attachment.kind === 'text') return attachment.text;
  throw new OstlerError('usage', `${safeLine(path, 200)} is no text.`);
}
