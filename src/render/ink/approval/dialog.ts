import type { ApprovalAnswer, ApprovalRequest } from '../../../core/chat.js';
import type { Pane } from '../layers.js';
import { createScroll } from '../scroll.js';
import type { TextMode } from '../text-mode.js';
import { clampRows } from '../transcript/rows.js';
import type { Frame, Key, Rows } from '../types.js';
import {
  choiceAt,
  choiceCount,
  choiceOf,
  choiceRows,
  compactRows,
  type Choice,
} from './choices.js';
import { contentRows } from './content.js';
import { headRows } from './head.js';
import { editMode, reasonMode } from './text-mode.js';

export interface ApprovalDialogOptions {
  /** Milliseconds of a monotonic clock. */
  now: () => number;
  /** Questions that wait, this one included. */
  queueLength?: () => number;
}

/** Asks a person whether a tool may be called. */
export interface ApprovalDialog {
  /** The answer, once there is one. */
  key: (key: Key) => ApprovalAnswer | undefined;
  /** At most `maxRows` rows. */
  rows: (maxRows: number, frame: Frame) => Pane;
  /** Asks about something else in the same place. */
  update: (request: ApprovalRequest) => void;
}

/** Keys of somebody who was typing when the question came are no answers to it. */
const GUARD_MS = 300;

export function createApprovalDialog(
  first: ApprovalRequest,
  { now, queueLength = () => 1 }: ApprovalDialogOptions,
): ApprovalDialog {
  let request = first;
  let drawnAt: number | undefined;
  let selected = 0;
  let expanded = false;
  let text: TextMode<ApprovalAnswer> | undefined;
  const scroll = createScroll();
  const content = createContentCache();

  const choose = (choice: Choice | undefined): ApprovalAnswer | undefined => {
    if (choice?.kind === 'answer') return choice.answer;
    if (choice?.kind === 'reason') text = reasonMode();
    if (choice?.kind === 'edit') text = editMode(request);
    return undefined;
  };
  const move = (step: number): undefined => {
    const count = choiceCount(request);
    selected = (selected + step + count) % count;
  };
  const chooseKey = (key: Key): ApprovalAnswer | undefined => {
    if (key.ctrl && key.name === 'o') {
      expanded = !expanded;
      scroll.toTop();
      return undefined;
    }
    if (key.name === 'escape' || (key.ctrl && key.name === 'c')) return { kind: 'stop' };
    if (key.ctrl || key.alt || scroll.key(key)) return undefined;
    if (key.name === 'up') return move(-1);
    if (key.name === 'down') return move(1);
    return choose(key.name === 'enter' ? choiceAt(request, selected) : choiceOf(request, key));
  };
  const chooseView = (maxRows: number, frame: Frame): Rows => {
    const waiting = Math.max(0, queueLength() - 1);
    const rowsOf = (named: boolean) => content(request, { expanded, withNames: !named, frame });
    const layout = layOut({ request, maxRows, frame, waiting, selected, rowsOf });
    const { head, choices, contentRoom, rows } = layout;
    return [...head, ...scroll.view(rows, contentRoom, frame), ...choices];
  };
  return {
    key(key) {
      if (drawnAt === undefined || now() - drawnAt < GUARD_MS) return undefined;
      if (text === undefined) return chooseKey(key);
      const result = text.key(key);
      if (result === 'back') text = undefined;
      return typeof result === 'object' ? result.answer : undefined;
    },
    rows(maxRows, frame) {
      drawnAt ??= now();
      const view = text?.view(maxRows, frame) ?? { rows: chooseView(maxRows, frame) };
      return { ...view, rows: clampRows(view.rows, frame.columns) };
    },
    update(next) {
      request = next;
      drawnAt = undefined;
      selected = 0;
      text = undefined;
      scroll.toTop();
    },
  };
}

interface LayoutInput {
  request: ApprovalRequest;
  maxRows: number;
  frame: Frame;
  waiting: number;
  selected: number;
  rowsOf: (named: boolean) => Rows;
}

interface Layout {
  head: Rows;
  choices: Rows;
  rows: Rows;
  contentRoom: number;
}

/** Rows of the arguments below which everything else is said in fewer words. */
const MIN_CONTENT = 3;

/** The arguments give way first, to a few rows; then the head and the choices are told in fewer words; choices go last. */
function layOut({ request, maxRows, frame, waiting, selected, rowsOf }: LayoutInput): Layout {
  const full = choiceRows(request, selected, frame);
  const ways = [
    { brief: false, choices: full },
    { brief: true, choices: full },
    { brief: true, choices: compactRows(request, selected, frame) },
  ];
  let layout: Layout | undefined;
  for (const { brief, choices } of ways) {
    const { rows: head, named } = headRows(request, { frame, brief, waiting });
    const rows = rowsOf(named);
    const contentRoom = maxRows - head.length - choices.length;
    layout = { head, choices, rows, contentRoom };
    if (contentRoom >= Math.min(MIN_CONTENT, rows.length)) return layout;
  }
  const { head = [], choices = [], rows = [] } = layout ?? {};
  const shown = choices.slice(0, Math.max(0, maxRows));
  const top = head.slice(0, Math.max(0, maxRows - shown.length - 1));
  const first = top.length === 0 ? head.slice(0, Math.max(0, maxRows - shown.length)) : top;
  return { head: first, choices: shown, rows, contentRoom: maxRows - first.length - shown.length };
}

/** Rows of the arguments, made anew only when something of them changed: they may be many. */
function createContentCache(): typeof contentRows {
  let key: readonly unknown[] = [];
  let rows: Rows = [];
  return (request, options) => {
    const { expanded, withNames, frame } = options;
    const next = [request, expanded, withNames, frame.columns, frame.theme, frame.screenReader];
    if (next.some((part, index) => part !== key[index])) rows = contentRows(request, options);
    key = next;
    return rows;
  };
}
