import { createRedactStream } from './redact.js';

/** Characters of one body or line that are written. */
export const MAX_TEXT_CHARS = 256 * 1024;
/** A token is not longer than this; characters. */
const MAX_TOKEN_CHARS = 4096;

type Hide = (text: string) => string;

export interface TracedText {
  text: string;
  truncated: boolean;
}

/** A whole text as it may be written. */
export function capText(text: string, hide: Hide): TracedText {
  if (text.length <= MAX_TEXT_CHARS) return { text: hide(text), truncated: false };
  return { text: cutText(text.slice(0, MAX_TEXT_CHARS), hide), truncated: true };
}

/** The beginning of a text: its end is given up as far as a secret may begin in it. */
function cutText(start: string, hide: Hide): string {
  const text = createRedactStream().push(start.toWellFormed());
  let end = text.length;
  const least = Math.max(0, end - MAX_TOKEN_CHARS);
  while (end > least && /[\w.~+/=%-]/.test(text.charAt(end - 1))) end -= 1;
  return hide(text.slice(0, end));
}

export interface TextTrace {
  push: (bytes: Uint8Array) => void;
  /** Writes what is held back. */
  flush: () => void;
  readonly size: number;
  readonly truncated: boolean;
}

export interface TextTraceOptions {
  hide: Hide;
  write: (piece: TracedText) => void;
  /** The cap is for one line and not for all: a stream has no end. */
  endless: boolean;
}

/**
 * Writes a text that arrives in pieces. Lines are written when they are whole, so that no secret
 * is missed because the edge of a piece went through it.
 */
export function createTextTrace({ hide, write, endless }: TextTraceOptions): TextTrace {
  const decoder = new TextDecoder();
  let held: string[] = [];
  let heldChars = 0;
  /** Characters until the cap. */
  let room = MAX_TEXT_CHARS;
  let size = 0;
  let truncated = false;
  /** In what follows the cut, until the line ends, or to the end. */
  let skipping = false;

  const take = (): string => {
    const all = held.join('');
    held = [];
    heldChars = 0;
    return all;
  };
  const cut = (text: string) => {
    skipping = true;
    truncated = true;
    write({ text: cutText(text.slice(0, room), hide), truncated: true });
  };
  /** Whole lines, or the last of all. */
  const release = () => {
    const text = take();
    if (text === '' || skipping) return;
    if (text.length > room) return cut(text);
    if (!endless) room -= text.length;
    write({ text: hide(text), truncated: false });
  };
  const hold = (text: string) => {
    if (text === '' || skipping) return;
    held.push(text);
    heldChars += text.length;
    if (heldChars > room) cut(take());
  };
  const add = (text: string) => {
    const end = text.lastIndexOf('\n') + 1;
    let from = 0;
    if (skipping && endless && end > 0) {
      skipping = false;
      from = text.indexOf('\n') + 1;
    }
    if (end > from) {
      held.push(text.slice(from, end));
      release();
      // In an endless text only the line that was too long is left out.
      if (endless) skipping = false;
    }
    hold(text.slice(Math.max(from, end)));
  };
  return {
    push(bytes) {
      size += bytes.length;
      add(decoder.decode(bytes, { stream: true }));
    },
    flush() {
      add(decoder.decode());
      release();
    },
    get size() {
      return size;
    },
    get truncated() {
      return truncated;
    },
  };
}
