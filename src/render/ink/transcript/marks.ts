import type { Role } from '../../theme.js';
import type { Frame } from '../types.js';

type Mark =
  | 'running'
  | 'waiting'
  | 'success'
  | 'error'
  | 'denied'
  | 'cancelled'
  | 'info'
  | 'warning'
  | 'hint'
  | 'result'
  | 'user';

/** A glyph for the eye, a word for the ear. */
const MARKS: Record<Mark, readonly [glyph: string, word: string, role: Role]> = {
  running: ['●', 'Running:', 'accent'],
  waiting: ['○', 'Waiting for approval:', 'warning'],
  success: ['✓', 'Success:', 'success'],
  error: ['✗', 'Error:', 'error'],
  denied: ['⊘', 'Denied:', 'warning'],
  cancelled: ['‒', 'Cancelled:', 'dim'],
  info: ['·', 'Note:', 'dim'],
  warning: ['!', 'Warning:', 'warning'],
  hint: ['→', 'What to do:', 'accent'],
  result: ['⎿', 'Result:', 'dim'],
  user: ['❯', 'You:', 'user'],
};

/** The glyph or word, not styled, without a space behind it. */
export function plainMark(mark: Mark, { screenReader }: Frame): string {
  return MARKS[mark][screenReader ? 1 : 0];
}

export function roleOf(mark: Mark): Role {
  return MARKS[mark][2];
}

/** The glyph or word in its colour. */
export function paintedMark(mark: Mark, frame: Frame): string {
  return frame.theme.paint(MARKS[mark][2], plainMark(mark, frame));
}

const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const;
const SPINNER_MS = 100;

/** One picture for everything that turns, ten a second; empty where nothing may move. */
export function spinner({ now, screenReader }: Frame): string {
  if (screenReader) return '';
  return SPINNER[Math.floor(now / SPINNER_MS) % SPINNER.length] ?? SPINNER[0];
}
