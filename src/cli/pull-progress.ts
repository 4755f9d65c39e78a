import { now } from '../core/clock.js';
import { formatBytes } from '../core/sizes.js';
import { toTerminalLine } from '../core/terminal-text.js';
import type { PullProgress } from '../model/ollama-catalog.js';
import type { Output } from '../render/sink.js';

export interface PullView {
  update: (step: PullProgress) => void;
  /** Leaves the terminal clean; also after a failure. */
  end: () => void;
}

/** How a pull goes on: one line that is drawn over on a terminal, else (or when `plain`) a line for every tenth of a layer. */
export function createPullProgress(output: Output, plain = false): PullView {
  return output.isTTY === true && !plain ? createBar(output) : createLines(output);
}

const MAX_STATUS = 60;
const statusOf = ({ status }: PullProgress) => toTerminalLine(status).slice(0, MAX_STATUS);

/** 0 to 1, or undefined when the step has no size. */
function fractionOf({ total, completed }: PullProgress): number | undefined {
  if (total === undefined || total <= 0) return undefined;
  return Math.min(1, Math.max(0, (completed ?? 0) / total));
}

const REDRAW_MS = 100;
const BAR_CELLS = 20;
const CLEAR_LINE = '\r\u001b[K';

function createBar(output: Output): PullView {
  let drawnAt = -Infinity;
  let drawnStatus = '';
  return {
    update(step) {
      const time = now();
      const fraction = fractionOf(step);
      const sameThing = drawnStatus === step.status && fraction !== 1;
      if (sameThing && time - drawnAt < REDRAW_MS) return;
      drawnAt = time;
      drawnStatus = step.status;
      const line = fraction === undefined ? statusOf(step) : barLine(step, fraction);
      output.write(`${CLEAR_LINE}${line.slice(0, Math.max(1, (output.columns ?? 80) - 1))}`);
    },
    end() {
      output.write(CLEAR_LINE);
    },
  };
}

function barLine(step: PullProgress, fraction: number): string {
  const full = Math.round(fraction * BAR_CELLS);
  const bar = '█'.repeat(full) + '░'.repeat(BAR_CELLS - full);
  const percent = `${Math.floor(fraction * 100)} %`.padStart(5);
  const sizes = `${formatBytes(step.completed ?? 0)}/${formatBytes(step.total ?? 0)}`;
  return `${statusOf(step)} ${bar} ${percent}  ${sizes}`;
}

/** A server that makes up layers without end is not followed. */
const MAX_TOLD = 1000;

function createLines(output: Output): PullView {
  /** The last tenth that was told, by layer or status. */
  const told = new Map<string, number>();
  return {
    update(step) {
      const fraction = fractionOf(step);
      const key = step.digest ?? step.status;
      const tenth = fraction === undefined ? 0 : Math.floor(fraction * 10);
      if ((told.get(key) ?? -1) >= tenth || told.size > MAX_TOLD) return;
      told.set(key, tenth);
      const size = step.total === undefined ? '' : ` of ${formatBytes(step.total)}`;
      output.write(`${statusOf(step)}${fraction === undefined ? '' : ` ${tenth * 10} %${size}`}\n`);
    },
    end() {},
  };
}
