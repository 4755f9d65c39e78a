import { now } from '../../core/clock.js';
import type { EngineLink } from './engine-link.js';
import type { InputPane } from './input-pane.js';
import type { Layers } from './layers.js';
import type { LineRunner } from './line-runner.js';
import type { ScreenActions } from './screen-actions.js';
import type { Key } from './types.js';

export interface KeyRouterOptions {
  input: InputPane;
  layers: Layers;
  lines: LineRunner;
  engine: EngineLink;
  columns: () => number;
  showHint: (text: string | undefined) => void;
  actions: ScreenActions;
}

/** Two presses within this belong together. */
const TWICE_MS = 2000;
const DOUBLE_ESCAPE_MS = 800;

/** Says who a key belongs to: what is on top of the input, the whole screen, or the input. */
export function createKeyRouter(options: KeyRouterOptions): (key: Key) => void {
  const { input, layers, lines, engine, actions } = options;
  let leaveAt = -Infinity;
  let escapeAt = -Infinity;

  const interrupt = (): boolean => {
    const { runner } = engine;
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
      options.showHint('Press Ctrl+C again to leave.');
    }
  };
  const onEscape = () => {
    if (input.closeMenu() || interrupt()) return;
    const twice = now() - escapeAt < DOUBLE_ESCAPE_MS;
    escapeAt = twice ? -Infinity : now();
    if (twice && input.isEmpty) actions.editPrevious();
  };
  const control: Record<string, () => void> = {
    c: onControlC,
    z: actions.suspend,
    l: actions.redraw,
    o: actions.expand,
    t: actions.toggleThinking,
    r: actions.search,
    g: actions.edit,
  };
  const onGlobal = (key: Key): boolean => {
    const action = key.ctrl && !key.alt ? control[key.name] : undefined;
    if (action !== undefined) action();
    else if (key.ctrl && key.name === 'd' && input.isEmpty) actions.exit();
    else if (key.name === 'tab' && key.shift) actions.nextApproval();
    else if (key.name === 'escape') onEscape();
    else if (key.name === 'text' && key.text === '?' && input.isEmpty) actions.help();
    else return false;
    return true;
  };
  return (key) => {
    if (key.name === 'reply' || key.name === 'unknown') return;
    options.showHint(undefined);
    const { top } = layers;
    if (top !== undefined) {
      if (key.ctrl && key.name === 'z') actions.suspend();
      else top.key(key);
      return;
    }
    if (onGlobal(key)) return;
    const action = input.key(key, options.columns());
    if (typeof action === 'object') actions.submit(action.submit);
  };
}
