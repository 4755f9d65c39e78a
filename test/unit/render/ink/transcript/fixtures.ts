import { stamp, type AgentEventBody } from '../../../../../src/core/events.js';
import { toTerminal } from '../../../../../src/core/terminal-text.js';
import { columnsOf } from '../../../../../src/render/columns.js';
import { createTranscript } from '../../../../../src/render/ink/transcript/transcript.js';
import type { Committed, MarkdownTools } from '../../../../../src/render/ink/transcript/types.js';
import type { Frame, Rows } from '../../../../../src/render/ink/types.js';
import { createTheme } from '../../../../../src/render/theme.js';

export interface Where {
  columns?: number;
  colors?: boolean;
  screenReader?: boolean;
  markdown?: () => MarkdownTools | undefined;
  sendImages?: boolean;
}

export function frameOf({ columns = 80, colors = false, screenReader = false }: Where = {}): Frame {
  const theme = createTheme('dark', colors);
  return { columns, rows: 24, theme, screenReader, hyperlinks: false, now: 0 };
}

/** A transcript with a clock of its own. */
export function openTranscript(where: Where = {}) {
  let now = 0;
  const frame = (): Frame => ({ ...frameOf(where), now });
  const transcript = createTranscript({
    frame,
    markdown: where.markdown ?? (() => undefined),
    sendImages: where.sendImages ?? true,
  });
  const taken: Committed[] = [];
  const take = () => {
    taken.push(...transcript.takeCommitted());
    return taken;
  };
  return {
    transcript,
    frame,
    push: (...events: readonly AgentEventBody[]) => {
      for (const event of events) transcript.push(stamp(event));
    },
    pass: (ms: number) => {
      now += ms;
    },
    live: (maxRows = 10): Rows => transcript.live(maxRows, frame()),
    /** Everything finished so far. */
    committed: () => take(),
    printed: () => rowsOf(take()),
  };
}

export function rowsOf(committed: readonly Committed[]): string[] {
  return committed.flatMap((part) => (part.kind === 'rows' ? [...part.rows] : []));
}

// oxlint-disable-next-line no-control-regex
const SGR = /\u001b\[\d+(?:;\d+)*m/g;

/** What is wrong with rows that go to a terminal; empty when nothing is. */
export function faults(rows: Rows, columns: number): string[] {
  return rows.flatMap((row) => {
    const text = row.replace(SGR, '');
    const isUnsafe = toTerminal(text) !== text || /[\n\t]/.test(text);
    const isWide = columnsOf(row) > columns;
    return [
      ...(isUnsafe ? [`unsafe: ${JSON.stringify(row)}`] : []),
      ...(isWide ? [`${columnsOf(row)} of ${columns} columns: ${JSON.stringify(row)}`] : []),
    ];
  });
}

export const uses = (
  id: string,
  parameters: Record<string, string | number> = {},
  tool_name = 'add_numbers',
  server = 'math',
): AgentEventBody => ({ type: 'tool_use', tool_id: id, server, tool_name, parameters });

export const allowed = (
  tool_id: string,
  source: 'policy' | 'rule' | 'user' = 'policy',
): AgentEventBody => ({ type: 'approval', tool_id, decision: 'allow', source });

export const gives = (
  tool_id: string,
  output: string,
  more: Partial<Extract<AgentEventBody, { type: 'tool_result' }>> = {},
): AgentEventBody => ({
  type: 'tool_result',
  tool_id,
  status: 'success',
  output,
  duration_ms: 12,
  ...more,
});

export const says = (content: string, delta = true, id = 'msg_1'): AgentEventBody => ({
  type: 'message',
  id,
  role: 'assistant',
  content,
  delta,
});

export const thinks = (content: string, delta = true, id = 'msg_1'): AgentEventBody => ({
  type: 'thinking',
  id,
  content,
  delta,
});

export const logs = (message: string, level: 'info' | 'warning' = 'warning'): AgentEventBody => ({
  type: 'log',
  level,
  message,
});
