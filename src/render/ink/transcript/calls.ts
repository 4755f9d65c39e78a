import type {
  AgentEvent,
  ApprovalEvent,
  ToolResultEvent,
  ToolUseEvent,
} from '../../../core/events.js';
import type { JsonObject } from '../../../core/json.js';
import { truncateRow } from '../../columns.js';
import { safeLine } from '../safe.js';
import type { Frame, NoteLevel, Rows } from '../types.js';
import { formatElapsed } from './amounts.js';
import { callText, type CallText } from './call-text.js';
import { expandedRows } from './expanded.js';
import { finishedRows } from './finished-call.js';
import { createKeptCalls } from './kept-calls.js';
import { plainMark, spinner } from './marks.js';
import type { Output } from './output.js';
import { progressRow, progressText, type Progress } from './progress.js';
import { toolRow } from './tool-row.js';
import type { LivePart, TranscriptOptions } from './types.js';

type CallEvent = Extract<
  AgentEvent,
  { type: 'tool_use' | 'approval' | 'tool_progress' | 'tool_result' }
>;

interface RunningCall {
  server: string;
  tool: string;
  args: JsonObject;
  text: CallText;
  /** When it was announced, or when a person let it run. */
  since: number;
  approval?: ApprovalEvent;
  progress?: Progress;
}

/** The tool calls: those that run, and the lines of those that ended. */
export interface Calls extends LivePart {
  push: (event: CallEvent) => void;
  /** What was called so far is no longer the last turn. */
  endTurn: () => void;
  /** The prompt ended: what still runs never ends. */
  endPrompt: () => void;
  setVerbose: (on: boolean) => void;
  expand: (note: (level: NoteLevel, text: string) => void) => void;
}

/** Images handed over to be drawn, of one result. */
const MAX_IMAGES = 4;

export function createCalls({ frame, sendImages }: TranscriptOptions, output: Output): Calls {
  const part = output.part();
  const running = new Map<string, RunningCall>();
  const kept = createKeptCalls();
  let turnEnded = false;
  let verbose = false;

  const start = (event: ToolUseEvent) => {
    if (turnEnded) kept.clear();
    turnEnded = false;
    const { server, tool_name: tool, parameters: args } = event;
    const text = callText(server, tool, args);
    running.set(event.tool_id, { server, tool, args, text, since: frame().now });
  };
  const decide = (call: RunningCall, event: ApprovalEvent) => {
    call.approval = event;
    if (event.source === 'user') call.since = frame().now;
    if (event.parameters === undefined) return;
    call.args = event.parameters;
    call.text = callText(call.server, call.tool, call.args);
  };
  const finish = (id: string, call: RunningCall, result: Omit<ToolResultEvent, 'timestamp'>) => {
    running.delete(id);
    const { server, tool, args, text, approval } = call;
    // The engine's time includes that of the person who was asked.
    const asked = approval?.source === 'user';
    const ms = asked ? frame().now - call.since : result.duration_ms;
    kept.add({ server, tool, args, status: result.status, ms }, result);
    part.add(finishedRows({ call: text, server, result, ms, approval, verbose }, frame()));
    if (!sendImages) return;
    for (const { mime_type: type, path } of (result.images ?? []).slice(0, MAX_IMAGES)) {
      if (path !== undefined) output.image({ mimeType: safeLine(type, 100), path });
    }
  };
  return {
    push(event) {
      if (event.type === 'tool_use') return start(event);
      const call = running.get(event.tool_id);
      if (call === undefined) return;
      if (event.type === 'approval') decide(call, event);
      else if (event.type === 'tool_progress') call.progress = event;
      else finish(event.tool_id, call, event);
    },
    endTurn() {
      turnEnded = true;
    },
    endPrompt() {
      for (const [id, call] of running) finish(id, call, neverEnded(id, frame().now - call.since));
      turnEnded = true;
    },
    live(maxRows, now) {
      if (running.size === 0 || maxRows <= 0) return [];
      const gap = part.gap && maxRows > 1 ? [''] : [];
      return [...gap, ...runningRows([...running.values()], maxRows - gap.length, now)];
    },
    get animated() {
      return running.size > 0;
    },
    setVerbose(on) {
      verbose = on;
    },
    expand(note) {
      if (kept.list().length === 0) note('info', 'There is no finished tool call to show.');
      for (const call of kept.list()) output.part().add(expandedRows(call, frame()));
    },
  };
}

function neverEnded(id: string, ms: number): Omit<ToolResultEvent, 'timestamp'> {
  return { type: 'tool_result', tool_id: id, status: 'cancelled', output: '', duration_ms: ms };
}

/** One row a call, progress below it while there is room for all; then beside it; then the first ones and how many more. */
function runningRows(calls: readonly RunningCall[], maxRows: number, frame: Frame): Rows {
  const shown = calls.length <= maxRows ? calls : calls.slice(0, maxRows - 1);
  let room = maxRows - calls.length;
  const rows = shown.flatMap((call) => {
    const below = call.progress !== undefined && room > 0 && !frame.screenReader;
    if (below) room -= 1;
    const head = runningRow(call, frame, !below);
    return below && call.progress !== undefined
      ? [head, progressRow(call.progress, frame)]
      : [head];
  });
  const more = calls.length - shown.length;
  if (more === 0) return rows;
  const text = `${plainMark('running', frame)} +${more} more`;
  return [...rows, frame.theme.paint('dim', truncateRow(text, frame.columns))];
}

function runningRow(call: RunningCall, frame: Frame, withProgress: boolean): string {
  const waits = call.approval === undefined;
  const elapsed = formatElapsed(frame.now - call.since);
  const moving = frame.screenReader || waits ? '' : `${spinner(frame)} ${elapsed}`;
  const progress =
    withProgress && call.progress !== undefined ? progressText(call.progress, frame) : '';
  return toolRow(
    { mark: waits ? 'waiting' : 'running', call: call.text, facts: [moving], words: progress },
    frame,
  );
}
