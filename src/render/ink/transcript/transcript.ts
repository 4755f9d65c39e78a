import { toErrorInfo } from '../../../core/errors.js';
import type { AgentEvent, ResultEvent } from '../../../core/events.js';
import type { Frame, Rows } from '../types.js';
import { createCalls } from './calls.js';
import { errorRows, noteRows } from './notice-rows.js';
import { createNotices } from './notices.js';
import { createOutput } from './output.js';
import { clampRows } from './rows.js';
import { createSpeech } from './speech.js';
import type { Transcript, TranscriptOptions } from './types.js';
import { userRows } from './user-rows.js';

export type { Transcript, TranscriptOptions } from './types.js';

export function createTranscript(options: TranscriptOptions): Transcript {
  const { frame } = options;
  const output = createOutput(() => frame().columns);
  const notices = createNotices(frame, output);
  const calls = createCalls(options, output);
  const speech = createSpeech(options, output);
  /** The failure of the running prompt was told when it happened. */
  let failureTold = false;

  const endPrompt = () => {
    speech.end();
    calls.endPrompt();
    notices.hold(false);
  };
  const finish = ({ error }: ResultEvent) => {
    endPrompt();
    if (error !== null && !failureTold) notices.add(outcomeRows(error, frame()));
    failureTold = false;
  };
  const push = (event: AgentEvent) => {
    switch (event.type) {
      case 'thinking':
      case 'message':
        if (event.type === 'message' && event.role === 'user') return;
        calls.endTurn();
        return speech.push(event);
      case 'tool_use':
        speech.end();
        return calls.push(event);
      case 'approval':
      case 'tool_progress':
      case 'tool_result':
        return calls.push(event);
      case 'result':
        return finish(event);
      case 'error':
        failureTold ||= event.severity === 'error';
        return notices.push(event);
      default:
        return notices.push(event);
    }
  };
  return {
    push(event) {
      push(event);
      notices.hold(speech.speaking);
    },
    print: (rows) => output.part().add(rows),
    part: output.part,
    note: (level, text) => notices.add(noteRows(level, text, frame())),
    error: (error) => notices.add(errorRows(toErrorInfo(error), frame())),
    user(text) {
      endPrompt();
      failureTold = false;
      output.part().add(userRows(text, frame()));
    },
    takeCommitted() {
      notices.settle();
      return output.take();
    },
    live(maxRows, now) {
      const spoken = speech.live(maxRows, now);
      const rows = [...spoken, ...calls.live(maxRows - spoken.length, now)];
      return clampRows(rows, now.columns);
    },
    get animated() {
      const moves = speech.animated || calls.animated;
      return notices.pending || (moves && !frame().screenReader);
    },
    setVerbose(on) {
      calls.setVerbose(on);
      notices.setVerbose(on);
    },
    toggleThinking: speech.toggleThinking,
    expand: () => calls.expand((level, text) => notices.add(noteRows(level, text, frame()))),
  };
}

function outcomeRows(error: NonNullable<ResultEvent['error']>, frame: Frame): Rows {
  return error.code === 'interrupted'
    ? noteRows('cancelled', 'interrupted', frame)
    : errorRows(error, frame);
}
