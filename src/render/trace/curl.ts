import { OstlerError } from '../../core/errors.js';
import { escapeJson } from '../../core/output-json.js';
import type { TraceRecord } from '../../core/trace.js';
import { isSecretHeader } from '../../core/trace-secrets.js';
import { quote, quoteParts, toParts, type ShellPart } from './shell.js';

export type TracedCall = Extract<TraceRecord, { type: 'request' }>;

export interface CurlLine {
  /** To be pasted into a POSIX shell; ends with a newline. */
  command: string;
  /** Shell variables that stand for secrets, in the order they turn up. */
  variables: readonly string[];
}

/** Longer bodies come by a here document: one argument may not be longer than 128 KiB. */
const MAX_ARGUMENT_CHARS = 32 * 1024;
const TOKEN = /^[!#$%&'*+.^`|~\w-]+$/;
/** Headers after which nobody calls a variable of his own. */
const OWN_NAME = /^(?:x-|mcp-|cookie$)/i;
/** Made by curl itself, or of one connection only. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  'content-length',
  'connection',
  'transfer-encoding',
  'proxy-authorization',
]);

/**
 * A traced request as a curl command that sends it again, every secret a variable. A trace may come
 * from anybody: what is no request, or no word that can be quoted, is refused.
 */
export function toCurl(call: TracedCall): CurlLine {
  const { method, url, headers, body = '' } = call;
  if (!TOKEN.test(method)) throw unusable(call, 'its method is no HTTP method');
  if (!/^https?:\/\/[^\s/]/i.test(url)) throw unusable(call, 'its URL is no http or https URL');
  const variables: string[] = [];
  const parts = (text: string, nameOf: (before: string) => string): ShellPart[] =>
    toParts(text, (before) => {
      const name = nameOf(before);
      if (!variables.includes(name)) variables.push(name);
      return name;
    });
  const lines = [
    ['curl', ...flagsOf(call), quoteParts(parts(url, parameterName))].join(' '),
    ...headerLines(call).map(([name, value]) => {
      if (!TOKEN.test(name)) throw unusable(call, 'a header has no valid name');
      const words = parts(value, () => variableOf(name, value));
      return `-H ${quoteParts(value === '' ? [{ text: `${name};` }] : [{ text: `${name}: ` }, ...words])}`;
    }),
  ];
  const isTyped = headers.some(([name]) => name.toLowerCase() === 'content-type');
  // curl would call it a form.
  if (body !== '' && !isTyped) lines.push("-H 'Content-Type:'");
  if (body === '') return { command: `${lines.join(CONTINUED)}\n`, variables };
  const data = parts(isJson(body) ? escapeJson(body) : body, memberName);
  if (body.length <= MAX_ARGUMENT_CHARS) {
    const all = [...lines, `--data-raw ${quoteParts(data)}`];
    return { command: `${all.join(CONTINUED)}\n`, variables };
  }
  const all = [...lines, `--data-binary @- ${hereDocument(data)}`];
  return { command: `${all.join(CONTINUED)}\n`, variables };
}

const CONTINUED = ' \\\n  ';

function flagsOf({ method, url, headers, body = '' }: TracedCall): string[] {
  const flags = ['-sS'];
  const accept = headers.find(([name]) => name.toLowerCase() === 'accept')?.[1] ?? '';
  if (accept.includes('event-stream')) flags.push('-N');
  if (method === 'HEAD') flags.push('-I');
  else if (method !== (body === '' ? 'GET' : 'POST')) flags.push('-X', quote(method));
  // What curl would otherwise put right in the path, or expand.
  if (/\/\.\.?(?:[/?#]|$)/.test(url)) flags.push('--path-as-is');
  if (/[[\]{}]/.test(url.replaceAll('[REDACTED]', ''))) flags.push('-g');
  return flags;
}

function headerLines({ url, headers }: TracedCall): (readonly [string, string])[] {
  const host = URL.canParse(url) ? new URL(url).host : '';
  return headers.filter(
    ([name, value]) =>
      !OWN_HEADERS.has(name.toLowerCase()) && !(name.toLowerCase() === 'host' && value === host),
  );
}

/** `TOKEN` for a bearer token, else the header's own name. */
function variableOf(header: string, value: string): string {
  const scheme = /^(\w+) /.exec(value)?.[1]?.toLowerCase();
  if (/^authorization$/i.test(header)) return scheme === 'basic' ? 'CREDENTIALS' : 'TOKEN';
  return isSecretHeader(header) && OWN_NAME.test(header) ? toVariable(header) : named(header);
}

/** By the query parameter it is the value of. */
function parameterName(before: string): string {
  const name = /[?&;]([\w.-]+)=[^&]*$/.exec(before)?.[1];
  return name === undefined ? 'SECRET' : named(name);
}

/** By the member of an object, or the field of a form, it is the value of. */
function memberName(before: string): string {
  const name =
    /"([\w.-]+)"\s*:\s*"[^"]*$/.exec(before.slice(-1024))?.[1] ??
    /(?:^|&)([\w.-]+)=[^&]*$/.exec(before.slice(-1024))?.[1];
  return name === undefined ? 'SECRET' : named(name);
}

/** A server chose the name: it must not be that of a variable that is set already, such as `GITHUB_TOKEN`. */
function named(name: string): string {
  return `SECRET_${toVariable(name)}`.replace(/^(?:SECRET_)+/, 'SECRET_');
}

function toVariable(name: string): string {
  const upper = name
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  return /^[A-Z]/.test(upper) ? upper.slice(0, 64) : `SECRET_${upper.slice(0, 64)}`;
}

/** `<<'END'`, or one in which variables are expanded and nothing else. */
function hereDocument(parts: readonly ShellPart[]): string {
  const text = parts.map((part) => part.text).join('');
  let end = 'END';
  while (text.split('\n').includes(end)) end += '_';
  if (!parts.some(({ variable }) => variable !== undefined)) return `<<'${end}'\n${text}\n${end}`;
  const body = parts.map(({ text: piece, variable }) =>
    variable === undefined ? piece.replaceAll(/[\\$`]/g, String.raw`\$&`) : `\${${variable}}`,
  );
  return `<<${end}\n${body.join('')}\n${end}`;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function unusable({ id }: TracedCall, why: string): OstlerError {
  return new OstlerError('usage', `Request ${id} cannot be written as a curl line: ${why}.`);
}
