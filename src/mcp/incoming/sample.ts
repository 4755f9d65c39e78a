import type { SamplingAnswer, SamplingRequest } from '../../core/asks.js';
import { OstlerError } from '../../core/errors.js';
import type { JsonObject, JsonValue } from '../../core/json.js';
import { INTERNAL, REJECTED, Refusal } from './refusal.js';

type Piece = SamplingAnswer['content'][number];

/** The model's turn as a `CreateMessageResult`; without tools it is one text, as the older revisions want it. */
export function toSamplingResult(
  { tools }: SamplingRequest,
  { model, content, stopReason }: SamplingAnswer,
): JsonObject {
  const texts = content.flatMap((piece) => (piece.type === 'text' ? [piece.text] : []));
  const pieces = tools.length === 0 ? [toBlock({ type: 'text', text: texts.join('') })] : [];
  if (tools.length > 0) pieces.push(...content.map(toBlock));
  const [only = toBlock({ type: 'text', text: '' })] = pieces;
  return { role: 'assistant', model, content: pieces.length > 1 ? pieces : only, stopReason };
}

/** Why there is no answer, as the server may know it: of this machine it learns nothing. */
export function toSamplingRefusal(error: unknown): Refusal {
  if (error instanceof OstlerError && error.code === 'denied') {
    return new Refusal(REJECTED, 'User rejected sampling request');
  }
  return new Refusal(INTERNAL, 'The model gave no answer');
}

function toBlock(piece: Piece): JsonValue {
  return piece.type === 'text'
    ? { type: 'text', text: piece.text }
    : { type: 'tool_use', id: piece.id, name: piece.name, input: piece.input };
}
