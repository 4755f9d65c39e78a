import type { Rows } from '../types.js';
import { clampRows, isBlank } from './rows.js';
import type { Committed } from './types.js';

/** Rows that belong together; an empty row stands between two parts. */
export interface Part {
  add: (rows: Rows) => void;
  /** Rows added next would have an empty row before them. */
  readonly gap: boolean;
}

/** Collects what is finished, with exactly one empty row between parts. */
export interface Output {
  part: () => Part;
  /** An image, right below the rows before it. */
  image: (image: { mimeType: string; path: string }) => void;
  take: () => readonly Committed[];
}

export function createOutput(columns: () => number): Output {
  let items: Committed[] = [];
  let rows: string[] = [];
  let current: Part | undefined;
  /** Empty rows at the end of the current part: only printed when more of it follows. */
  let blanks = 0;
  const settle = () => {
    if (rows.length > 0) items.push({ kind: 'rows', rows });
    rows = [];
  };
  const append = (part: Part, added: Rows) => {
    for (const row of clampRows(added, columns())) {
      if (isBlank(row)) {
        if (current === part) blanks += 1;
        continue;
      }
      const empty = current === part ? blanks : current === undefined ? 0 : 1;
      for (let index = 0; index < empty; index += 1) rows.push('');
      rows.push(row);
      blanks = 0;
      current = part;
    }
  };
  return {
    part() {
      const part: Part = {
        add: (added) => append(part, added),
        get gap() {
          return current === part ? blanks > 0 : current !== undefined;
        },
      };
      return part;
    },
    image(image) {
      settle();
      items.push({ kind: 'image', ...image });
    },
    take() {
      settle();
      const taken = items;
      items = [];
      return taken;
    },
  };
}
