import { truncateRow } from '../columns.js';
import type { Pane } from './layers.js';
import type { Frame, Rows } from './types.js';

/** The parts of the live screen, from the top. */
export interface Parts {
  /** What the model and the tools are doing; told how many rows there are. */
  live: (maxRows: number) => Rows;
  /** Lines that say what is under way. */
  busy: Rows;
  /** Messages that wait. */
  queued: readonly string[];
  /** The input, or what has taken its place. */
  pane: (maxRows: number) => Pane;
  /** Below the input: a menu. */
  below: (maxRows: number) => Rows;
  status: string;
}

/** Rows of the answer that may still change; the fewer there are, the less a resize can damage. */
const MAX_LIVE = 10;
const MAX_QUEUED = 3;
/** From here on there is room for an empty row above the input. */
const ROOMY = 12;

/**
 * The live rows, at most `frame.rows - 1` of them. When there is little room the input comes first,
 * then the status, then what goes on above.
 */
export function composeRows(parts: Parts, frame: Frame): Pane {
  const height = Math.max(1, frame.rows - 1);
  const status = height >= 3 && parts.status !== '' ? [parts.status] : [];
  const space = height >= ROOMY ? [''] : [];
  let room = height - status.length - space.length;
  const pane = parts.pane(room);
  room -= pane.rows.length;
  const below = room > 0 ? parts.below(room) : [];
  room -= below.length;
  const queued = queuedRows(parts.queued, Math.min(room, MAX_QUEUED), frame);
  room -= queued.length;
  const busy = parts.busy.slice(0, Math.max(0, room));
  room -= busy.length;
  const live = room > 0 ? parts.live(Math.min(room, MAX_LIVE)) : [];
  const above = [...live, ...busy, ...queued, ...space];
  const { cursor } = pane;
  return {
    rows: [...above, ...pane.rows, ...below, ...status],
    ...(cursor === undefined ? {} : { cursor: { x: cursor.x, y: cursor.y + above.length } }),
  };
}

function queuedRows(texts: readonly string[], maxRows: number, { theme, columns }: Frame): Rows {
  if (maxRows <= 0) return [];
  const row = (text: string) => theme.paint('dim', truncateRow(`  queued: ${text}`, columns));
  if (texts.length <= maxRows) return texts.map(row);
  const more = texts.length - maxRows + 1;
  return [...texts.slice(0, maxRows - 1).map(row), row(`… and ${more} more`)];
}
