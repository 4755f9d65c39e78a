import { OstlerError } from '../core/errors.js';
import type { ToolCallSummary } from '../core/events.js';

/** The end of a run whose calls were denied because nobody could be asked: which, and how to allow them. */
export function deniedUnattended(calls: readonly ToolCallSummary[]): OstlerError {
  const names = [...new Set(calls.map(({ server, tool }) => `${server}/${tool}`))];
  const flags = names.map((name) => `--allow ${toPattern(name)}`).join(' ');
  return new OstlerError(
    'denied',
    `The model wanted ${names.join(', ')}, and nobody could be asked.`,
    { hint: `Allow it with ${flags}, or everything with --yolo.` },
  );
}

/** A pattern to paste into a shell: whatever a server put into a name that a shell could act on becomes `?`. */
function toPattern(name: string): string {
  return `"${name.replaceAll(/[^\w./-]/g, '?')}"`;
}
