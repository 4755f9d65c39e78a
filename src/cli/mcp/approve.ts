import { viewServer } from '../../config/project-view.js';
import { OstlerError } from '../../core/errors.js';
import { toTerminalLine } from '../../core/terminal-text.js';
import { createPaint, wantsColor } from '../../render/style.js';
import type { Io } from '../io.js';
import { askYes, canAsk } from './ask-yes.js';
import type { NamedEntry } from './write-entries.js';

export interface ShownEntry extends NamedEntry {
  /** Where it comes from. */
  from?: string;
  notes: readonly string[];
}

/** Shows on stderr what the servers would run, connect to and set: nothing cut, credentials taken out. */
export function showEntries(entries: readonly ShownEntry[], { stderr, env }: Io): void {
  const paint = createPaint(wantsColor('auto', stderr.isTTY === true, env));
  for (const { id, entry, from, notes } of entries) {
    const source = from === undefined ? '' : ` (${from})`;
    stderr.write(`${toTerminalLine(`server ${id}${source}`)}\n`);
    const lines = [...viewServer(entry, { mask: true }), ...notes.map((note) => `! ${note}`)];
    for (const line of lines) {
      const safe = `  ${toTerminalLine(line)}`;
      stderr.write(`${line.startsWith('! ') ? paint('yellow', safe) : safe}\n`);
    }
  }
}

/**
 * Nothing is written that its person did not see and allow. Throws `project_untrusted` (exit 6) when
 * nobody can be asked; resolves to false for a no.
 */
export async function approve(question: string, yes: boolean, io: Io): Promise<boolean> {
  if (yes) return true;
  if (!canAsk(io.stdin, io.stderr)) {
    throw new OstlerError('project_untrusted', 'Nobody can be asked: this is no terminal.', {
      hint: 'Look at the lines above, then run it again with --yes.',
    });
  }
  return askYes(io.stdin, io.stderr, question);
}
