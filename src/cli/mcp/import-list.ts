import type { Candidate } from '../../config/import/candidates.js';
import { redact } from '../../core/redact.js';
import { toTerminalLine } from '../../core/terminal-text.js';
import { formatTable } from '../../render/table.js';
import { summarize } from './where.js';

/** What other hosts have, by name. */
export function candidateTable(
  candidates: readonly Candidate[],
  width: number | undefined,
): string {
  const rows = byName(candidates).map((candidate) => {
    const { transport, where } = summarize(candidate.converted ?? candidate.entry);
    const cells = [candidate.newId, hostWords(candidate), transport, stateOf(candidate), where];
    return cells.map((cell) => toTerminalLine(redact(cell)));
  });
  return formatTable(['NAME', 'FROM', 'TRANSPORT', 'STATE', 'WHERE'], rows, { width });
}

export function candidatesJson(candidates: readonly Candidate[]): Record<string, unknown>[] {
  return byName(candidates).map((candidate) => {
    const { newId, id, host, path, problem, notes, taken } = candidate;
    const { transport, where } = summarize(candidate.converted ?? candidate.entry);
    return {
      name: newId,
      ...(id === newId ? {} : { originalName: id }),
      host,
      file: path,
      transport,
      where: redact(where),
      ...(problem === undefined ? {} : { problem }),
      ...(taken === undefined ? {} : { taken }),
      notes: notes.map(redact),
    };
  });
}

function byName(candidates: readonly Candidate[]): Candidate[] {
  return candidates.toSorted((a, b) => (a.newId < b.newId ? -1 : a.newId > b.newId ? 1 : 0));
}

export function hostWords({ host, name }: Candidate): string {
  return host === 'file' ? name : host;
}

function stateOf({ problem, taken }: Candidate): string {
  if (problem !== undefined) return `cannot be used: ${problem}`;
  if (taken === undefined) return 'new';
  return taken === 'same' ? 'there already' : 'there already, otherwise';
}
