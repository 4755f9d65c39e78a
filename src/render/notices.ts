import type { ErrorInfo } from '../core/errors.js';
import type { AgentEvent, ServerStatus, ToolUseEvent } from '../core/events.js';
import { toTerminal, toTerminalLine } from '../core/terminal-text.js';
import { createPaint, type Paint } from './style.js';
import type { RenderOptions } from './types.js';

/** What a person at a terminal, or the log of a script, gets to know beside the answer. */
export function createNotices({
  stderr,
  level,
  color,
}: RenderOptions): (event: AgentEvent) => Promise<void> {
  const paint = createPaint(color);
  const calls = new Map<string, ToolUseEvent>();
  const showsTools = level === 'verbose' || (level === 'normal' && stderr.isTerminal);
  const lines = (event: AgentEvent): string[] => {
    switch (event.type) {
      case 'init':
        return level === 'quiet'
          ? []
          : event.servers.flatMap((server) => serverLines(server, paint, level));
      case 'server':
        return level === 'quiet' ? [] : serverLines(event.server, paint, level);
      case 'tool_use':
        calls.set(event.tool_id, event);
        return [];
      case 'tool_result': {
        const call = calls.get(event.tool_id);
        if (!showsTools || call === undefined) return [];
        return [toolLine({ call, ...event, paint })];
      }
      case 'log':
        if (event.level === 'warning' && level !== 'quiet')
          return [paint('yellow', `! ${toTerminalLine(event.message)}`)];
        return level === 'verbose' ? [paint('dim', toTerminalLine(event.message))] : [];
      case 'error':
        return event.severity === 'error'
          ? errorLines(event, paint)
          : level === 'quiet'
            ? []
            : [paint('yellow', `! ${toTerminalLine(event.message)}`)];
      default:
        return [];
    }
  };
  return async (event) => {
    const text = lines(event);
    if (text.length > 0) await stderr.write(`${text.join('\n')}\n`);
  };
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

function serverLines(server: ServerStatus, paint: Paint, level: RenderOptions['level']): string[] {
  const name = toTerminalLine(server.name);
  if (server.error !== undefined) {
    return [
      paint('yellow', `! ${name}: ${toTerminal(server.error.message)}`),
      ...(server.error.hint === undefined
        ? []
        : [paint('cyan', `  → ${toTerminalLine(server.error.hint)}`)]),
    ];
  }
  const notice =
    server.notice === undefined
      ? []
      : [paint('dim', `  ${name}: ${toTerminalLine(server.notice)}`)];
  if (level !== 'verbose') return notice;
  if (server.status !== 'connected')
    return [paint('dim', `  ${name}: ${server.status}`), ...notice];
  const how = `${server.transport ?? ''}, ${server.protocol_version ?? ''}, ${server.tools} tools, ${server.connect_ms ?? 0} ms`;
  return [paint('dim', `✓ ${name}: connected (${how})`), ...notice];
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
  const preview = shorten(toTerminalLine(output.trim()), 80);
  const glyph = paint(status === 'success' ? 'green' : 'red', GLYPHS[status] ?? '·');
  return `${glyph} ${shorten(toTerminalLine(`${name}(${args})`), 160)} ${paint('dim', time)} → ${preview}`;
}

function shorten(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, width - 1).join('')}…`;
}
