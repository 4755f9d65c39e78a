import type { ApprovalEvent, ToolResultEvent } from '../../../core/events.js';
import { safeLine } from '../safe.js';
import type { Frame, Rows } from '../types.js';
import { formatDuration } from './amounts.js';
import type { CallText } from './call-text.js';
import { imageRows } from './image-lines.js';
import { linkRows } from './link-lines.js';
import { previewRows, resultSize, resultValue } from './result-preview.js';
import { toolRow } from './tool-row.js';

const PREVIEW_ROWS = 3;
const VERBOSE_ROWS = 20;
/** A result up to here, shown in full, needs no word about its size. */
const SMALL_BYTES = 200;
const MAX_WORDS = 300;

export interface FinishedCall {
  call: CallText;
  /** Whose call it is. */
  server: string;
  result: Pick<ToolResultEvent, 'status' | 'output' | 'structured' | 'images'>;
  /** Milliseconds that it ran. */
  ms: number;
  approval: Pick<ApprovalEvent, 'reason'> | undefined;
  verbose: boolean;
}

/** The line of a call that ended, and the beginning of what it gave. */
export function finishedRows(finished: FinishedCall, frame: Frame): Rows {
  const { call, result, approval, ms } = finished;
  switch (result.status) {
    case 'success':
      return successRows(finished, frame);
    case 'error':
      return errorRows(finished, frame);
    case 'denied': {
      const reason = safeLine(approval?.reason ?? '', MAX_WORDS);
      const words = reason === '' ? 'denied' : `denied: ${reason}`;
      return [toolRow({ mark: 'denied', call, facts: [], words: spoken(words, frame) }, frame)];
    }
    case 'cancelled': {
      const facts = [formatDuration(ms), spoken('cancelled', frame)];
      return [toolRow({ mark: 'cancelled', call, facts }, frame)];
    }
  }
}

/** The mark of a screen reader says it already. */
function spoken(words: string, { screenReader }: Frame): string {
  return screenReader ? words.replace(/^(?:denied(?:: )?|cancelled)/, '') : words;
}

function successRows({ call, server, result, ms, verbose }: FinishedCall, frame: Frame): Rows {
  const value = resultValue(result);
  const maxRows = verbose ? VERBOSE_ROWS : PREVIEW_ROWS;
  const preview = previewRows(result, value, { maxRows, frame });
  const isSmall = preview.complete && Buffer.byteLength(result.output) <= SMALL_BYTES;
  const facts = [formatDuration(ms)];
  if (!isSmall) facts.push(arrow(resultSize(result, value), frame));
  const hint = preview.complete ? '' : showHint(frame);
  const images = imageRows(result.images ?? [], frame);
  const links = linkRows({ server, output: result.output }, frame);
  const head = toolRow({ mark: 'success', call, facts, hint }, frame);
  return [head, ...preview.rows, ...links, ...images];
}

function showHint({ screenReader }: Frame): string {
  return screenReader ? '(control O shows it)' : '(ctrl+o to show)';
}

function arrow(size: string, { screenReader }: Frame): string {
  return screenReader ? size : `→ ${size}`;
}

function errorRows({ call, result, ms, verbose }: FinishedCall, frame: Frame): Rows {
  const output = result.output.trim().replace(/^error:\s*/i, '');
  const newline = output.indexOf('\n');
  const words = safeLine(newline === -1 ? output : output.slice(0, newline), MAX_WORDS);
  const head = toolRow({ mark: 'error', call, facts: [formatDuration(ms)], words }, frame);
  if (newline === -1 && head.endsWith(words)) return [head];
  const maxRows = verbose ? VERBOSE_ROWS : PREVIEW_ROWS;
  const preview = previewRows({ output }, undefined, { maxRows, frame });
  return [head, ...preview.rows];
}
