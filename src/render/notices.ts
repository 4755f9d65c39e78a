import type { ErrorInfo } from '../core/errors.js';
import type { AgentEvent, ServerStatus, ToolUseEvent } from '../core/events.js';
import { askLine, type AskEvent } from './ask-lines.js';
import { toTerminal, toTerminalLine } from '../core/terminal-text.js';
import { createPaint, type Paint } from './style.js';
import type { RenderOptions } from './types.js';

/** What a person at a terminal, or the log of a script, gets to know beside the answer. */
export function createNotices(options: RenderOptions): (event: AgentEvent) => Promise<void> {
  const toLines = createNoticeLines(options);
  return async (event) => {
    const lines = toLines(event);
    if (lines.length > 0) await options.stderr.write(`${lines.join('\n')}\n`);
  };
}

/** The same as lines, for a caller that writes them itself. */
export function createNoticeLines({
  stderr,
  level,
  color,
}: RenderOptions): (event: AgentEvent) => string[] {
  const paint = createPaint(color);
  const calls = new Map<string, ToolUseEvent>();
  const showsTools = level === 'verbose' || (level === 'normal' && stderr.isTerminal);
  const isQuiet = level === 'quiet';
  const warning = (text: string) => (isQuiet ? [] : [paint('yellow', `! ${toTerminalLine(text)}`)]);
  const serverNotices = (server: ServerStatus) =>
    isQuiet ? [] : serverLines(server, paint, level === 'verbose');
  return (event) => {
    switch (event.type) {
      case 'init':
        return event.servers.flatMap(serverNotices);
      case 'server':
        return serverNotices(event.server);
      case 'tool_use':
        calls.set(event.tool_id, event);
        return [];
      case 'tool_result': {
        const call = calls.get(event.tool_id);
        calls.delete(event.tool_id);
        return showsTools && call !== undefined ? [toolLine({ call, ...event, paint })] : [];
      }
      case 'log':
        if (event.level === 'warning') return warning(event.message);
        return level === 'verbose' ? [paint('dim', toTerminalLine(event.message))] : [];
      case 'error':
        return event.severity === 'error' ? errorLines(event, paint) : warning(event.message);
      // A question is shown by whoever asks the person, and would be cut in two by a line of ours.
      case 'elicitation':
      case 'sampling':
        return level === 'verbose' ? askLines(event, paint) : [];
      case 'resource_updated':
      case 'elicitation_result':
      case 'sampling_result':
      case 'login':
        return isQuiet ? [] : askLines(event, paint);
      default:
        return [];
    }
  };
}

/** What servers ask and what became of it: one dim line. */
function askLines(event: AskEvent, paint: Paint): string[] {
  return [paint('dim', `  ${askLine(event, excerpt).text}`)];
}

/** `✗ what happened` and `  → what to do`. */
export function errorLines(error: ErrorInfo, paint: Paint): string[] {
  const lines = toTerminal(error.message).split('\n');
  const [first = '', ...rest] = lines;
  return [
    paint('red', `✗ ${first}`),
    ...rest.map((line) => `  ${line}`),
    ...(error.hint === undefined ? [] : [paint('cyan', `  → ${toTerminalLine(error.hint)}`)]),
  ];
}

function serverLines(server: ServerStatus, paint: Paint, verbose: boolean): string[] {
  const name = toTerminalLine(server.name);
  const { error, notice } = server;
  if (error !== undefined) {
    return [
      paint('yellow', `! ${name}: ${toTerminalLine(error.message)}`),
      ...(error.hint === undefined ? [] : [paint('cyan', `  → ${toTerminalLine(error.hint)}`)]),
    ];
  }
  const lines = notice === undefined ? [] : [paint('dim', `  ${name}: ${toTerminalLine(notice)}`)];
  if (!verbose) return lines;
  if (server.status !== 'connected') return [paint('dim', `  ${name}: ${server.status}`), ...lines];
  const version = toTerminalLine(server.protocol_version ?? '');
  const how = `${server.transport ?? ''}, ${version}, ${server.tools} tools, ${server.connect_ms ?? 0} ms`;
  return [paint('dim', `✓ ${name}: connected (${how})`), ...lines];
}

interface ToolLine {
  call: ToolUseEvent;
  status: string;
  output: string;
  duration_ms: number;
  paint: Paint;
}

const GLYPHS: Record<string, string> = { success: '✓', error: '✗', denied: '⊘', cancelled: '‒' };

/** `✓ math.add_numbers(number1=2, number2=3) 12 ms → 5` */
function toolLine({ call, status, output, duration_ms: ms, paint }: ToolLine): string {
  const args = Object.entries(call.parameters)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(', ');
  const name = call.server === '' ? call.tool_name : `${call.server}.${call.tool_name}`;
  const time = ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`;
  const glyph = paint(status === 'success' ? 'green' : 'red', GLYPHS[status] ?? '·');
  const what = excerpt(`${name}(${args})`, 160);
  return `${glyph} ${what} ${paint('dim', time)} → ${excerpt(output.trim(), 80)}`;
}

/** The beginning of a text in one safe line of at most `width` characters. */
function excerpt(text: string, width: number): string {
  // Escaping only lengthens: what is beyond the width before is beyond it afterwards.
  const characters = [...toTerminalLine(text.slice(0, 4 * width))];
  const isWhole = characters.length <= width && text.length <= 4 * width;
  return isWhole ? characters.join('') : `${characters.slice(0, width - 1).join('')}…`;
}
