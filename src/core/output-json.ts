/**
 * One line of JSON for a pipe. Control, bidirectional and tag characters are written as `\u` escapes,
 * so that looking at it on a terminal is harmless too; a JSON parser reads the same value.
 */
export function toJsonLine(value: unknown): string {
  return escapeJson(JSON.stringify(value));
}

/** The same for a text that is JSON already. */
export function escapeJson(json: string): string {
  return json.replace(HIDDEN, escapeUnits);
}

const HIDDEN =
  /[\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\u{e0000}-\u{e0fff}]/gu;

function escapeUnits(char: string): string {
  return Array.from(
    { length: char.length },
    (_, at) => String.raw`\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');
}
