import { OstlerError } from '../../core/errors.js';
import { toTerminalLine } from '../../core/terminal-text.js';

/** One argument as it was typed. */
export interface ArgumentWord {
  key: string;
  /** `json`: the text is JSON as it stands; `text`: the schema says what it becomes. */
  kind: 'text' | 'json';
  /** The value, or the file it is in. */
  text: string;
  /** The value is what this file holds; `-` is stdin. */
  fromFile: boolean;
}

/**
 * Reads `k=text`, `k:=json`, `k=@file` and `k:=@file`; `k=@@text` is a text that begins with one @.
 * A name ends at the first `=`. Throws `usage`.
 */
export function parseWord(word: string): ArgumentWord {
  const at = word.indexOf('=');
  const isJson = word[at - 1] === ':';
  const key = at < 0 ? '' : word.slice(0, isJson ? at - 1 : at);
  if (key === '') throw notAnArgument(word);
  const value = word.slice(at + 1);
  const fromFile = /^@(?!@)/.test(value);
  if (value === '@') throw new OstlerError('usage', `${toTerminalLine(word)}: which file?`);
  return {
    key,
    kind: isJson ? 'json' : 'text',
    text: value.startsWith('@') ? value.slice(1) : value,
    fromFile,
  };
}

function notAnArgument(word: string): OstlerError {
  const shown = toTerminalLine(word.length > 60 ? `${word.slice(0, 60)}…` : word);
  const hint = word.trimStart().startsWith('{')
    ? "All arguments as JSON go into --args '{…}'."
    : 'Arguments are written name=value, name:=json or name=@file.';
  return new OstlerError('usage', `"${shown}" is no argument.`, { hint });
}
