import type { Attachment, Chat, Outgoing } from '../../core/chat.js';
import { OstlerError } from '../../core/errors.js';
import { nearest } from '../../core/nearest.js';
import { safeLine } from './safe.js';
import type { Machine } from './types.js';

/** `@path`, `@"path with blanks"`, `@server:uri` in a message. */
export interface Mention {
  /** Path or `server:uri`, without quotes. */
  target: string;
  /** UTF-16 indices, the `@` included. */
  start: number;
  end: number;
  quoted: boolean;
  /** The closing quote is missing. */
  open: boolean;
}

export interface MentionContext {
  chat: Chat;
  machine: Machine;
  signal: AbortSignal;
}

const MAX_MENTIONS = 50;
/** Where a mention may begin; elsewhere `@` is part of a word, such as an e-mail address. */
const BEFORE = /[\s([{<"'`,;]/;
/** Ends of a sentence that are no part of a path or URI. */
const AFTER = /[.,;:!?)\]}>"'`]+$/;

/** The mentions in a text. Code between backticks has none, and neither has `\@`. */
export function findMentions(text: string): Mention[] {
  if (!text.includes('@')) return [];
  const code = codeRanges(text);
  const mentions: Mention[] = [];
  let range = 0;
  let at = text.indexOf('@');
  while (at >= 0) {
    while (range < code.length && at >= (code[range]?.[1] ?? 0)) range += 1;
    const inCode = at >= (code[range]?.[0] ?? Infinity);
    const mention = inCode ? undefined : mentionAt(text, at);
    if (mention !== undefined && mention.target !== '') mentions.push(mention);
    at = text.indexOf('@', mention?.end ?? at + 1);
  }
  return mentions;
}

/** What stands at an `@`, or undefined when no mention can begin there. */
export function mentionAt(text: string, start: number): Mention | undefined {
  if (text[start] !== '@' || (start > 0 && !BEFORE.test(text[start - 1] as string))) {
    return undefined;
  }
  if (text[start + 1] === '"') return quotedMention(text, start);
  const word = /^\S*/.exec(text.slice(start + 1, start + 5000))?.[0] ?? '';
  const target = word.replace(AFTER, '');
  return { target, start, end: start + 1 + target.length, quoted: false, open: false };
}

function quotedMention(text: string, start: number): Mention {
  let target = '';
  let at = start + 2;
  for (; at < text.length && text[at] !== '"' && text[at] !== '\n'; at += 1) {
    if (text[at] === '\\' && (text[at + 1] === '"' || text[at + 1] === '\\')) at += 1;
    target += text[at];
  }
  const open = text[at] !== '"';
  return { target, start, end: open ? at : at + 1, quoted: true, open };
}

/** Fenced blocks and code spans (CommonMark 4.5, 6.1), roughly: a run of backticks to the next like it. */
function codeRanges(text: string): [number, number][] {
  const ranges: [number, number][] = [];
  const runs = Array.from(text.matchAll(/`+/g), ({ 0: run, index }) => ({ run, from: index }));
  for (let at = 0; at < runs.length; at += 1) {
    const { run, from } = runs[at] as (typeof runs)[number];
    let close = at + 1;
    while (close < runs.length && runs[close]?.run !== run) close += 1;
    const end = runs[close];
    if (end === undefined) continue;
    ranges.push([from, end.from + run.length]);
    at = close;
  }
  return ranges;
}

/** The server whose name the target begins with, and the URI behind the colon. */
export function toServerUri(
  target: string,
  chat: Chat,
): { server: string; uri: string } | undefined {
  const server = chat.servers
    .list()
    .map(({ name }) => name)
    .filter((name) => target.startsWith(`${name}:`))
    .toSorted((a, b) => b.length - a.length)[0];
  return server === undefined ? undefined : { server, uri: target.slice(server.length + 1) };
}

/**
 * The message with what its mentions name. A mention that cannot be resolved rejects with an
 * `OstlerError` that names it.
 */
export async function toMessage(text: string, context: MentionContext): Promise<Outgoing> {
  const targets = new Set(findMentions(text).map(({ target }) => target));
  if (targets.size > MAX_MENTIONS) {
    throw new OstlerError('usage', `A message names ${MAX_MENTIONS} files at most.`, {
      hint: 'Write \\@ for an @ that names no file, or put code between backticks.',
    });
  }
  const lists = await Promise.all([...targets].map((target) => resolve(target, context)));
  const attachments = lists.flat();
  const plain = text.replaceAll(/(^|[\s([{<"'`,;])\\@/g, '$1@');
  return attachments.length === 0 ? { text: plain } : { text: plain, attachments };
}

async function resolve(target: string, context: MentionContext): Promise<readonly Attachment[]> {
  const { chat, machine, signal } = context;
  const resource = toServerUri(target, chat);
  try {
    return resource === undefined
      ? [await machine.readFile(target)]
      : await chat.resources.read(resource.server, resource.uri, signal);
  } catch (error) {
    if (!(error instanceof OstlerError) || error.code === 'interrupted') throw error;
    const name = safeLine(target, 200);
    const message = `@${name}: ${error.message}`;
    throw new OstlerError(error.code, message, {
      cause: error,
      server: error.server,
      status: error.status,
      hint: error.hint ?? mentionHint(target, chat),
    });
  }
}

function mentionHint(target: string, chat: Chat): string {
  const colon = target.indexOf(':');
  const names = chat.servers.list().map(({ name }) => name);
  const server = colon > 0 ? nearest(target.slice(0, colon), names) : undefined;
  return server === undefined
    ? 'Press Tab behind the @ for what there is, or write \\@ to send it as it stands.'
    : `There is a server "${safeLine(server, 60)}": @${safeLine(server, 60)}:…`;
}
