/** Reads a script file: YAML or JSON, every mistake told with its place. */
import { readFile } from 'node:fs/promises';
import { EXIT_CODES, OstlerError, type ErrorCode } from '../core/errors.js';
import { isRecord, type JsonObject } from '../core/json.js';
import { toTerminalLine } from '../core/terminal-text.js';
import type { Script, ScriptCall, ScriptFailure, ScriptTurn } from './script-types.js';

export async function loadScript(file: string): Promise<Script> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new OstlerError(
      'model_missing',
      `Cannot read the model script ${toTerminalLine(file)} (${code}).`,
      { hint: 'Name a file (`-m script:my.yaml`), or use `-m script:demo`.', cause: error },
    );
  }
  return parseScript(text, file);
}

/** `file` only stands in messages. Throws `config_invalid`. */
export async function parseScript(text: string, file: string): Promise<Script> {
  const { parse } = await import('yaml');
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    const [first = ''] = (error as Error).message.split('\n');
    throw invalid(file, '', first.replace(/:$/, ''));
  }
  return toScript(value, file);
}

function invalid(file: string, path: string, problem: string): OstlerError {
  const where = path === '' ? '' : ` ${path}:`;
  return new OstlerError(
    'config_invalid',
    `${toTerminalLine(file)}:${where} ${toTerminalLine(problem)}`,
    { hint: 'The format is in docs/scripted-model.md.' },
  );
}

/** Takes known keys of an object one by one, each with its kind. */
interface Fields {
  text: (key: string) => string | undefined;
  number: (key: string) => number | undefined;
  value: (key: string) => unknown;
  fail: (key: string, problem: string) => OstlerError;
}

function fieldsOf(
  value: unknown,
  at: { file: string; path: string; keys: readonly string[] },
): Fields {
  const { file, path, keys } = at;
  if (!isRecord(value)) throw invalid(file, path, 'must be a mapping');
  const join = (key: string) => (path === '' ? key : `${path}.${key}`);
  const stranger = Object.keys(value).find((key) => !keys.includes(key));
  if (stranger !== undefined) {
    throw invalid(file, join(stranger), `unknown key; known are ${keys.join(', ')}`);
  }
  const read = (key: string) => (value[key] === null ? undefined : value[key]);
  return {
    value: read,
    fail: (key, problem) => invalid(file, join(key), problem),
    text(key) {
      const found = read(key);
      if (found === undefined || typeof found === 'string') return found;
      throw invalid(file, join(key), 'must be text');
    },
    number(key) {
      const found = read(key);
      if (found === undefined) return undefined;
      if (typeof found === 'number' && found >= 0 && Number.isFinite(found)) return found;
      throw invalid(file, join(key), 'must be a number, 0 or more');
    },
  };
}

function toScript(value: unknown, file: string): Script {
  const keys = ['turns', 'fallback', 'delay', 'context'];
  const fields = fieldsOf(value, { file, path: '', keys });
  const turns = fields.value('turns');
  if (!Array.isArray(turns) || turns.length === 0) {
    throw fields.fail('turns', 'must be a list of at least one turn');
  }
  const fallback = fields.value('fallback');
  return dropUndefined<Script>({
    turns: turns.map((turn, at) => toTurn(turn, file, `turns[${at}]`)),
    fallback: fallback === undefined ? undefined : toTurn(fallback, file, 'fallback'),
    delay: fields.number('delay'),
    context: fields.number('context'),
  });
}

function toTurn(value: unknown, file: string, path: string): ScriptTurn {
  const keys = ['when', 'think', 'say', 'call', 'wait', 'delay', 'stop', 'fail'];
  const fields = fieldsOf(value, { file, path, keys });
  const stop = fields.text('stop');
  if (stop !== undefined && stop !== 'stop' && stop !== 'length') {
    throw fields.fail('stop', 'must be stop or length');
  }
  const call = fields.value('call');
  if (call !== undefined && !Array.isArray(call)) throw fields.fail('call', 'must be a list');
  return dropUndefined<ScriptTurn>({
    when: fields.text('when'),
    think: fields.text('think'),
    say: fields.text('say'),
    call: call?.map((item, at) => toCall(item, file, `${path}.call[${at}]`)),
    wait: fields.number('wait'),
    delay: fields.number('delay'),
    stop,
    fail: toFailure(fields, file, path),
  });
}

function toCall(value: unknown, file: string, path: string): ScriptCall {
  const fields = fieldsOf(value, { file, path, keys: ['tool', 'arguments'] });
  const tool = fields.text('tool');
  if (tool === undefined) throw fields.fail('tool', 'is missing');
  const args = fields.value('arguments') ?? {};
  if (!isRecord(args)) throw fields.fail('arguments', 'must be a mapping');
  return { tool, arguments: args as JsonObject };
}

/** An error code alone, or with a message of its own. */
function toFailure(parent: Fields, file: string, path: string): ScriptFailure | undefined {
  const value = parent.value('fail');
  if (value === undefined) return undefined;
  const given = typeof value === 'string' ? { code: value } : value;
  const fields = fieldsOf(given, { file, path: `${path}.fail`, keys: ['code', 'message'] });
  const code = fields.text('code') ?? '';
  if (!isModelCode(code)) {
    throw fields.fail('code', `must be one of ${MODEL_CODES.join(', ')}`);
  }
  return { code, message: fields.text('message') ?? `The script fails here (${code}).` };
}

const MODEL_CODES = (Object.keys(EXIT_CODES) as ErrorCode[]).filter((code) =>
  code.startsWith('model_'),
);

function isModelCode(code: string): code is ErrorCode {
  return MODEL_CODES.some((known) => known === code);
}

type Loose<T> = { [K in keyof T]: T[K] | undefined };

function dropUndefined<T>(value: Loose<T>): T {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as T;
}
