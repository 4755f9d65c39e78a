import { redact } from '../../core/redact.js';
import { toTerminal, toTerminalLine } from '../../core/terminal-text.js';

/** Longest text of a server that a report repeats, characters. */
const MAX_TEXT = 2000;

function cut(text: string, max: number): string {
  // Secrets first: half of one would not be found.
  const whole = redact(text);
  return whole.length > max ? `${whole.slice(0, max).toWellFormed()}…` : whole;
}

/** Foreign text in one line: without secrets, nothing a terminal acts on. */
export function line(text: string, max = MAX_TEXT): string {
  return toTerminalLine(cut(text, max));
}

/** The same with its line breaks. */
export function block(text: string, max = MAX_TEXT): string {
  return toTerminal(cut(text, max));
}
