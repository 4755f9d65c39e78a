import type { ErrorInfo } from '../../../core/errors.js';
import type { ServerStatus, ToolsChangedEvent } from '../../../core/events.js';
import { columnsOf } from '../../columns.js';
import { safeLine } from '../safe.js';
import { loginCommand, wantsLogin } from '../server-status.js';
import type { Frame, NoteLevel, Rows } from '../types.js';
import { formatElapsed, plural } from './amounts.js';
import { paintedMark, plainMark, roleOf } from './marks.js';
import { hanging } from './rows.js';
import { safeLines } from './safe.js';

type Sign = NoteLevel | 'cancelled';

const MAX_CHARS = 4000;
const MAX_LINES = 40;
const MAX_NAMES = 12;
const MAX_NAME = 64;

/** A text behind the glyph of its level; more lines stand under the text, never under the glyph. */
export function noteRows(sign: Sign, text: string, frame: Frame): Rows {
  const { theme, columns } = frame;
  const plain = `${plainMark(sign, frame)} `;
  const isLoud = sign === 'error' || sign === 'warning';
  const lines = safeLines(text.trimEnd(), MAX_CHARS).slice(0, MAX_LINES);
  const rows = hanging(lines.join('\n'), {
    first: plain,
    rest: ' '.repeat(Math.min(columnsOf(plain), 4)),
    columns,
  });
  return rows.map((row, index) => {
    if (index === 0 && row.startsWith(plain)) {
      const rest = row.slice(plain.length);
      return `${paintedMark(sign, frame)} ${isLoud ? theme.paint(roleOf(sign), rest) : rest}`;
    }
    return isLoud ? theme.paint(roleOf(sign), row) : row;
  });
}

/** `✗ what happened` and `  → what to do next`. */
export function errorRows({ message, hint }: ErrorInfo, frame: Frame, sign: Sign = 'error'): Rows {
  return [...noteRows(sign, message, frame), ...hintRows(hint, frame)];
}

function hintRows(hint: string | undefined, frame: Frame): Rows {
  if (hint === undefined || hint === '') return [];
  const { theme, columns } = frame;
  const first = `  ${plainMark('hint', frame)} `;
  return hanging(safeLine(hint), {
    first,
    rest: ' '.repeat(Math.min(columnsOf(first), 4)),
    columns,
  }).map((row) => theme.paint(roleOf('hint'), row));
}

/** The failure in words, without the name of the server in front, which stands there already. */
function reasonOf(error: ErrorInfo | undefined, name: string): string | undefined {
  if (error === undefined) return undefined;
  const message = safeLine(error.message);
  return message.startsWith(`${name}: `) ? message.slice(name.length + 2) : message;
}

/** What a person should know of a server's new state; nothing while it is dialled. */
export function serverRows(server: ServerStatus, frame: Frame): Rows {
  const { status, error, notice } = server;
  const name = safeLine(server.name, MAX_NAME);
  switch (status) {
    case 'connecting':
      return [];
    case 'connected': {
      const detail = notice === undefined ? '' : `\n${safeLine(notice)}`;
      return noteRows('success', `${name} connected (${howConnected(server)})${detail}`, frame);
    }
    case 'reconnecting': {
      const why = reasonOf(error, name) ?? 'connection lost';
      return noteRows('warning', `${name}: ${why.replace(/\.$/, '')}; reconnecting`, frame);
    }
    case 'failed': {
      const why = reasonOf(error, name) ?? 'cannot be used';
      const next = wantsLogin(server) ? loginCommand(server) : error?.hint;
      return [...noteRows('error', `${name}: ${why}`, frame), ...hintRows(next, frame)];
    }
    case 'disabled':
    case 'closed': {
      const what = status === 'closed' ? 'disconnected' : 'disabled';
      const why = error === undefined ? '' : `: ${safeLine(error.message)}`;
      return [
        ...noteRows('cancelled', `${name} ${what}${why}`, frame),
        ...hintRows(error?.hint, frame),
      ];
    }
  }
}

/** `sse, 3 tools, 41 ms`. */
function howConnected({ transport, tools, connect_ms: ms, credentials }: ServerStatus): string {
  return [
    transport ?? '',
    plural(tools, 'tool'),
    ms === undefined ? '' : ms < 10_000 ? `${Math.round(ms)} ms` : formatElapsed(ms),
    credentials === 'none' && transport !== 'stdio' ? 'no credentials' : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
}

/** `math: + new_tool, − old_tool, ~ changed_tool`. */
export function toolsChangedRows(event: ToolsChangedEvent, frame: Frame): Rows {
  const { added, removed, changed } = event;
  const signs: readonly (readonly [string, readonly string[]])[] = frame.screenReader
    ? [
        ['new ', added],
        ['gone ', removed],
        ['changed ', changed],
      ]
    : [
        ['+ ', added],
        ['− ', removed],
        ['~ ', changed],
      ];
  const total = added.length + removed.length + changed.length;
  const names = signs.flatMap(([sign, tools]) =>
    tools.slice(0, MAX_NAMES).map((tool) => sign + safeLine(tool, MAX_NAME)),
  );
  if (names.length === 0) return [];
  const shown = names.slice(0, MAX_NAMES);
  const more = total > shown.length ? ` and ${total - shown.length} more` : '';
  const server = safeLine(event.server, MAX_NAME);
  return noteRows('info', `${server}: ${shown.join(', ')}${more}`, frame);
}
