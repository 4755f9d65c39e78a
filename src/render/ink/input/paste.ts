import { keyOf } from './key.js';
import type { Key } from '../types.js';

const END = '\u001b[201~';
/** UTF-16 units kept of one paste; what comes beyond is read and dropped. */
const MAX_PASTE = 16 * 1024 * 1024;

export interface Paste {
  /** What follows the paste, undefined while it goes on. */
  push: (text: string) => string | undefined;
  key: () => Key;
}

/** Collects a bracketed paste (xterm ctlseqs, "Bracketed Paste Mode") in time linear in its length. */
export function createPaste(): Paste {
  const pieces: string[] = [];
  let size = 0;
  // The beginning of an end mark may be the end of a chunk.
  let tail = '';

  function keep(text: string): void {
    const kept = text.slice(0, MAX_PASTE - size);
    size += kept.length;
    if (kept !== '') pieces.push(kept);
  }

  return {
    push(text) {
      const all = tail + text;
      const end = all.indexOf(END);
      if (end !== -1) {
        keep(all.slice(0, end));
        tail = '';
        return all.slice(end + END.length);
      }
      const held = heldBack(all);
      keep(all.slice(0, all.length - held));
      tail = all.slice(all.length - held);
      return undefined;
    },
    key: () => keyOf('paste', {}, toLines(pieces.join(''))),
  };
}

function heldBack(text: string): number {
  for (let length = Math.min(END.length - 1, text.length); length > 0; length -= 1) {
    if (text.endsWith(END.slice(0, length))) return length;
  }
  return 0;
}

/** Every line ending as `\n`. */
export function toLines(text: string): string {
  return text.includes('\r') ? text.replaceAll(/\r\n?/g, '\n') : text;
}
