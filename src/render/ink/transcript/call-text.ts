import type { JsonObject, JsonValue } from '../../../core/json.js';
import { columnsOf, truncateRow } from '../../columns.js';
import { safeLine } from '../safe.js';
import type { Frame } from '../types.js';

const MAX_VALUE = 60;
const MAX_ARGUMENTS = 320;
const MAX_NAME = 128;

/** A call as it stands in its line: `server.tool` and `(key="value", …)`, safe, cut to a sensible length. */
export interface CallText {
  name: string;
  args: string;
  /** What both take together; measured once, because a running call is drawn again and again. */
  columns: number;
}

/** Without arguments the name alone. */
export function callText(server: string, tool: string, args?: JsonObject): CallText {
  const safeTool = safeLine(tool, MAX_NAME);
  const name = server === '' ? safeTool : `${safeLine(server, MAX_NAME)}.${safeTool}`;
  const text = args === undefined ? '' : `(${argumentsText(args)})`;
  return { name, args: text, columns: columnsOf(name + text) };
}

function argumentsText(args: JsonObject): string {
  let text = '';
  for (const [key, value] of Object.entries(args)) {
    if (text !== '') text += ', ';
    if (text.length > MAX_ARGUMENTS) return `${text}…`;
    text += `${safeLine(key, MAX_VALUE)}=${valueText(value)}`;
  }
  return text;
}

function valueText(value: JsonValue): string {
  if (typeof value === 'string') {
    const cut = value.length > MAX_VALUE;
    return safeLine(JSON.stringify(value), MAX_VALUE) + (cut ? '"' : '');
  }
  return safeLine(shortJson(value, MAX_VALUE), MAX_VALUE);
}

/** The beginning of the value's JSON, at least `chars` of it when there are so many; stops early. */
function shortJson(value: JsonValue, chars: number): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const isList = Array.isArray(value);
  let text = isList ? '[' : '{';
  let separator = '';
  for (const [key, item] of Object.entries(value)) {
    if (text.length > chars) return text;
    text += separator + (isList ? '' : `${JSON.stringify(key)}: `);
    text += shortJson(item, chars - text.length);
    separator = ', ';
  }
  return text + (isList ? ']' : '}');
}

/** The call in at most `columns` columns, its name in bold. */
export function paintCall(call: CallText, columns: number, { theme }: Frame): string {
  const { name, args } = call;
  const text = call.columns <= columns ? name + args : truncateRow(name + args, columns);
  const shownName = text.slice(0, name.length);
  return theme.paint('bold', shownName) + text.slice(shownName.length);
}
