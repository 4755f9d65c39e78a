/**
 * Two parts of Ink, written for texts that are laid out already; the bundler puts them in the place
 * of its own (scripts/build/ink.ts). Ink's cut every text into characters and back for each frame,
 * and remember the size of every text they ever measured: streaming for an hour would fill 100 MB.
 */
import { columnsOf } from '../columns.js';

/** Columns and rows of a text. */
export function measureRows(text: string): { width: number; height: number } {
  if (text === '') return { width: 0, height: 0 };
  const rows = text.split('\n');
  return {
    width: rows.reduce((most, row) => Math.max(most, columnsOf(row)), 0),
    height: rows.length,
  };
}

interface WriteOptions {
  transformers: readonly ((row: string, index: number) => string)[];
}

/** What is drawn in one frame: texts below each other, each from the first column. */
export class RowOutput {
  readonly #rows: string[];

  constructor({ height }: { width: number; height: number }) {
    this.#rows = Array.from({ length: height }, () => '');
  }

  write(x: number, y: number, text: string, { transformers }: WriteOptions): void {
    for (const [index, row] of text.split('\n').entries()) {
      const shown = transformers.reduce((line, transform) => transform(line, index), row);
      if (y + index < this.#rows.length) this.#rows[y + index] = ' '.repeat(x) + shown;
    }
  }

  get(): { output: string; height: number } {
    return { output: this.#rows.map((row) => row.trimEnd()).join('\n'), height: this.#rows.length };
  }
}
