import { redact } from '../../../core/redact.js';
import { toTerminal } from '../../../core/terminal-text.js';

/** Hostile text as safe lines without secrets, of about `maxChars` characters and `…`. */
export function safeLines(text: string, maxChars: number): string[] {
  const whole = redact(text);
  const safe = toTerminal(whole.length > maxChars ? `${whole.slice(0, maxChars)}…` : whole);
  return safe.split('\n');
}
