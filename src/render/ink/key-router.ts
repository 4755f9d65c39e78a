import type { Chat, ChatApprovalMode } from '../../core/chat.js';
import { now } from '../../core/clock.js';
import type { InputPane } from './input-pane.js';
import type { Layers } from './layers.js';
import type { LineRunner } from './line-runner.js';
import type { PromptRunner } from './prompt-runner.js';
import type { Key, Screen } from './types.js';

export interface KeyRouterOptions {
  input: InputPane;
  layers: Layers;
  screen: Screen;
  lines: LineRunner;
  chat: () => Chat | undefined;
  runner: () => PromptRunner | undefined;
  columns: () => number;
  submit: (text: string) => void;
  /** Shown in the place of the status line for a while. */
  hint: (text: string | undefined) => void;
  actions: {
    suspend: () => void;
    redraw: () => void;
    edit: () => void;
    search: () => void;
    help: () => void;
    toggleThinking: () => void;
    /** The last prompt back into the input, as before it was sent. */
    editPrevious: () => void;
    exit: () => void;
  };
}

/** Two presses within this belong together. */
const TWICE_MS = 2000;
const DOUBLE_ESCAPE_MS = 800;
const MODES: readonly ChatApprovalMode[] = ['ask', 'auto-read', 'auto'];

/** Says who a key belongs to: what is on top of the input, the whole screen, or the input. */
export function createKeyRouter(options: KeyRouterOptions): (key: Key) => void {
  const { input, layers, screen, lines, actions } = options;
  let leaveAt = -Infinity;
  let escapeAt = -Infinity;

  const interrupt = (): boolean => {
    const runner = options.runner();
    if (lines.busy) lines.interrupt();
    else if (runner?.busy === true) runner.interrupt();
    else return false;
    return true;
  };
  const onControlC = () => {
    if (!input.isEmpty) {
      input.setText('');
      return;
    }
    if (interrupt()) return;
    if (now() - leaveAt < TWICE_MS) actions.exit();
    else {
      leaveAt = now();
      options.hint('Press Ctrl+C again to leave.');
    }
  };
  const onEscape = () => {
    if (input.closeMenu() || interrupt()) return;
    const twice = now() - escapeAt < DOUBLE_ESCAPE_MS;
    escapeAt = twice ? -Infinity : now();
    if (twice && input.isEmpty) actions.editPrevious();
  };
  const nextMode = () => {
    const approvals = options.chat()?.approvals;
    if (approvals === undefined) return;
    const mode = MODES[(MODES.indexOf(approvals.mode()) + 1) % MODES.length] ?? 'ask';
    approvals.setMode(mode);
    options.hint(MODE_HINTS[mode]);
  };
  const control: Record<string, () => void> = {
    c: onControlC,
    z: actions.suspend,
    l: actions.redraw,
    o: () => {
      screen.expand();
      screen.setVerbose();
    },
    t: actions.toggleThinking,
    r: actions.search,
    g: actions.edit,
  };
  const onGlobal = (key: Key): boolean => {
    const action = key.ctrl && !key.alt ? control[key.name] : undefined;
    if (action !== undefined) action();
    else if (key.ctrl && key.name === 'd' && input.isEmpty) actions.exit();
    else if (key.name === 'tab' && key.shift) nextMode();
    else if (key.name === 'escape') onEscape();
    else if (key.name === 'text' && key.text === '?' && input.isEmpty) actions.help();
    else return false;
    return true;
  };
  return (key) => {
    if (key.name === 'reply' || key.name === 'unknown') return;
    options.hint(undefined);
    const { top } = layers;
    if (top !== undefined) {
      if (key.ctrl && key.name === 'z') actions.suspend();
      else top.key(key);
      return;
    }
    if (onGlobal(key)) return;
    const action = input.key(key, options.columns());
    if (typeof action === 'object') options.submit(action.submit);
  };
}

const MODE_HINTS: Record<ChatApprovalMode, string> = {
  ask: 'Every tool call is asked about.',
  'auto-read': 'Tools that their server declares read-only run unasked: the word of the server.',
  auto: 'Every tool call runs unasked.',
  never: 'No tool call runs.',
};
