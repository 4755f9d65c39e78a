import { isRecord } from '../core/json.js';
import type { ToolCall } from '../core/messages.js';

/**
 * Small models often write a tool call as text (ollama#13519). An answer that is nothing but such
 * a call, for a tool that was really offered, is taken as one.
 */

type CallBody = Pick<ToolCall, 'name' | 'arguments'>;

const OPENERS = ['{', '[', '```', '<tool_call>', '<|python_tag|>', '[TOOL_CALLS]', '<function='];
const MAX_CALL_TEXT = 64 * 1024;

/** True while a text, so far, may still turn out to be a tool call and should not be shown yet. */
export function mayBeCall(text: string): boolean {
  const start = text.trimStart();
  if (start.length > MAX_CALL_TEXT) return false;
  return OPENERS.some((opener) => start.startsWith(opener) || opener.startsWith(start));
}

/** The calls that a text consists of, or undefined when it is anything else. `names` are the offered tools. */
export function parseCalls(text: string, names: ReadonlySet<string>): CallBody[] | undefined {
  const body = unwrap(text);
  const values = parseValues(body);
  if (values === undefined || values.length === 0) return undefined;
  const calls = values.map((value) => toCall(value, names));
  return calls.every((call) => call !== undefined) ? calls : undefined;
}

/** The JSON inside code fences and the models' own markers. */
function unwrap(text: string): string {
  return text
    .trim()
    .replace(/^<\|python_tag\|>|^\[TOOL_CALLS\]/, '')
    .trim()
    .replace(/^```[a-z_]*\s*\n?([\s\S]*?)\n?```$/, '$1')
    .replaceAll(/<\/?tool_call>/g, '\n')
    .replace(/<\|eom_id\|>|<\|eot_id\|>$/, '')
    .trim();
}

/** One JSON value, an array of them, or several separated by `;` or line ends. */
function parseValues(body: string): unknown[] | undefined {
  const whole = tryParse(body);
  if (Array.isArray(whole)) return whole;
  if (whole !== undefined) return [whole];
  const parts = body.split(/;\s*(?=\{)|\n+(?=\s*\{)/).map((part) => part.trim());
  const values = parts.filter((part) => part !== '').map(tryParse);
  return values.length > 1 && values.every((value) => value !== undefined) ? values : undefined;
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `{name, arguments|parameters}`, `{function: {…}}` or `{type: "function", …}` with an offered name. */
function toCall(value: unknown, names: ReadonlySet<string>): CallBody | undefined {
  if (!isRecord(value)) return undefined;
  const inner = isRecord(value['function']) ? value['function'] : value;
  const { name } = inner;
  if (typeof name !== 'string' || !names.has(name)) return undefined;
  const given = inner['arguments'] ?? inner['parameters'] ?? {};
  const args = typeof given === 'string' ? tryParse(given) : given;
  return isRecord(args) ? { name, arguments: args as ToolCall['arguments'] } : undefined;
}
