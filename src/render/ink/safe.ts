import { redact } from '../../core/redact.js';
import { toTerminal, toTerminalLine } from '../../core/terminal-text.js';
import { truncateRow, wrapRows } from '../columns.js';
import type { Role } from '../theme.js';
import type { Frame, Rows } from './types.js';

const MAX_LINE = 1000;

/** Foreign text in one line: without secrets, safe to print, and no longer than anybody reads. */
export function safeLine(text: string, max = MAX_LINE): string {
  const whole = redact(text);
  return toTerminalLine(whole.length > max ? `${whole.slice(0, max)}…` : whole);
}

export interface TextOptions {
  role?: Role;
  indent?: number;
  /** Most rows; what is beyond is counted in a last one. */
  maxRows?: number;
}

/** Foreign text of any length as rows that fit. */
export function textRows(text: string, frame: Frame, options: TextOptions = {}): Rows {
  const { role, indent = 0, maxRows = 400 } = options;
  const left = ' '.repeat(Math.min(indent, Math.max(0, frame.columns - 1)));
  const safe = toTerminal(redact(text)).trimEnd();
  // More than `maxRows` rows hold is not worth wrapping.
  const head = safe.slice(0, maxRows * Math.max(frame.columns, 40));
  const rows = wrapRows(head, frame.columns - left.length);
  const cut = rows.length > maxRows || head.length < safe.length;
  const shown = rows.slice(0, maxRows).map((row) => paintRow(`${left}${row}`, frame, role));
  if (!cut) return shown;
  const missing = `${left}… ${safe.length} characters in all`;
  return [...shown, frame.theme.paint('dim', truncateRow(missing, frame.columns))];
}

function paintRow(row: string, frame: Frame, role: Role | undefined): string {
  const fits = truncateRow(row.trimEnd(), frame.columns);
  return role === undefined ? fits : frame.theme.paint(role, fits);
}

/** A heading. */
export function titleRow(text: string, frame: Frame): string {
  return frame.theme.paint('bold', truncateRow(safeLine(text), frame.columns));
}
