import { readFile } from 'node:fs/promises';
import type { Picture } from './display.js';
import { imageSequence, type ImageProtocol } from './images.js';
import type { Committed } from './transcript/types.js';
import type { Frame } from './types.js';

export interface ImageDrawer {
  /** What can be drawn by now, in order: an image holds back what follows it until its file is read. */
  place: (committed: readonly Committed[], frame: Frame) => Picture['finished'];
}

/** Puts images between the finished rows, as the terminal's own sequences. */
export function createImageDrawer(
  protocol: ImageProtocol | undefined,
  changed: () => void,
): ImageDrawer {
  const waiting: (Committed | { kind: 'drawn'; sequence: string | undefined })[] = [];
  let reading = false;
  const read = async (image: Extract<Committed, { kind: 'image' }>, frame: Frame) => {
    reading = true;
    const sequence = await load(image, protocol, frame);
    waiting[0] = { kind: 'drawn', sequence };
    reading = false;
    changed();
  };
  return {
    place(committed, frame) {
      waiting.push(...committed);
      const placed: (readonly string[] | string)[] = [];
      if (reading) return placed;
      while (waiting.length > 0) {
        const [next] = waiting;
        if (next?.kind === 'image') {
          void read(next, frame);
          break;
        }
        waiting.shift();
        if (next?.kind === 'rows') placed.push(next.rows);
        else if (next?.sequence !== undefined) placed.push(`${next.sequence}\n`);
      }
      return placed;
    },
  };
}

async function load(
  { path, mimeType }: Extract<Committed, { kind: 'image' }>,
  protocol: ImageProtocol | undefined,
  frame: Frame,
): Promise<string | undefined> {
  if (protocol === undefined) return undefined;
  try {
    const data = await readFile(path);
    const { columns } = frame;
    return imageSequence({ data, mimeType, protocol, columns, rows: frame.rows - 2 });
  } catch {
    // It is named in the row before; whoever wants it looks for the file.
    return undefined;
  }
}
