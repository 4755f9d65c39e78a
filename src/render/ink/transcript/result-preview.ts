import type { ToolResultEvent } from '../../../core/events.js';
import type { JsonValue } from '../../../core/json.js';
import { redactValue } from '../../../core/redact.js';
import { columnsOf, truncateRow } from '../../columns.js';
import type { Frame, Rows } from '../types.js';
import { formatBytes, plural } from './amounts.js';
import { isLink } from './link-lines.js';
import { plainMark } from './marks.js';
import { proseRows } from './rows.js';
import { safeLines } from './safe.js';
import { valueLines } from './value-lines.js';

/** JSON beyond this is shown as the text it is. */
const MAX_PARSED = 256 * 1024;
const MAX_STRING = 2000;
/** How the engine names images and blobs in the text; as links, they are named below with more to say. */
const IMAGE_NAME = /^\[image(?: \d+| \S+, [\d.]+ [KM]?B)\]$/;

type Result = Pick<ToolResultEvent, 'output' | 'structured' | 'images'>;

/** The result as a value, where it is one: structured content, or JSON written as text. */
export function resultValue({ output, structured }: Result): JsonValue | undefined {
  if (structured !== undefined) return structured;
  if (output.length > MAX_PARSED || !/^\s*[[{]/.test(output)) return undefined;
  try {
    return JSON.parse(output) as JsonValue;
  } catch {
    return undefined;
  }
}

/** `4.1 KB, 5 items`. */
export function resultSize(result: Result, value: JsonValue | undefined): string {
  const size = formatBytes(Buffer.byteLength(result.output));
  const items = itemCount(value);
  if (items !== undefined) return `${size}, ${plural(items, 'item')}`;
  const lines = value === undefined ? lineCount(result.output) : 1;
  return lines > 1 ? `${size}, ${lines} lines` : size;
}

/** Of a list, or of the only list in an object. */
function itemCount(value: JsonValue | undefined): number | undefined {
  if (Array.isArray(value)) return value.length;
  if (typeof value !== 'object' || value === null) return undefined;
  const lists = Object.values(value).filter((item) => Array.isArray(item));
  return lists.length === 1 ? lists[0]?.length : undefined;
}

function lineCount(text: string): number {
  let count = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < text.length - 1;) {
    count += 1;
    at = text.indexOf('\n', at + 1);
  }
  return count;
}

export interface Preview {
  rows: Rows;
  /** There is nothing that the rows do not show. */
  complete: boolean;
}

/** The beginning of a result under its call, in at most `maxRows` rows. */
export function previewRows(
  result: Result,
  value: JsonValue | undefined,
  { maxRows, frame }: { maxRows: number; frame: Frame },
): Preview {
  const first = `  ${plainMark('result', frame)} `;
  const rest = ' '.repeat(columnsOf(first));
  const width = Math.max(1, frame.columns - rest.length);
  const rows: string[] = [];
  let complete = true;
  for (const line of previewLines(result, value, maxRows * width * 2)) {
    if (rows.length > maxRows) break;
    rows.push(...proseRows(line, width));
  }
  if (rows.length > maxRows) {
    complete = false;
    rows.length = maxRows;
    rows[maxRows - 1] = truncateRow(`${rows[maxRows - 1] ?? ''}…`, width);
  }
  const { paint } = frame.theme;
  return {
    rows: rows.map((row, index) => paint('dim', (index === 0 ? first : rest) + row)),
    complete,
  };
}

/** Safe lines, one by one: who wants three pays for three. */
function* previewLines(
  result: Result,
  value: JsonValue | undefined,
  maxChars: number,
): Generator<string> {
  if (value !== undefined) {
    for (const { depth, text, quoted } of valueLines(redactValue(value), {
      maxChars: MAX_STRING,
    })) {
      yield `${'  '.repeat(depth)}${quoted ? '┆ ' : ''}${text}`;
    }
    return;
  }
  const hasImages = (result.images ?? []).length > 0;
  for (const line of safeLines(result.output.trim(), maxChars)) {
    if (!(hasImages && IMAGE_NAME.test(line)) && !isLink(line)) yield line;
  }
}
