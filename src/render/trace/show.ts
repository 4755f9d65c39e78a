import { isRecord } from '../../core/json.js';
import { redact } from '../../core/redact.js';
import { toTerminal, toTerminalLine } from '../../core/terminal-text.js';
import type { TraceRecord } from '../../core/trace.js';
import { truncateRow } from '../columns.js';
import type { Paint } from '../style.js';
import { summarize, summarizeFrames } from './summary.js';

export interface ShowOptions {
  paint: Paint;
  /** Headers and bodies too. */
  full: boolean;
  /** Undefined: lines are not cut. */
  width?: number | undefined;
}

/** Responses whose end has not come yet; a hostile file may open more, and gets less of each. */
const MAX_OPEN = 1000;
const KEPT_CHARS = 256 * 1024;

type RecordOf<T extends TraceRecord['type']> = Extract<TraceRecord, { type: T }>;

/** A response on its way to one line. */
interface Pending {
  response: RecordOf<'response'>;
  body: string;
}

/** A trace line by line, in the order of time: `→` is sent, `←` has come. */
export function createTraceText({ paint, full, width }: ShowOptions) {
  const pending = new Map<number, Pending>();
  /** Exchanges whose body is an event stream or one of lines: it is shown as it comes. */
  const streams = new Set<number>();

  const line = (record: TraceRecord, arrow: string, words: string): string => {
    const head = `${seconds(record.t)}  ${`#${record.id}`.padStart(4)} ${arrow} `;
    const safe = toTerminalLine(redact(words));
    const cut = width === undefined ? safe : truncateRow(safe, Math.max(20, width - head.length));
    return `${paint('dim', head.slice(0, -arrow.length - 1))}${paint(arrow === '→' ? 'cyan' : 'green', arrow)} ${cut}\n`;
  };
  const details = (headers: readonly (readonly [string, string])[], body: string): string => {
    if (!full) return '';
    const rows = headers.map(([name, value]) => `${name}: ${value}`);
    const text = body === '' ? [] : ['', ...pretty(body).split('\n')];
    const indented = [...rows, ...text].map((row) => `          ${row}`.trimEnd());
    return `${toTerminal(redact(indented.join('\n')))}\n`;
  };
  const answered = (record: TraceRecord, { response, body }: Pending, size?: number): string => {
    const { status, statusText, headers } = response;
    const ms = 'ms' in record ? `, ${record.ms} ms` : '';
    const said = body.trim() === '' ? '' : `  ${summarize(body)}`;
    const words = `${status} ${statusText}${size === undefined ? '' : ` ${size} B`}${ms}${said}`;
    return line(record, '←', words) + details(headers, body);
  };
  const onResponse = (record: RecordOf<'response'>): string => {
    if (isStream(record) || pending.size >= MAX_OPEN) {
      if (streams.size < MAX_OPEN) streams.add(record.id);
      return answered(record, { response: record, body: '' });
    }
    pending.set(record.id, { response: record, body: '' });
    return '';
  };
  const onBody = (record: RecordOf<'body'>): string => {
    const waiting = pending.get(record.id);
    if (waiting !== undefined) {
      if (waiting.body.length < KEPT_CHARS) waiting.body += record.text;
      return '';
    }
    return (
      summarizeFrames(record.text)
        .map((words) => line(record, '←', words))
        .join('') + details([], full ? record.text : '')
    );
  };
  const settle = (record: RecordOf<'end'> | RecordOf<'error'>): string => {
    const waiting = pending.get(record.id);
    const wasStream = streams.delete(record.id);
    pending.delete(record.id);
    if (record.type === 'error') {
      const told = waiting === undefined ? '' : answered(record, waiting);
      return told + line(record, '✗', `${record.message} (${record.ms} ms)`);
    }
    const notes = `${record.cut ? ', given up before its end' : ''}${record.truncated ? ', cut in this trace' : ''}`;
    if (waiting !== undefined) {
      const told = answered(record, waiting, record.size);
      return notes === '' ? told : told + line(record, '·', notes.slice(2));
    }
    return wasStream ? line(record, '·', `end, ${record.size} B, ${record.ms} ms${notes}`) : '';
  };

  return (record: TraceRecord): string => {
    switch (record.type) {
      case 'request': {
        const { method, url, headers, body = '', size, server } = record;
        const said = body === '' ? '' : `  ${summarize(body)} (${size} B)`;
        const to = server === undefined ? '' : `  [${server}]`;
        return line(record, '→', `${method} ${url}${said}${to}`) + details(headers, body);
      }
      case 'response':
        return onResponse(record);
      case 'body':
        return onBody(record);
      case 'end':
      case 'error':
        return settle(record);
      case 'start':
        return line(
          record,
          '→',
          `start ${[record.command, ...record.args].join(' ')}  [${record.server}]`,
        );
      case 'stdin':
      case 'stdout': {
        const words = `${summarize(record.text)} (${record.size} B)`;
        const arrow = record.type === 'stdin' ? '→' : '←';
        return line(record, arrow, words) + details([], full ? record.text : '');
      }
      case 'stderr':
        return record.text
          .split('\n')
          .filter((text) => text.trim() !== '')
          .map((text) => line(record, '!', text))
          .join('');
      case 'exit':
        return line(record, '·', `${record.what}, ${record.ms} ms`);
      case 'limit':
        return line(record, '·', `the trace ends here: it has reached its largest size`);
    }
  };
}

function isStream({ headers }: RecordOf<'response'>): boolean {
  return headers.some(
    ([name, value]) =>
      name.toLowerCase() === 'content-type' && /event-stream|x-ndjson/i.test(value),
  );
}

/** JSON spread over lines, also line by line and behind `data:`; anything else as it is. */
function pretty(text: string): string {
  const whole = spread(text);
  if (whole !== undefined) return whole;
  return text
    .trimEnd()
    .split('\n')
    .map((row) => {
      const [, field = '', json = ''] = /^(data: ?)?(.*)$/s.exec(row) ?? [];
      const value = spread(json);
      return value === undefined ? row : `${field}${value}`;
    })
    .join('\n');
}

function spread(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) || Array.isArray(value)
      ? JSON.stringify(value, undefined, 2)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Seconds and milliseconds since the beginning: `  12.345`. */
function seconds(ms: number): string {
  return (ms / 1000).toFixed(3).padStart(8);
}
