import type { CheckEvent } from '../../core/check-events.js';
import type { Paint } from '../style.js';
import { truncateRow } from '../columns.js';
import type { Output } from '../sink.js';
import { count } from './report.js';
import { line } from './safe.js';

export interface Progress {
  update: (event: CheckEvent) => void;
  /** Takes the line away again. */
  end: () => void;
}

export interface ProgressOptions {
  stderr: Output;
  /** `line`: one that is drawn over, for a terminal. `lines`: one for each verdict, also in a pipe. */
  mode: 'line' | 'lines' | 'none';
  paint: Paint;
}

/** How far the audit is, for a person who waits. */
export function createProgress({ stderr, mode, paint }: ProgressOptions): Progress {
  let drawn = false;
  const draw = (text: string) => {
    const columns = Math.max(20, (stderr.columns ?? 80) - 1);
    stderr.write(`\r\u001b[2K${paint('dim', truncateRow(text, columns))}`);
    drawn = true;
  };
  return {
    update(event) {
      const text = toText(event);
      if (mode === 'line' && text !== undefined) draw(text);
      if (mode === 'lines' && event.type === 'check') {
        const { id, outcome, reason } = event.result;
        stderr.write(`${line(`${id} ${outcome.replace('_', ' ')}: ${reason}`, 300)}\n`);
      }
      if (mode === 'lines' && event.type === 'control') stderr.write(`${text ?? ''}\n`);
    },
    end() {
      if (drawn) stderr.write('\r\u001b[2K');
      drawn = false;
    },
  };
}

function toText(event: CheckEvent): string | undefined {
  if (event.type === 'check_start') return `Checking ${line(event.server, 60)}: control …`;
  if (event.type === 'control') {
    if (!event.ok) return `control: ${line(event.error.message, 300)}`;
    return `control: passed, ${count(event.tools, 'tool')}, ${Math.round(event.ms)} ms`;
  }
  if (event.type !== 'check_progress') return undefined;
  const { done, planned, requests } = event;
  return `${done} of ${count(planned, 'check')}, ${count(requests, 'request')}`;
}
