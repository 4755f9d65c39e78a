import type { JsonValue } from '../../../core/json.js';
import { redactValue } from '../../../core/redact.js';
import { toTerminal } from '../../../core/terminal-text.js';
import { truncateRow, wrapRows } from '../../columns.js';
import type { Frame, Rows } from '../types.js';
import { formatDuration } from './amounts.js';
import { callText } from './call-text.js';
import type { KeptCall } from './kept-calls.js';
import { clampRows } from './rows.js';
import { toolRow } from './tool-row.js';
import { valueLines } from './value-lines.js';

/** Rows of one part beyond which nobody scrolls; `/export` has the rest. */
const MAX_ROWS = 5000;
const INDENT = '    ';

/** A finished call with its arguments, the whole output and the structured content. */
export function expandedRows(call: KeptCall, frame: Frame): Rows {
  const { server, tool, args, status, ms, output, structured, cut } = call;
  const { paint } = frame.theme;
  const heading = (text: string) => paint('bold', truncateRow(`  ${text}:`, frame.columns));
  const facts = [formatDuration(ms)];
  return [
    toolRow({ mark: status, call: callText(server, tool), facts }, frame),
    heading('arguments'),
    ...valueRows(args, frame),
    heading('output'),
    ...limited(textLines(output), frame),
    ...(structured === undefined ? [] : [heading('structured'), ...valueRows(structured, frame)]),
    ...(cut
      ? [paint('dim', truncateRow(`${INDENT}… too large to be shown in full`, frame.columns))]
      : []),
  ];
}

function valueRows(value: JsonValue, frame: Frame): Rows {
  return limited(lines(), frame);
  function* lines() {
    let any = false;
    for (const { depth, text, quoted } of valueLines(redactValue(value))) {
      any = true;
      yield '  '.repeat(depth) + (quoted ? '┆ ' : '') + text;
    }
    if (!any) yield '(none)';
  }
}

function* textLines(text: string): Generator<string> {
  yield* toTerminal(text).trimEnd().split('\n');
}

function limited(lines: Iterable<string>, frame: Frame): Rows {
  const width = Math.max(1, frame.columns - INDENT.length);
  const rows: string[] = [];
  for (const line of lines) {
    if (rows.length >= MAX_ROWS) {
      rows.push(frame.theme.paint('dim', `${INDENT}… and more`));
      break;
    }
    for (const row of wrapRows(line, width)) rows.push(INDENT + row);
  }
  return clampRows(rows, frame.columns);
}
