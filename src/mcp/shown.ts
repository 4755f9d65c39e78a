import { redact } from '../core/redact.js';
import { toTerminalLine } from '../core/terminal-text.js';

/** Longer texts are cut before anything looks at them. */
const MAX_INPUT = 4096;

/** A server's text as it may stand in an error or a warning: one line, short, harmless, no secret. */
export function shown(text: string, maxChars = 300): string {
  const line = text.slice(0, MAX_INPUT).replaceAll(/\s+/g, ' ').trim();
  const safe = toTerminalLine(redact(line));
  return safe.length > maxChars ? `${safe.slice(0, maxChars)}…` : safe;
}
