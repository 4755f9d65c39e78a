import { isRecord } from './json.js';
import type { TraceHeader, TraceRecord } from './trace.js';

/** Reads one line of a trace: hostile, torn or newer than this program. Undefined for what is no record. */
export function parseTraceLine(line: string): TraceRecord | undefined {
  const value = parse(line);
  if (!isRecord(value) || !isNumber(value['id']) || !isNumber(value['t'])) return undefined;
  const check = SHAPES[String(value['type'])];
  return check?.(value) === true ? (value as TraceRecord) : undefined;
}

/** The first line; undefined when the file is no trace of a version that can be read. */
export function parseTraceHeader(line: string): TraceHeader | undefined {
  const value = parse(line);
  if (!isRecord(value) || value['ostler_trace'] !== 1) return undefined;
  const { version, time } = value;
  if (!isText(version) || !isText(time)) return undefined;
  return { ostler_trace: 1, version, time };
}

type Shape = (value: Record<string, unknown>) => boolean;

const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => Number.isFinite(value);
const isOptional = (value: unknown, is: (value: unknown) => boolean) =>
  value === undefined || is(value);
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);
const isHeaders = (value: unknown) =>
  Array.isArray(value) && value.every((pair) => isTexts(pair) && pair.length === 2);
const isLine: Shape = ({ text, size }) => isText(text) && isNumber(size);

const SHAPES: Readonly<Record<string, Shape | undefined>> = {
  request: ({ method, url, headers, body, size, kind, server }) =>
    isText(method) &&
    isText(url) &&
    isHeaders(headers) &&
    isNumber(size) &&
    [body, kind, server].every((value) => isOptional(value, isText)),
  response: ({ status, statusText, headers, ms }) =>
    isNumber(status) && isText(statusText) && isHeaders(headers) && isNumber(ms),
  body: ({ text }) => isText(text),
  end: ({ size, ms }) => isNumber(size) && isNumber(ms),
  error: ({ message, ms }) => isText(message) && isNumber(ms),
  start: ({ server, command, args }) => isText(server) && isText(command) && isTexts(args),
  stdin: isLine,
  stdout: isLine,
  stderr: isLine,
  exit: ({ what, ms }) => isText(what) && isNumber(ms),
  limit: ({ bytes }) => isNumber(bytes),
};

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
