import { isRecord } from '../../core/json.js';

const MAX_CHARS = 400;

/** What a body or a line says, in a few words of hostile text: `tools/call add (id 3)`. */
export function summarize(text: string): string {
  const trimmed = text.trim();
  const value = parse(trimmed);
  if (value === undefined) return excerpt(trimmed);
  const words = Array.isArray(value)
    ? value
        .map((one) => messageWords(one))
        .filter((one) => one !== undefined)
        .join(', ')
    : (messageWords(value) ?? modelWords(value));
  return excerpt(words === undefined || words === '' ? trimmed : words);
}

/** The frames in a piece of an event stream, each in a few words. */
export function summarizeFrames(text: string): string[] {
  return text
    .split(/\n\s*\n/)
    .map((frame) => frame.split(/\r?\n|\r/).filter((line) => line !== ''))
    .filter((lines) => lines.length > 0)
    .map(frameWords);
}

function frameWords(lines: readonly string[]): string {
  const field = (name: string) =>
    lines
      .filter((line) => line.startsWith(`${name}:`))
      .map((line) => line.slice(name.length + 1).replace(/^ /, ''));
  const data = field('data');
  if (data.length === 0) return excerpt(lines.join(' '));
  const event = field('event')[0];
  const id = field('id')[0];
  const named = event === undefined || event === 'message' ? '' : `${event}: `;
  return `${named}${summarize(data.join('\n'))}${id === undefined ? '' : ` (frame ${excerpt(id)})`}`;
}

/** A JSON-RPC message. */
function messageWords(value: unknown): string | undefined {
  if (!isRecord(value) || value['jsonrpc'] !== '2.0') return undefined;
  const { method, id, params, error } = value;
  const number = id === undefined || id === null ? '' : ` (id ${JSON.stringify(id)})`;
  if (typeof method === 'string') return `${method}${aboutOf(params)}${number}`;
  if (isRecord(error)) {
    const said = typeof error['message'] === 'string' ? ` ${error['message']}` : '';
    return `error ${JSON.stringify(error['code'])}${said}${number}`;
  }
  return `result${number}`;
}

/** Which tool, prompt or resource a request is about. */
function aboutOf(params: unknown): string {
  if (!isRecord(params)) return '';
  const { name, uri, level } = params;
  const about = [name, uri, level].find((value) => typeof value === 'string');
  return about === undefined ? '' : ` ${about}`;
}

/** A line of Ollama's answer. */
function modelWords(value: unknown): string | undefined {
  if (!isRecord(value) || !isRecord(value['message'])) return undefined;
  const { content, tool_calls: calls } = value['message'];
  if (Array.isArray(calls) && calls.length > 0) return `calls ${JSON.stringify(calls)}`;
  return typeof content === 'string' ? JSON.stringify(content) : undefined;
}

function excerpt(text: string): string {
  return text.length <= MAX_CHARS ? text : `${text.slice(0, MAX_CHARS)}…`;
}

function parse(text: string): unknown {
  if (!/^[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
