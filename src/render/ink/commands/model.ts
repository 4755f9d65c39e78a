import type { Chat, ModelDetails } from '../../../core/chat.js';
import { formatSize } from '../amounts.js';
import { formatTokens } from '../transcript/amounts.js';
import { wordCompletion, type Candidate } from '../completion/items.js';
import { recall } from '../completion/recall.js';
import { safeLine } from '../safe.js';
import { tableRows } from '../table.js';
import type { Command, CommandContext } from '../types.js';

/** Installed models change seldom while somebody types. */
const HOLDS_MS = 15_000;

export async function modelCandidates(chat: Chat, signal: AbortSignal): Promise<Candidate[]> {
  const models = await recall(chat, signal, {
    key: 'models',
    ask: (own) => chat.model.list(own),
    holdsMs: HOLDS_MS,
  });
  return models.map(({ name, size, parameters }) => ({
    value: name,
    detail: [parameters, size === undefined ? undefined : formatSize(size)]
      .filter((part) => part !== undefined)
      .join(' · '),
  }));
}

export const model: Command = {
  name: 'model',
  summary: 'change the model; the conversation stays',
  arguments: 'optional',
  forms: [
    ['/model', 'choose from the installed models'],
    ['/model <name>', 'take this one'],
  ],
  complete: async (args, cursor, { chat, signal }) =>
    wordCompletion(args, cursor, await modelCandidates(chat, signal)),
  async run(args, context) {
    const { chat, screen, signal } = context;
    const name = args.trim() === '' ? await chooseModel(context) : args.trim();
    if (name === undefined) return;
    const details = await chat.model.use(name, signal);
    screen.note('success', `Model: ${describeModel(details)}`);
    if (!details.tools) {
      screen.note('warning', `${safeLine(details.name, 100)} cannot call tools.`);
    }
  },
};

async function chooseModel({ chat, screen, signal }: CommandContext): Promise<string | undefined> {
  const models = await chat.model.list(signal);
  if (models.length === 0) {
    screen.note('info', 'No model is installed. Get one with /pull llama3.1.');
    return undefined;
  }
  const choice = await screen.choose(
    'Model',
    models.map(({ name, parameters = '', size }) => ({
      label: name,
      detail: [
        name === chat.model.name ? 'now' : '',
        parameters,
        size === undefined ? '' : formatSize(size),
      ]
        .filter((part) => part !== '')
        .join(' · '),
    })),
  );
  return choice === undefined ? undefined : models[choice]?.name;
}

/** `llama3.1 · tools · vision · 131k context` */
export function describeModel({
  name,
  tools,
  vision,
  thinking,
  contextLength,
}: ModelDetails): string {
  return [
    safeLine(name, 100),
    tools ? 'tools' : '',
    vision ? 'vision' : '',
    thinking ? 'thinking' : '',
    contextLength > 0 ? `${formatTokens(contextLength)} context` : '',
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

export const models: Command = {
  name: 'models',
  summary: 'installed models',
  async run(_args, { chat, screen, signal }) {
    const list = await chat.model.list(signal);
    if (list.length === 0) {
      screen.note('info', 'No model is installed. Get one with /pull llama3.1.');
      return;
    }
    const rows = list.map(({ name, size, parameters = '', quantization = '', loaded }) => [
      name === chat.model.name ? { text: name, role: 'accent' as const } : name,
      size === undefined ? '' : formatSize(size),
      parameters,
      quantization,
      [name === chat.model.name ? 'in use' : '', loaded === true ? 'loaded' : '']
        .filter((part) => part !== '')
        .join(', '),
    ]);
    const head = ['model', 'size', 'parameters', 'quantization', 'state'];
    screen.print(tableRows(screen.frame(), { head, rows }));
  },
};
