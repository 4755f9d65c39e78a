import { OstlerError } from '../core/errors.js';
import { isRecord, type JsonObject } from '../core/json.js';
import { didYouMean } from '../core/nearest.js';
import { toTerminalLine } from '../core/terminal-text.js';
import type { KeyPath } from './key-path.js';
import type { WrittenAnswer } from './types.js';
import { BadValue, toOneOf, toText, toTexts } from './values.js';
import { parseYaml, SyntaxFault, type YamlText } from './yaml-source.js';

const KEYS = ['server', 'match', 'fields', 'action', 'content'];

/** An entry as it is written, and where. */
interface Entry {
  path: KeyPath;
  value: unknown;
  /** Of a mapping's key. */
  server?: string;
}

/**
 * Answers to forms and URLs, in YAML or JSON: a list of entries, or a mapping from a server's id to
 * one entry or several, `*` for all. An entry without an action accepts. Throws `config_invalid` naming file,
 * line and key; values stay out of it.
 */
export async function parseAnswers(text: string, name: string): Promise<readonly WrittenAnswer[]> {
  const file = toTerminalLine(name);
  const { value, locate } = parse(text, file);
  const place = (path: KeyPath) => {
    const position = locate(path, { key: true });
    return position === undefined ? file : `${file}:${position.line}`;
  };
  return entriesOf(value, file).map((entry) => {
    try {
      return { where: place(entry.path), ...toAnswer(entry) };
    } catch (error) {
      if (!(error instanceof BadValue)) throw error;
      throw invalid(place(entry.path), error.message);
    }
  });
}

function parse(text: string, file: string): YamlText {
  try {
    return parseYaml(text);
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error;
    const { position } = error;
    throw invalid(position === undefined ? file : `${file}:${position.line}`, error.message);
  }
}

function entriesOf(value: unknown, file: string): Entry[] {
  if (Array.isArray(value)) return value.map((entry, index) => ({ path: [index], value: entry }));
  if (!isRecord(value)) {
    throw invalid(file, 'must be a list of answers, or a mapping from servers to answers');
  }
  return Object.entries(value).flatMap(([server, entry]): Entry[] =>
    Array.isArray(entry)
      ? entry.map((one, index) => ({ path: [server, index], value: one, server }))
      : [{ path: [server], value: entry, server }],
  );
}

function toAnswer({ value, server }: Entry): Omit<WrittenAnswer, 'where'> {
  if (!isRecord(value)) throw new BadValue('an answer must be a mapping');
  for (const key of Object.keys(value)) {
    if (!KEYS.includes(key)) {
      throw new BadValue(`unknown key ${toTerminalLine(key)}${didYouMean(key, KEYS)}`);
    }
  }
  const { server: written, match, fields, action = 'accept', content = {} } = value;
  if (server !== undefined && written !== undefined) {
    throw new BadValue('server is the key above already');
  }
  if (!isRecord(content)) throw new BadValue('content must be a mapping of fields to values');
  const id = server ?? (written === undefined ? undefined : named('server', written, toText));
  return {
    ...(id === undefined || id === '*' ? {} : { server: id }),
    ...(match === undefined ? {} : { match: named('match', match, toText) }),
    ...(fields === undefined ? {} : { fields: named('fields', fields, toTexts) }),
    action: named('action', action, toOneOf(['accept', 'decline', 'cancel'])),
    content: content as JsonObject,
  };
}

function named<T>(key: string, raw: unknown, parser: (raw: unknown) => T): T {
  try {
    return parser(raw);
  } catch (error) {
    if (!(error instanceof BadValue)) throw error;
    throw new BadValue(`${key}: ${error.message}`);
  }
}

function invalid(where: string, why: string): OstlerError {
  const stop = why.endsWith('?') ? '' : '.';
  return new OstlerError('config_invalid', `${where}: ${why}${stop}`, {
    hint: 'One answer: {server: docs, match: "Your name", content: {name: Ada}}',
  });
}
