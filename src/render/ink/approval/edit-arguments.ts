import { isRecord, type JsonObject, type JsonValue } from '../../../core/json.js';
import { redact, redactValue } from '../../../core/redact.js';

/** Characters that cannot be seen, or that change how others are seen; emoji sequences among them. */
const UNSEEN = /[\u007f-\u009f\u2028\u2029\p{Default_Ignorable_Code_Point}\p{Cf}\p{Co}\p{Cs}]/gu;

/** Arguments as JSON to edit: secrets replaced, everything invisible as `\u` escapes. */
export function toEditText(args: JsonObject): string {
  return JSON.stringify(redactValue(args), null, 2).replace(UNSEEN, (char) =>
    Array.from({ length: char.length }, (_, at) => escapeUnit(char.charCodeAt(at))).join(''),
  );
}

function escapeUnit(unit: number): string {
  return String.raw`\u${unit.toString(16).padStart(4, '0')}`;
}

export type EditedArguments = { args: JsonObject } | { problem: string };

/** The edited text as arguments; a secret that was not touched is what it was. */
export function fromEditText(text: string, original: JsonObject): EditedArguments {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { problem: `Not JSON: ${reason(error, text)}` };
  }
  if (!isRecord(value)) return { problem: 'The arguments have to be an object: { … }' };
  return { args: restore(value as JsonObject, original) as JsonObject };
}

/** The parser's words, with line and column in the place of an offset. */
function reason(error: unknown, text: string): string {
  const message = error instanceof Error ? error.message : String(error);
  const short = message.replace(/ in JSON at position.*| at position.*/s, '');
  const offset = /position (\d+)/.exec(message)?.[1];
  if (offset === undefined) return short.replace(/, "?.*$/s, '');
  const before = text.slice(0, Number(offset)).split('\n');
  return `${short}, line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

/** Puts the secrets back where the text in their place still stands. */
function restore(edited: JsonValue, original: JsonValue | undefined): JsonValue {
  if (typeof edited === 'string') {
    const untouched = typeof original === 'string' && edited === redact(original);
    return untouched ? original : edited;
  }
  if (Array.isArray(edited)) {
    const list = Array.isArray(original) ? original : [];
    return edited.map((item, index) => restore(item, list[index]));
  }
  if (!isRecord(edited)) return edited;
  const known = new Map(isRecord(original) ? Object.entries(original) : []);
  return Object.fromEntries(
    Object.entries(edited).map(([key, item]) => [key, restore(item, known.get(key))]),
  );
}
