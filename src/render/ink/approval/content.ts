import type { ApprovalRequest } from '../../../core/chat.js';
import type { JsonValue } from '../../../core/json.js';
import { redact, redactValue } from '../../../core/redact.js';
import { toTerminal, toTerminalLine } from '../../../core/terminal-text.js';
import { guttered } from '../gutter.js';
import { cutRows } from '../transcript/rows.js';
import { valueLines } from '../transcript/value-lines.js';
import type { Frame, Rows } from '../types.js';

/** A longer description is no description. */
const MAX_DESCRIPTION = 50_000;

export interface ContentOptions {
  /** Description, schema and names as well. */
  expanded: boolean;
  /** The names were cut in the title. */
  withNames: boolean;
  frame: Frame;
}

/**
 * What a person judges, in rows. Each one begins with a mark that only we draw, so that no argument
 * can look like a line of ours; every value is complete.
 */
export function contentRows(request: ApprovalRequest, options: ContentOptions): Rows {
  const { expanded, withNames, frame } = options;
  const names = { server: request.server, tool: request.tool };
  const title = request.title === undefined ? {} : { title: request.title };
  const about = { ...names, ...title };
  return [
    ...(withNames && !expanded ? jsonRows(names, frame) : []),
    ...(Object.keys(request.args).length === 0
      ? guttered('(no arguments)', frame)
      : jsonRows(request.args, frame)),
    ...(expanded
      ? [
          ...section('tool, as its server declares it', jsonRows(about, frame), frame),
          ...section('description', textRows(request.description, frame), frame),
          ...section('input schema', jsonRows(request.inputSchema as JsonValue, frame), frame),
          ...section('annotations', jsonRows(request.annotations ?? {}, frame), frame),
        ]
      : []),
  ];
}

function section(name: string, rows: Rows, frame: Frame): Rows {
  if (rows.length === 0) return [];
  const heading = frame.theme.paint('bold', cutRows(`${name}:`, frame.columns)[0] ?? '');
  return [heading, ...rows];
}

function jsonRows(value: JsonValue, frame: Frame): Rows {
  return [...valueLines(redactValue(value))].flatMap(({ depth, text, quoted }) =>
    guttered(text, frame, { indent: 2 * depth, quoted }),
  );
}

function textRows(text: string, frame: Frame): Rows {
  const safe = toTerminal(redact(text));
  const cut = safe.length > MAX_DESCRIPTION ? `${safe.slice(0, MAX_DESCRIPTION)}…` : safe;
  const lines = cut.trim() === '' ? [] : cut.trimEnd().split('\n');
  return lines.flatMap((line) => guttered(toTerminalLine(line), frame));
}

/** How many characters of the arguments cannot be seen and are written out. */
export function countHidden(value: JsonValue): number {
  if (typeof value === 'string') return escapes(toTerminal(value)) - escapes(value);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce(
    (sum, [key, item]) => sum + (Array.isArray(value) ? 0 : countHidden(key)) + countHidden(item),
    0,
  );
}

/** What `toTerminal` writes in the place of a character. */
function escapes(text: string): number {
  return text.match(/\\x[0-9a-f]{2}|\\u\{[0-9a-f]+\}/g)?.length ?? 0;
}
