import { isRecord } from '../core/json.js';
import type { ToolCall } from '../core/messages.js';
import { jsonEnd } from './json-end.js';

/**
 * Small models often write a tool call as text (ollama#13519). An answer that is nothing but such
 * a call, for a tool that was really offered, is taken as one.
 */

type CallBody = Pick<ToolCall, 'name' | 'arguments'>;

/** The models' own marks in front of a call. */
const MARKS = ['<tool_call>', '<|python_tag|>', '[TOOL_CALLS]', '<function=', 'functools['];
/** What the first key of a call can be. */
const KEYS = ['name', 'arguments', 'parameters', 'function', 'type', 'id', 'index'];
/** All that may stand before, between and after calls. */
const FILLER =
  /(?:[\s;,]|```[a-z_]*|<\/?tool_call>|<\|(?:python_tag|eom_id|eot_id)\|>|\[TOOL_CALLS\]|functools(?=\[)|<\/function>)*/y;
const FUNCTION = /<function=([^<>\s]{1,64})>\s*/y;

/** Longest text that is still taken for a call, characters. */
export const MAX_CALL_TEXT = 64 * 1024;

/** True while a text, so far, may still turn out to be a tool call and should not be shown yet. */
export function mayBeCall(text: string): boolean {
  if (text.length > MAX_CALL_TEXT) return false;
  const start = text.trimStart();
  if ('```'.startsWith(start)) return true;
  const fence = /^```[a-z_]*/.exec(start)?.[0] ?? '';
  const body = start.slice(fence.length).trimStart();
  return MARKS.some((mark) => body.startsWith(mark) || mark.startsWith(body)) || mayBeJson(body);
}

/** An object that begins as a call does, or a list of such. */
function mayBeJson(text: string): boolean {
  const body = text.startsWith('[') ? text.slice(1).trimStart() : text;
  if (body === '') return true;
  if (!body.startsWith('{')) return false;
  const key = body.slice(1, 64).trimStart();
  if (key === '') return true;
  const [, name = '', end] = /^"([^"]*)("?)/.exec(key) ?? [];
  if (end === undefined) return false;
  return KEYS.some((known) => (end === '' ? known.startsWith(name) : known === name));
}

/** The calls that a text consists of, or undefined when it is anything else. `names` are the offered tools. */
export function parseCalls(text: string, names: ReadonlySet<string>): CallBody[] | undefined {
  if (text.length > MAX_CALL_TEXT) return undefined;
  const calls: CallBody[] = [];
  for (let at = skipFiller(text, 0); at < text.length; at = skipFiller(text, at)) {
    FUNCTION.lastIndex = at;
    const tag = FUNCTION.exec(text);
    const from = tag === null ? at : FUNCTION.lastIndex;
    const end = jsonEnd(text, from);
    const value = end === undefined ? undefined : tryParse(text.slice(from, end));
    const found = tag === null ? toCalls(value, names) : toCalls(tagged(tag[1], value), names);
    if (end === undefined || found === undefined) return undefined;
    calls.push(...found);
    at = end;
  }
  return calls.length > 0 ? calls : undefined;
}

function skipFiller(text: string, at: number): number {
  FILLER.lastIndex = at;
  FILLER.exec(text);
  return Math.max(at, FILLER.lastIndex);
}

const tagged = (name: string | undefined, args: unknown) => ({ name, arguments: args });

/** One call, or a list of calls; undefined when anything in it is none. */
function toCalls(value: unknown, names: ReadonlySet<string>): CallBody[] | undefined {
  const values: unknown[] = Array.isArray(value) ? value : [value];
  const calls = values.map((item) => toCall(item, names));
  return calls.every((call) => call !== undefined) ? calls : undefined;
}

/** `{name, arguments|parameters}`, `{function: {…}}` or `{type: "function", …}` with an offered name. */
function toCall(value: unknown, names: ReadonlySet<string>): CallBody | undefined {
  if (!isRecord(value)) return undefined;
  const inner = isRecord(value['function']) ? value['function'] : value;
  const { name } = inner;
  if (typeof name !== 'string' || !names.has(name)) return undefined;
  // With a description it is the tool's definition, shown to somebody who asked for it.
  if (typeof inner['description'] === 'string') return undefined;
  const given = inner['arguments'] ?? inner['parameters'] ?? {};
  const args = typeof given === 'string' ? tryParse(given === '' ? '{}' : given) : given;
  return isArguments(args) ? { name, arguments: args } : undefined;
}

function isArguments(value: unknown): value is ToolCall['arguments'] {
  return isRecord(value);
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
