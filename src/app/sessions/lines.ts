import { OstlerError } from '../../core/errors.js';
import { isRecord } from '../../core/json.js';
import type { ChatMessage } from '../../core/messages.js';
import { fromMessageJson, type MessageJson } from './message-json.js';

/** Grows when a program of this version could misread a file of the next one. */
export const FORMAT_VERSION = 1;

export interface HeadLine {
  type: 'session';
  version: number;
  id: string;
  /** ISO 8601, here and below. */
  created: string;
  cwd: string;
  model: string;
  /** Version of ostler. */
  program: string;
}

/** What a list tells; in the file now and then, so that a list need not read all of it. */
export interface SummaryLine {
  type: 'summary';
  at: string;
  prompts: number;
  title: string;
  model: string;
  name?: string;
}

export type BodyLine =
  | SummaryLine
  | { type: 'message'; at: string; message: MessageJson }
  /** The first `keep` messages stay, these take the place of the others. `prompts`: of all of them. */
  | {
      type: 'replace';
      at: string;
      keep: number;
      prompts: number;
      messages: readonly MessageJson[];
    }
  | { type: 'model'; at: string; model: string }
  | { type: 'name'; at: string; name: string };

/** A `BodyLine` as it was read. */
export type ReadLine =
  | SummaryLine
  | { type: 'message'; at: string; message: ChatMessage }
  | { type: 'replace'; at: string; keep: number; prompts: number; messages: ChatMessage[] }
  | { type: 'model'; at: string; model: string }
  | { type: 'name'; at: string; name: string };

export function encodeLine(line: HeadLine | BodyLine): string {
  return `${JSON.stringify(line)}\n`;
}

/** Throws `usage` when this is no file of ours, or one of a newer version. */
export function readHead(text: string, file: string): HeadLine {
  const value = parse(text);
  if (!isRecord(value) || value['type'] !== 'session' || typeof value['version'] !== 'number') {
    throw new OstlerError('usage', `${file} is no session file.`);
  }
  const { version, id, created, cwd, model, program } = value;
  if (version > FORMAT_VERSION) {
    throw new OstlerError(
      'usage',
      `${file} was written by a newer version of ostler (format ${version}, this one reads ${FORMAT_VERSION}).`,
      { hint: 'Update ostler.' },
    );
  }
  if (!areStrings(id, created, cwd, model, program) || version !== FORMAT_VERSION) {
    throw new OstlerError('usage', `${file} is no session file: its first line is damaged.`);
  }
  return { type: 'session', version, id, created, cwd, model, program } as HeadLine;
}

/** How every line of ours begins. */
const START = '{"type":"';

/**
 * A line after the first; undefined when it is empty or was torn by a crash or a full disk. Throws
 * `usage` for what we cannot have written: left out, it would silently change the conversation.
 */
export function readLine(text: string, where: () => string): ReadLine | undefined {
  // A power failure may leave zeros.
  const line = text.replace(/^[\0\s]+/, '');
  if (line === '') return undefined;
  const value = parse(line);
  if (value === undefined && START.startsWith(line.slice(0, START.length))) return undefined;
  const read = isRecord(value) ? readBody(value) : undefined;
  if (read !== undefined) return read;
  throw new OstlerError('usage', `${where()} is no line of a session.`, {
    hint: 'Take the line out of the file, or begin a new session.',
  });
}

function readBody(value: Record<string, unknown>): ReadLine | undefined {
  const { type, at, name, model, prompts, title, keep } = value;
  if (typeof at !== 'string') return undefined;
  if (type === 'name') return typeof name === 'string' ? { type, at, name } : undefined;
  if (type === 'model') return typeof model === 'string' ? { type, at, model } : undefined;
  if (type === 'message') {
    const message = fromMessageJson(value['message']);
    return message === undefined ? undefined : { type, at, message };
  }
  if (!isCount(prompts)) return undefined;
  if (type === 'replace') {
    const written = Array.isArray(value['messages']) ? value['messages'] : [undefined];
    const messages = written.map(fromMessageJson);
    if (!isCount(keep) || messages.includes(undefined)) return undefined;
    return { type, at, keep, prompts, messages: messages as ChatMessage[] };
  }
  if (type !== 'summary' || typeof title !== 'string' || typeof model !== 'string') {
    return undefined;
  }
  return { type, at, prompts, title, model, ...(typeof name === 'string' ? { name } : {}) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function areStrings(...values: readonly unknown[]): boolean {
  return values.every((value) => typeof value === 'string');
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}
