import type { ApprovalRequest } from '../../../core/chat.js';
import type { JsonObject } from '../../../core/json.js';
import { columnsOf, truncateRow } from '../../columns.js';
import { safeLine } from '../safe.js';
import { plural } from '../transcript/amounts.js';
import { plainMark } from '../transcript/marks.js';
import { noteRows } from '../transcript/notice-rows.js';
import type { Frame, Rows } from '../types.js';
import { countHidden } from './content.js';

const QUESTION = 'Allow tool call?';
const MAX_NAME = 128;

export interface Head {
  rows: Rows;
  /** Server and tool stand in it in full. */
  named: boolean;
}

export interface HeadOptions {
  frame: Frame;
  /** One row for each thing said. */
  brief: boolean;
  /** Other calls that wait. */
  waiting: number;
}

/** What is asked, and what to beware of. */
export function headRows(request: ApprovalRequest, options: HeadOptions): Head {
  const { frame, brief } = options;
  const { columns, theme } = frame;
  const name = `${safeLine(request.server, MAX_NAME)} › ${safeLine(request.tool, MAX_NAME)}`;
  const named =
    request.server.length <= MAX_NAME &&
    request.tool.length <= MAX_NAME &&
    columnsOf(name) <= columns;
  const shown = theme.paint('bold', truncateRow(name, columns));
  const warnings = warningRows(request, options);
  const tags = tagText(request.annotations);
  const line = `${QUESTION}  ${name}   ${tags}`;
  const by = tags === NOTHING_DECLARED ? '' : ' as declared by the server';
  const question = theme.paint('accent', truncateRow(QUESTION, columns));
  const painted = theme.paint(isRisky(request.annotations) ? 'warning' : 'dim', tags);
  const whole = columnsOf(line + by) <= columns;
  if (whole || (brief && columnsOf(line) <= columns)) {
    const end = whole ? theme.paint('dim', by) : '';
    return { rows: [`${question}  ${shown}   ${painted}${end}`, ...warnings], named };
  }
  if (brief) return { rows: [shown, ...warnings], named };
  const apart = columnsOf(`${QUESTION}  ${name}`) > columns;
  const declared = truncateRow(tags + by, columns);
  return {
    rows: [
      ...(apart ? [question, shown] : [`${question}  ${shown}`]),
      theme.paint(isRisky(request.annotations) ? 'warning' : 'dim', declared),
      ...warnings,
    ],
    named,
  };
}

function warningRows(request: ApprovalRequest, { frame, brief, waiting }: HeadOptions): Rows {
  const { changed, problem, args } = request;
  const hidden = countHidden(args);
  const invisible = plural(hidden, 'invisible character');
  const notes: (readonly ['warning' | 'error', string, string])[] = [];
  if (changed)
    notes.push(['warning', 'This tool changed since you allowed it.', 'It has changed.']);
  if (problem !== undefined) {
    const why = safeLine(problem, 400);
    notes.push(['error', `These arguments cannot be sent: ${why}`, why]);
  }
  if (hidden > 0) notes.push(['warning', `${invisible} in the arguments.`, invisible]);
  const more = waiting > 0 && !brief ? [`${plural(waiting, 'more question')} after this one`] : [];
  return [
    ...notes.flatMap(([sign, words, short]) =>
      brief
        ? noteRows(
            sign,
            truncateRow(short, Math.max(1, frame.columns - columnsOf(plainMark(sign, frame)) - 1)),
            frame,
          ).slice(0, 1)
        : noteRows(sign, words, frame).slice(0, 3),
    ),
    ...more.map((text) => frame.theme.paint('dim', truncateRow(text, frame.columns))),
  ];
}

/** What the server says of its tool (server/tools#tool, ToolAnnotations); only what it says. */
const TAGS: readonly (readonly [key: string, yes: string, no: string])[] = [
  ['readOnlyHint', 'read-only', 'writes'],
  ['destructiveHint', 'destructive', 'not destructive'],
  ['idempotentHint', 'idempotent', ''],
  ['openWorldHint', 'open world', 'closed world'],
];

const NOTHING_DECLARED = '[effects not declared]';

function tagText(annotations: JsonObject = {}): string {
  const tags = TAGS.flatMap(([key, yes, no]) => {
    const value = annotations[key];
    const tag = value === true ? yes : value === false ? no : '';
    return tag === '' ? [] : [tag];
  });
  return tags.length === 0 ? NOTHING_DECLARED : `[${tags.join(' · ')}]`;
}

function isRisky(annotations: JsonObject = {}): boolean {
  return annotations['destructiveHint'] === true;
}
