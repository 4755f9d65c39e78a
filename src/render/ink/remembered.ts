import type { Frame, Rows } from './types.js';

/** Rows are made anew only when the frame is another: they may be many. */
export function remembered(make: (frame: Frame) => Rows): (frame: Frame) => Rows {
  let key: readonly unknown[] = [];
  let rows: Rows = [];
  return (frame) => {
    const next = [frame.columns, frame.theme, frame.screenReader];
    if (next.some((part, at) => part !== key[at])) rows = make(frame);
    key = next;
    return rows;
  };
}
