import type { ChatApprovalMode } from '../../core/chat.js';
import { createAbort } from '../../core/wait.js';
import type { EngineLink } from './engine-link.js';
import { keyRows } from './help.js';
import type { PromptHistory } from './input/history.js';
import type { InputPane } from './input-pane.js';
import type { Layers } from './layers.js';
import type { LineRunner } from './line-runner.js';
import { isSecretLine } from './commands/secret-line.js';
import { searchLayer } from './search-layer.js';
import type { Stage } from './stage.js';
import type { Transcript } from './transcript/transcript.js';
import type { Machine, Screen } from './types.js';

export interface ScreenActionsOptions {
  stage: Stage;
  transcript: Transcript;
  layers: Layers;
  input: InputPane;
  history: PromptHistory;
  lines: LineRunner;
  machine: Machine;
  screen: Screen;
  engine: EngineLink;
  showHint: (text: string | undefined) => void;
}

/** What keys do to the whole screen. */
export interface ScreenActions {
  /** Sends a line, and remembers it unless it holds a secret. */
  submit: (text: string) => void;
  suspend: () => void;
  redraw: () => void;
  edit: () => void;
  search: () => void;
  help: () => void;
  expand: () => void;
  toggleThinking: () => void;
  nextApproval: () => void;
  /** Takes the last prompt back into the input. */
  editPrevious: () => void;
  exit: () => void;
}

const MODES: readonly ChatApprovalMode[] = ['ask', 'auto-read', 'auto'];

const MODE_HINTS: Record<ChatApprovalMode, string> = {
  ask: 'Every tool call is asked about.',
  'auto-read': 'Tools declared read-only run unasked (their server says so).',
  auto: 'Every tool call runs unasked.',
  never: 'No tool call runs.',
};

export function createScreenActions(options: ScreenActionsOptions): ScreenActions {
  const { stage, transcript, layers, input, history, screen, engine, showHint } = options;
  const submit = (text: string) => {
    if (!isSecretLine(text)) history.add(text);
    options.lines.submit(text);
  };
  const search = async () => {
    const make = searchLayer(history.entries(), input.text);
    const found = await layers.show(make, createAbort().signal);
    input.setText(found.submit ? '' : found.text);
    if (found.submit) submit(found.text);
    stage.draw();
  };
  const edit = async () => {
    try {
      input.setText(await options.machine.edit(input.text));
    } catch (error) {
      screen.error(error);
    }
    stage.draw();
  };
  return {
    submit,
    suspend: stage.suspend,
    redraw: stage.clear,
    edit: () => void edit(),
    search: () => void search(),
    help: () => screen.print(keyRows(stage.frame())),
    expand() {
      screen.expand();
      screen.setVerbose();
    },
    toggleThinking() {
      showHint(transcript.toggleThinking() ? 'Thinking is shown.' : 'Thinking is folded.');
    },
    nextApproval() {
      const approvals = engine.chat?.approvals;
      if (approvals === undefined) return;
      const mode = MODES[(MODES.indexOf(approvals.mode()) + 1) % MODES.length] ?? 'ask';
      approvals.setMode(mode);
      showHint(MODE_HINTS[mode]);
    },
    editPrevious() {
      const text = engine.chat?.conversation.undo();
      if (text !== undefined) input.setText(text);
    },
    exit: screen.exit,
  };
}
