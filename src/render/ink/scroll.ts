import { truncateRow } from '../columns.js';
import type { Frame, Key, Rows } from './types.js';

/** A window onto rows that are more than fit. */
export interface Scroll {
  /** True when the key was one of its own. */
  key: (key: Key) => boolean;
  toTop: () => void;
  /** At most `maxRows` of the rows, with a word on where one is. */
  view: (rows: Rows, maxRows: number, frame: Frame) => Rows;
}

export function createScroll(): Scroll {
  let offset = 0;
  let page = 1;
  let total = 0;
  const move = (to: number): true => {
    offset = Math.max(0, Math.min(total - page, to));
    return true;
  };
  const keys: Record<string, () => true> = {
    pageup: () => move(offset - page),
    pagedown: () => move(offset + page),
    left: () => move(offset - page),
    right: () => move(offset + page),
    home: () => move(0),
    end: () => move(total),
  };
  return {
    key: ({ name, ctrl, alt }) => (ctrl || alt ? false : (keys[name]?.() ?? false)),
    toTop() {
      offset = 0;
    },
    view(rows, maxRows, frame) {
      total = rows.length;
      const fits = total <= maxRows;
      page = Math.max(1, fits || maxRows < 2 ? maxRows : maxRows - 1);
      move(offset);
      if (maxRows <= 0) return [];
      const shown = rows.slice(offset, offset + page);
      return fits || maxRows < 2 ? shown : [whereRow({ offset, page, total }, frame), ...shown];
    },
  };
}

function whereRow(
  { offset, page, total }: { offset: number; page: number; total: number },
  { columns, theme, screenReader }: Frame,
): string {
  const range = `lines ${offset + 1}${screenReader ? ' to ' : '–'}${Math.min(total, offset + page)} of ${total}`;
  const keys = columns < 40 ? ' · ←/→' : ' · PgUp/PgDn or ←/→ for the others';
  const text = screenReader ? `${range}, page up and page down` : range + keys;
  return theme.paint('dim', truncateRow(text, columns));
}
