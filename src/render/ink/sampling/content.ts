import type {
  SamplingAnswer,
  SamplingContent,
  SamplingRequest,
  SamplingReview,
} from '../../../core/asks.js';
import type { JsonValue } from '../../../core/json.js';
import { redactValue } from '../../../core/redact.js';
import { cutRows } from '../transcript/rows.js';
import { formatBytes } from '../transcript/amounts.js';
import { valueLines } from '../transcript/value-lines.js';
import { guttered, gutteredText } from '../gutter.js';
import { safeLine } from '../safe.js';
import type { Frame, Rows } from '../types.js';

type RequestStage = Extract<SamplingReview, { stage: 'request' }>;

/** All that would be sent to the model, in its order; our headings, the server's text behind the mark. */
export function requestRows({ request }: Pick<RequestStage, 'request'>, frame: Frame): Rows {
  const { systemPrompt, messages, tools } = request;
  return [
    ...(systemPrompt === undefined
      ? []
      : [heading('system prompt', frame), ...textRows(systemPrompt, frame)]),
    ...messages.flatMap(({ role, content }) => [
      heading(role, frame),
      ...content.flatMap((piece) => pieceRows(piece, frame)),
    ]),
    ...(tools.length === 0 ? [] : [heading('tools of the server', frame)]),
    ...tools.flatMap(({ name, description }) =>
      textRows(description === undefined ? name : `${name}: ${description}`, frame),
    ),
    ...optionRows(request, frame),
  ];
}

/** What the server asks for beside the text. */
function optionRows(request: SamplingRequest, frame: Frame): Rows {
  const { temperature, stopSequences = [], modelHints, toolChoice, tools } = request;
  const lines = [
    ...(modelHints.length === 0 ? [] : [`models it would like: ${modelHints.join(', ')}`]),
    ...(temperature === undefined ? [] : [`temperature: ${temperature}`]),
    ...(stopSequences.length === 0 ? [] : [`stop at: ${JSON.stringify(stopSequences)}`]),
    ...(tools.length === 0 ? [] : [`use of tools: ${toolChoice}`]),
  ];
  if (lines.length === 0) return [];
  return [heading('options', frame), ...lines.flatMap((line) => textRows(line, frame))];
}

export function answerRows({ content }: SamplingAnswer, frame: Frame): Rows {
  const rows = content.flatMap((piece) => pieceRows(piece, frame));
  return rows.length === 0 ? guttered('(an empty answer)', frame, WORD) : rows;
}

/** The answer's text alone. */
export function answerText({ content }: SamplingAnswer): string {
  return content.flatMap((piece) => (piece.type === 'text' ? [piece.text] : [])).join('\n');
}

const WORD = { word: 'text' };

function pieceRows(piece: SamplingContent, frame: Frame): Rows {
  switch (piece.type) {
    case 'text':
      return textRows(piece.text === '' ? '(empty)' : piece.text, frame);
    case 'image': {
      const { mimeType, data } = piece.image;
      const size = formatBytes(data.length);
      return guttered(`[image ${safeLine(mimeType, 60)}, ${size}]`, frame, WORD);
    }
    case 'tool_use':
      return [...textRows(`[calls ${piece.name}]`, frame), ...jsonRows(piece.input, frame)];
    case 'tool_result':
      return textRows(`[${piece.isError ? 'error' : 'result'} of a tool]\n${piece.text}`, frame);
  }
}

function textRows(text: string, frame: Frame): Rows {
  return gutteredText(text, frame, WORD);
}

function jsonRows(value: JsonValue, frame: Frame): Rows {
  return [...valueLines(redactValue(value))].flatMap(({ depth, text, quoted }) =>
    guttered(text, frame, { ...WORD, indent: 2 * depth + 2, quoted }),
  );
}

function heading(text: string, { theme, columns }: Frame): string {
  return theme.paint('bold', cutRows(`${text}:`, columns)[0] ?? '');
}
