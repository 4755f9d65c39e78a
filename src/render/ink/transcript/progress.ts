import type { ToolProgressEvent } from '../../../core/events.js';
import { truncateRow } from '../../columns.js';
import { safeLine } from '../safe.js';
import type { Frame } from '../types.js';

export type Progress = Pick<ToolProgressEvent, 'progress' | 'total' | 'message'>;

const MAX_BAR = 16;
const MAX_MESSAGE = 200;

/** `███░░ 3/10 fetching`, safe; without a total `3 fetching`. */
export function progressText({ progress, total, message = '' }: Progress, frame: Frame): string {
  const words = safeLine(message, MAX_MESSAGE);
  const tail = words === '' ? '' : ` ${words}`;
  if (total === undefined || !(total > 0) || !Number.isFinite(total)) {
    return `${numberText(progress)}${tail}`;
  }
  if (frame.screenReader) return `${numberText(progress)} of ${numberText(total)}${tail}`;
  return `${bar(progress / total, frame.columns)} ${numberText(progress)}/${numberText(total)}${tail}`;
}

/** The row under a running call. */
export function progressRow(progress: Progress, frame: Frame): string {
  const { theme, columns } = frame;
  const text = truncateRow(`  ⎿ ${progressText(progress, frame)}`, columns);
  return theme.paint('dim', text);
}

function bar(share: number, columns: number): string {
  const width = Math.max(5, Math.min(MAX_BAR, Math.floor(columns / 6)));
  const full = Math.round(Math.min(1, Math.max(0, share)) * width) || 0;
  return '█'.repeat(full) + '░'.repeat(width - full);
}

function numberText(value: number): string {
  return String(Number.isInteger(value) ? value : Math.round(value * 100) / 100);
}
