import { OstlerError } from '../../core/errors.js';
import { meant } from '../../app/workbench/suggest.js';
import type { PromptMessage } from '../../core/chat.js';
import { rawOf } from '../../mcp/raw-of.js';
import type { Connection, ServerPrompt } from '../../mcp/types.js';
import type { GivenArgument } from '../../app/workbench/arguments.js';
import type { TargetWords } from '../server-target.js';
import { blobWords } from './content.js';
import { parseArguments, readArguments, readsStdin } from './input.js';
import type { ListWords } from './lists.js';
import { safe, writeJson } from './output.js';
import { onServer, runAsking, type CommandInput, type Run } from './run.js';
import { neededTarget, splitTarget, typedTarget } from './target-words.js';
import { unknownItem } from './unknown.js';
import { printable } from './write.js';

const USAGE = 'ostler prompt SERVER NAME name=value …, or: ostler prompt NAME -- COMMAND';

/** `ostler prompt`: the messages of a prompt on stdout. Returns the exit code. */
export async function runPrompt(
  { words, behind }: ListWords,
  input: CommandInput,
): Promise<number> {
  const { target, rest } = splitTarget(words, behind);
  const [name, ...typedWords] = rest;
  const server = neededTarget(target, USAGE);
  if (name === undefined) throw whichPrompt(server);
  const typed = parseArguments(typedWords, undefined);
  checkTexts(typed.words);
  return runAsking(input, async (run) => {
    const given = readArguments(typed, run);
    if (readsStdin(typed)) given.catch(() => {});
    else await given;
    await onServer(server, run, async ({ connection }) => {
      const prompt = await findPrompt(name, connection, { target: server, run });
      const args = toTexts((await given).words, prompt, connection.id);
      const messages = await connection.getPrompt(name, args, run.signal);
      if (run.json) await writeJson(run, rawOf(messages) ?? { messages });
      else await run.stdout.write(messages.map((message) => messageText(message, run)).join('\n'));
    });
    return 0;
  });
}

function whichPrompt(target: TargetWords): OstlerError {
  const { before, behind } = typedTarget(target);
  return new OstlerError('usage', 'Which prompt?', {
    hint: safe(`See what there is: ostler prompts${before}${behind}`),
  });
}

/** The arguments of a prompt are strings (server/prompts#data-types). */
function checkTexts(words: readonly { key: string; kind: 'text' | 'json' }[]): void {
  const json = words.find(({ kind }) => kind === 'json');
  if (json === undefined) return;
  const key = safe(json.key);
  throw new OstlerError('usage', `${key}:= is JSON, but arguments of a prompt are texts.`, {
    hint: `Write ${key}=…`,
  });
}

async function findPrompt(
  name: string,
  connection: Connection,
  { target, run }: { target: TargetWords; run: Run },
): Promise<ServerPrompt> {
  const prompts = await connection.listPrompts(run.signal);
  const found = prompts.find((prompt) => prompt.name === name);
  if (found !== undefined) return found;
  const known = prompts.map((prompt) => prompt.name);
  throw unknownItem('prompt', name, known, { target, server: connection.id });
}

/** Throws `usage` that names what is missing, unknown or given twice. */
function toTexts(
  words: readonly GivenArgument[],
  { name, arguments: declared }: ServerPrompt,
  server: string,
): Readonly<Record<string, string>> {
  const given = new Map(words.map(({ key, text }) => [key, text]));
  const known = declared.map((one) => one.name);
  const free = known.filter((one) => !given.has(one));
  const twice = words.map(({ key }) => key).filter((key, at, keys) => keys.indexOf(key) !== at);
  const problems = [
    ...declared
      .filter((one) => one.required && !given.has(one.name))
      .map((one) => `${one.name} is missing${aboutOf(one)}`),
    ...[...given.keys()]
      .filter((key) => !known.includes(key))
      .map((key) => `${key} is unknown${meant(key, free)}`),
    ...new Set(twice.map((key) => `${key} is given twice`)),
  ];
  if (problems.length === 0) return Object.fromEntries(given);
  const lines = problems.map((problem) => `\n${safe(problem)}`).join('');
  const takes = known.length === 0 ? 'It takes none.' : `It takes: ${known.join(', ')}.`;
  throw new OstlerError('usage', `${name} does not take these arguments:${lines}`, {
    server,
    hint: safe(takes),
  });
}

function aboutOf({ description }: { description?: string }): string {
  const [line = ''] = (description ?? '').trim().split('\n', 1);
  return line === '' ? '' : ` (${line})`;
}

/** `user: text`; the lines that follow are indented, so that no text can pass for a message of its own. */
function messageText({ role, text, images = [] }: PromptMessage, run: Run): string {
  const blobs = images.map((image) => blobWords(image));
  const lines = [...(text === '' ? [] : [printable(text, run)]), ...blobs.map(safe)];
  return `${role}: ${lines.join('\n').replaceAll('\n', '\n  ').trimEnd()}\n`;
}
