import { now } from '../../core/clock.js';
import type { Progress } from '../../mcp/types.js';
import { truncateRow } from '../../render/columns.js';
import type { Output } from '../../render/sink.js';
import type { Notes } from './notes.js';
import { safe } from './output.js';

export interface ProgressView {
  update: (progress: Progress) => void;
  /** Leaves the terminal clean. */
  end: () => void;
}

const REDRAW_MS = 80;
const CLEAR_LINE = '\r\u001b[K';
/** Lines with `-v`; a server that tells more is not followed. */
const MAX_LINES = 1000;

/**
 * A call's progress on stderr: one line that is drawn over on a terminal; elsewhere lines with `-v`
 * only; nothing with `-q`.
 */
export function createProgress(
  output: Output,
  notes: Notes,
  { plain }: { plain: boolean },
): ProgressView {
  if (notes.level === 'quiet') return { update() {}, end() {} };
  return output.isTTY === true && !plain ? createLine(output) : createLines(notes);
}

function createLine(output: Output): ProgressView {
  let drawnAt = -Infinity;
  return {
    update(progress) {
      if (now() - drawnAt < REDRAW_MS) return;
      drawnAt = now();
      const columns = Math.max(1, (output.columns ?? 80) - 1);
      output.write(`${CLEAR_LINE}${truncateRow(words(progress), columns)}`);
    },
    end() {
      if (drawnAt > -Infinity) output.write(CLEAR_LINE);
    },
  };
}

function createLines(notes: Notes): ProgressView {
  let told = 0;
  return {
    update(progress) {
      told += 1;
      if (told <= MAX_LINES) notes.detail(words(progress));
    },
    end() {},
  };
}

/** `… 3/5 step 3`; safe to print. */
function words({ progress, total, message = '' }: Progress): string {
  const amount = total === undefined ? String(progress) : `${progress}/${total}`;
  return `… ${amount} ${safe(message.slice(0, 500))}`.trimEnd();
}
