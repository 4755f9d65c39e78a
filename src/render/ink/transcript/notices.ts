import type { AgentEvent, LogEvent, ServerStatus } from '../../../core/events.js';
import type { AskEvent } from '../../ask-lines.js';
import { safeLine } from '../safe.js';
import type { Frame, Rows } from '../types.js';
import { plural } from './amounts.js';
import { askRows } from './ask-rows.js';
import { createLogLimit } from './log-limit.js';
import { errorRows, noteRows, serverRows, toolsChangedRows } from './notice-rows.js';
import type { Output } from './output.js';

type NoticeEvent =
  | AskEvent
  | Extract<AgentEvent, { type: 'init' | 'server' | 'tools_changed' | 'log' | 'error' }>;

/** What is told beside the conversation. */
export interface Notices {
  push: (event: NoticeEvent) => void;
  add: (rows: Rows) => void;
  /** While an answer is being written notices wait, so that they do not cut it in two. */
  hold: (on: boolean) => void;
  /** Tells how many log lines were left out, when it is time to. */
  settle: () => void;
  setVerbose: (on: boolean) => void;
  readonly pending: boolean;
}

const MAX_HELD = 100;

export function createNotices(frame: () => Frame, output: Output): Notices {
  const part = output.part();
  const limit = createLogLimit();
  /** What was last told of each server. */
  const known = new Map<string, string>();
  let verbose = false;
  let holding = false;
  let held: Rows[] = [];
  let lost = 0;
  const tell = (rows: Rows) => {
    if (rows.length === 0) return;
    if (!holding) part.add(rows);
    else if (held.length < MAX_HELD) held.push(rows);
    else lost += 1;
  };
  const release = () => {
    for (const rows of held) part.add(rows);
    if (lost > 0) part.add(noteRows('info', plural(lost, 'more notice'), frame()));
    held = [];
    lost = 0;
  };
  const server = (status: ServerStatus) => {
    const before = known.get(status.name);
    const state = JSON.stringify([status.status, status.error?.message, status.notice]);
    known.set(status.name, state);
    // Also sent when only a number changed. Nobody switched off what was never on.
    if (state === before || (before === undefined && status.status === 'disabled')) return;
    tell(serverRows(status, frame()));
  };
  const settle = () => {
    const dropped = limit.takeDropped(frame().now);
    if (dropped > 0) tell(noteRows('info', plural(dropped, 'more log line'), frame()));
  };
  const log = (event: LogEvent) => {
    const isQuiet = event.level === 'debug' || event.level === 'info';
    if (isQuiet && !verbose) return;
    settle();
    if (limit.allow(frame().now)) tell(logRows(event, frame()));
  };
  /** A server may tell of the same resource many times a second. */
  const updated = (event: Extract<AskEvent, { type: 'resource_updated' }>) => {
    settle();
    if (limit.allow(frame().now)) tell(askRows(event, frame()));
  };
  return {
    push(event) {
      switch (event.type) {
        case 'init':
          return event.servers.forEach(server);
        case 'server':
          return server(event.server);
        case 'tools_changed':
          return tell(toolsChangedRows(event, frame()));
        case 'log':
          return log(event);
        case 'error':
          return tell(failureRows(event, frame()));
        case 'resource_updated':
          return updated(event);
        case 'elicitation':
        case 'elicitation_result':
        case 'sampling':
        case 'sampling_result':
        case 'login':
          return tell(askRows(event, frame()));
      }
    },
    add: (rows) => part.add(rows),
    hold(on) {
      holding = on;
      if (!on) release();
    },
    settle,
    setVerbose(on) {
      verbose = on;
    },
    get pending() {
      return limit.pending;
    },
  };
}

function failureRows(event: Extract<AgentEvent, { type: 'error' }>, frame: Frame): Rows {
  if (event.code === 'interrupted') return noteRows('cancelled', 'interrupted', frame);
  return errorRows(event, frame, event.severity === 'error' ? 'error' : 'warning');
}

function logRows({ level, message, server, data }: LogEvent, frame: Frame): Rows {
  const sign = level === 'warning' || level === 'error' ? level : 'info';
  const text = message === '' && data !== undefined ? JSON.stringify(data) : message;
  const from = server === undefined ? '' : `${safeLine(server, 64)}: `;
  return noteRows(sign, `${from}${safeLine(text)}`, frame);
}
