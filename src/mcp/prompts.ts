import type { PromptMessage } from '../core/chat.js';
import { isRecord } from '../core/json.js';
import type { ImageData } from '../core/messages.js';
import { toTerminalLine } from '../core/terminal-text.js';
import type { Link } from './link.js';
import { describePiece } from './model-result.js';
import { walkPages } from './pages.js';
import { keepRaw } from './raw-of.js';
import { assertOffered, request } from './requests.js';
import { toContent } from './result.js';
import { nameOf, skippedMessage } from './skipped.js';
import type { ServerPrompt } from './types.js';

/** Characters of a prompt's or an argument's name. */
const MAX_NAME_CHARS = 256;
/** Arguments of one prompt. */
const MAX_ARGUMENTS = 100;
/** Messages of one prompt. */
const MAX_MESSAGES = 1000;

type Warn = (message: string) => void;

/** All pages of `prompts/list` (server/prompts#listing-prompts); malformed ones are left out with a warning. */
export async function listPrompts(
  link: Link,
  signal: AbortSignal,
  onWarning: Warn,
): Promise<readonly ServerPrompt[]> {
  if (link.client.getServerCapabilities()?.prompts === undefined) return [];
  const method = 'prompts/list';
  return link.lists.through(method, (onPage) =>
    readPrompts(link, onWarning, async (cursor) =>
      onPage(await request(link, method, cursor === undefined ? {} : { cursor }, signal)),
    ),
  );
}

async function readPrompts(
  link: Link,
  onWarning: Warn,
  fetchPage: Parameters<typeof walkPages>[0],
): Promise<ServerPrompt[]> {
  const server = link.server.id;
  const prompts: ServerPrompt[] = [];
  const skipped: string[] = [];
  const onItem = (raw: unknown) => {
    const prompt = toPrompt(raw);
    if (prompt === undefined) skipped.push(nameOf(raw));
    else prompts.push(keepRaw(prompt, raw));
  };
  const method = 'prompts/list';
  await walkPages(fetchPage, { server, method, key: 'prompts', onItem });
  if (skipped.length > 0) onWarning(skippedMessage(server, 'malformed prompt(s)', skipped));
  return prompts;
}

/** `prompts/get` (server/prompts#getting-a-prompt); messages that are none are left out with a warning. */
export async function getPrompt(
  link: Link,
  wanted: { name: string; arguments: Readonly<Record<string, string>> },
  signal: AbortSignal,
  onWarning: Warn,
): Promise<PromptMessage[]> {
  assertOffered(link, 'prompts');
  const result = await request(link, 'prompts/get', { ...wanted }, signal);
  const raw: unknown[] = Array.isArray(result['messages']) ? result['messages'] : [];
  const messages = raw.slice(0, MAX_MESSAGES).flatMap(toMessage);
  const missing = raw.length - messages.length;
  if (missing > 0) onWarning(`${link.server.id}: ${missing} message(s) of a prompt left out`);
  return keepRaw(messages, result);
}

function toPrompt(raw: unknown): ServerPrompt | undefined {
  if (!isRecord(raw) || !isName(raw['name'])) return undefined;
  const { name, title, description, arguments: args } = raw;
  return {
    name,
    ...(typeof title === 'string' ? { title } : {}),
    ...(typeof description === 'string' ? { description } : {}),
    arguments: Array.isArray(args) ? args.slice(0, MAX_ARGUMENTS).flatMap(toArgument) : [],
  };
}

function toArgument(raw: unknown): ServerPrompt['arguments'] {
  if (!isRecord(raw) || !isName(raw['name'])) return [];
  const { name, description, required } = raw;
  return [
    {
      name,
      ...(typeof description === 'string' ? { description } : {}),
      required: required === true,
    },
  ];
}

function isName(name: unknown): name is string {
  return (
    typeof name === 'string' &&
    name !== '' &&
    name.length <= MAX_NAME_CHARS &&
    toTerminalLine(name) === name
  );
}

function toMessage(raw: unknown): PromptMessage[] {
  if (!isRecord(raw) || raw['content'] === undefined || raw['content'] === null) return [];
  const pieces: unknown[] = Array.isArray(raw['content']) ? raw['content'] : [raw['content']];
  const images: ImageData[] = [];
  const texts: string[] = [];
  for (const piece of pieces.map(toContent)) {
    if (piece.type === 'image') images.push({ data: piece.data, mimeType: piece.mimeType });
    else texts.push(describePiece(piece));
  }
  return [
    {
      role: raw['role'] === 'assistant' ? 'assistant' : 'user',
      text: texts.join('\n'),
      ...(images.length === 0 ? {} : { images }),
    },
  ];
}
