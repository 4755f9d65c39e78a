import { isRecord, type JsonObject } from '../../core/json.js';

/** A result that asks first (2026-07-28/basic/patterns/mrtr). */
export interface InputRequired {
  resultType: 'input_required';
  inputRequests?: unknown;
  requestState?: unknown;
}

/** What a request is sent again with. */
export interface Round {
  inputResponses?: JsonObject;
  /** To the byte as the server sent it; left out where it sent none. */
  requestState?: string;
}

export function isInputRequired(result: unknown): result is InputRequired {
  return isRecord(result) && result['resultType'] === 'input_required';
}
