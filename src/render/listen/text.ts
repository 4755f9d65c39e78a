import type { ListenEvent } from '../../core/listen-events.js';
import { redact } from '../../core/redact.js';
import { createTerminalStream, toTerminalLine } from '../../core/terminal-text.js';
import type { Paint, Style } from '../style.js';
import { tellNotification, textOf } from './notification.js';
import type { DescribeListen, ListenText } from './types.js';

export interface ListenTextOptions {
  paint: Paint;
  /** The same for stderr. */
  paintStatus: Paint;
  /** Raw bytes are made harmless for it. */
  isTerminal: boolean;
  /** Answers to our own requests are shown too. */
  verbose: boolean;
}

/** Characters of one line; more is in `--json` and in a trace. */
const MAX_CHARS = 8192;
const WORD_WIDTH = 10;

/** Events for a person: one line each, the time of day first. */
export function createListenText(options: ListenTextOptions): DescribeListen {
  const { paint, paintStatus, isTerminal, verbose } = options;
  const raw = createTerminalStream();
  const line = ({ timestamp }: ListenEvent, { word, text, style, id }: Line): ListenText => {
    const time = paint('dim', timeOf(timestamp));
    const name = paint('cyan', word.padEnd(WORD_WIDTH));
    const body = excerpt(text);
    const frame = id === undefined ? '' : paint('dim', ` (id ${excerpt(id)})`);
    return { out: `${time}  ${name} ${style === undefined ? body : paint(style, body)}${frame}\n` };
  };
  const status = (glyph: string, text: string): ListenText => ({
    status: `${paintStatus('yellow', glyph)} ${excerpt(text)}\n`,
  });

  return (event) => {
    switch (event.type) {
      case 'listening':
        return { status: `${paintStatus('green', '✓')} ${excerpt(listeningWords(event))}\n` };
      case 'notification': {
        const { id } = event;
        return line(event, { ...tellNotification(event.method, event.params), id });
      }
      case 'frame':
        return line(event, { word: 'frame', text: `${event.event}: ${event.data}`, id: event.id });
      case 'request':
        return line(event, { word: 'asks', text: requestWords(event), id: event.id });
      case 'answer':
        if (!verbose && event.method !== '') return {};
        return line(event, {
          word: 'answers',
          text: answerWords(event),
          style: 'dim',
          id: event.id,
        });
      case 'comment':
        return line(event, { word: 'comment', text: event.text, style: 'dim' });
      case 'retry':
        return line(event, { word: 'retry', text: retryWords(event), style: 'dim' });
      case 'stderr':
        return line(event, { word: 'stderr', text: event.text, style: 'dim' });
      case 'raw':
        return { out: isTerminal ? raw.push(event.text) : event.text };
      case 'reconnecting':
        return status('!', reconnectingWords(event));
      case 'notice':
        return status('!', event.message);
      case 'end':
        return status('!', `The stream has ended: ${event.reason}.`);
    }
  };
}

interface Line {
  word: string;
  text: string;
  style?: Style;
  id?: string | undefined;
}

type EventOf<T extends ListenEvent['type']> = Extract<ListenEvent, { type: T }>;

function listeningWords(event: EventOf<'listening'>): string {
  const { server, transport, server_name: name, server_version: version } = event;
  const who = name === undefined ? '' : ` (${name}${version === undefined ? '' : ` ${version}`})`;
  const how = event.handshake
    ? `${transport}, ${event.protocol_version ?? 'unknown revision'}`
    : `${transport}, no handshake`;
  const asked = event.asked.length === 0 ? '' : `; asked for ${event.asked.join(', ')}`;
  return `listening to ${server}${who} over ${how}${asked}`;
}

function requestWords({ method, request_id: id, params }: EventOf<'request'>): string {
  return `${method} (request ${textOf(id)})${params === undefined ? '' : ` ${textOf(params)}`}`;
}

function answerWords({ method, request_id: id, ok, content }: EventOf<'answer'>): string {
  const to = method === '' ? `a request that nobody made (${textOf(id)})` : method;
  return `${ok ? '' : 'error, '}${to}: ${textOf(content)}`;
}

function retryWords({ given_ms: given, used_ms: used }: EventOf<'retry'>): string {
  return given === used ? `${given} ms` : `${given} ms; ${used} ms is used`;
}

function reconnectingWords(event: EventOf<'reconnecting'>): string {
  const { reason, delay_ms: ms, attempt, last_event_id: id } = event;
  const after = id === undefined ? '' : `, Last-Event-ID ${id}`;
  const why = reason.replace(/\.$/, '');
  return `the stream ended: ${why}; reconnecting in ${ms / 1000} s (attempt ${attempt}${after})`;
}

/** `14:03:44.120`, by the clock of this machine. */
function timeOf(timestamp: string): string {
  const date = new Date(timestamp);
  const two = (number: number) => String(number).padStart(2, '0');
  const ms = String(date.getMilliseconds()).padStart(3, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${ms}`;
}

/** Hostile text in one safe line; secrets are taken out before it is cut. */
function excerpt(text: string): string {
  const safe = redact(text.slice(0, 2 * MAX_CHARS));
  const isWhole = safe.length <= MAX_CHARS && text.length <= 2 * MAX_CHARS;
  return toTerminalLine(isWhole ? safe : `${safe.slice(0, MAX_CHARS)}…`);
}
