import { redact } from '../../core/redact.js';
import { toTerminalLine } from '../../core/terminal-text.js';
import type { Output } from '../../render/sink.js';

/** One line, safe for a terminal, registered secrets taken out. */
export function tell(output: Output, line: string): void {
  output.write(`${toTerminalLine(redact(line))}\n`);
}

export function warn(output: Output, message: string): void {
  tell(output, `! ${message}`);
}

/** `a server`, `2 servers`. */
export function count(number: number, word: string): string {
  return number === 1 ? `1 ${word}` : `${number} ${word}s`;
}
