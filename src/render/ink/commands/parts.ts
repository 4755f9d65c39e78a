import type { Chat } from '../../../core/chat.js';
import { OstlerError } from '../../../core/errors.js';
import type { ServerStatus } from '../../../core/events.js';
import { didYouMean } from '../../../core/nearest.js';
import type { Candidate } from '../completion/items.js';
import { safeLine } from '../safe.js';
import { statusWords } from '../server-status.js';
import { splitWords } from '../words.js';

/** Wrong usage of a command, with the form to type. */
export function usage(message: string, hint: string): OstlerError {
  return new OstlerError('usage', message, { hint });
}

/** The first word without its quotes, and the rest as typed. */
export function firstWord(args: string): [word: string, rest: string] {
  const [first] = splitWords(args);
  return first === undefined ? ['', ''] : [first.value, args.slice(first.end).trim()];
}

/** One word without its quotes, or all of it as typed. */
export function onlyWord(args: string): string {
  const [first, second] = splitWords(args);
  return first !== undefined && second === undefined ? first.value : args.trim();
}

/** The one of a few words; throws `usage` for another one. */
export function oneOf<T extends string>(word: string, known: readonly T[], what: string): T {
  const found = known.find((candidate) => candidate === word.toLowerCase());
  if (found !== undefined) return found;
  throw usage(
    `"${safeLine(word, 60)}" is no ${what}${didYouMean(word, known)}.`,
    `One of: ${known.join(', ')}.`,
  );
}

/** The server of that name; throws `usage` with the nearest when there is none. */
export function requireServer(chat: Chat, name: string): ServerStatus {
  const servers = chat.servers.list();
  const found = servers.find((server) => server.name === name);
  if (found !== undefined) return found;
  const names = servers.map((server) => server.name);
  const known = names.map((known) => safeLine(known, 60)).join(', ');
  throw usage(
    name === ''
      ? 'Which server?'
      : `There is no server "${safeLine(name, 60)}"${near(name, names)}.`,
    names.length === 0 ? 'Add one with /servers connect <url>.' : `Servers: ${known}.`,
  );
}

function near(name: string, names: readonly string[]): string {
  return safeLine(didYouMean(name, names), 100);
}

/** Servers as candidates for a menu. */
export function serverCandidates(chat: Chat): Candidate[] {
  return chat.servers.list().map((server) => ({
    value: server.name,
    detail: statusWords(server).words,
  }));
}
