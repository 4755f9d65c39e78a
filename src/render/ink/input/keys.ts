import type { Key } from '../types.js';
import { readEscape } from './escape-sequences.js';
import { characterKey, controlKey, keyOf } from './key.js';
import { createPaste, toLines, type Paste } from './paste.js';
import { createSilence } from './silence.js';

export interface KeyParser {
  /** Bytes as the terminal sent them, cut anywhere. Keys are told before it returns, or when a timer runs out. */
  push: (data: Uint8Array | string) => void;
  /** Stops the timers and forgets what is unfinished. */
  end: () => void;
}

export interface KeyParserOptions {
  /** How long an ESC waits for the rest of a sequence, milliseconds. */
  escapeMs?: number;
  /** Silence that ends a paste, or a terminal's reply, whose end never comes. Milliseconds. */
  pasteIdleMs?: number;
}

const ESC = '\u001b';
/** Printable characters, with the controls a burst of lines is made of. */
// oxlint-disable-next-line no-control-regex
const RUN = /[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]+/y;

/** Turns the bytes of a terminal into keys. The text of a `reply` is the sequence itself. */
export function createKeyParser(
  onKey: (key: Key) => void,
  { escapeMs = 50, pasteIdleMs = 1000 }: KeyParserOptions = {},
): KeyParser {
  const decoder = createDecoder();
  const silence = createSilence();
  let pending = '';
  let waitsLong = false;
  let paste: Paste | undefined;
  // A key may end the parser while there is more in the chunk.
  let ends = 0;

  function endPaste(): void {
    const key = paste?.key();
    paste = undefined;
    if (key !== undefined) onKey(key);
  }

  function wait(text: string, long: boolean, goesOn: boolean): void {
    pending = text;
    // Keys pressed behind a reply that was cut off must not keep it waiting.
    if (long && goesOn) return;
    waitsLong = long;
    silence.wait(long ? pasteIdleMs : escapeMs, () => {
      const unfinished = pending;
      forget();
      giveUp(unfinished).forEach(onKey);
    });
  }

  function forget(): void {
    pending = '';
    waitsLong = false;
    silence.stop();
  }

  function readPaste(open: Paste, text: string): number {
    silence.wait(pasteIdleMs, endPaste);
    const rest = open.push(text);
    if (rest === undefined) return text.length;
    silence.stop();
    endPaste();
    return text.length - rest.length;
  }

  /** Reads one thing and returns its length; all that is left when it must wait. */
  function readOne(text: string, goesOn: boolean): number {
    if (paste !== undefined) return readPaste(paste, text);
    if (!text.startsWith(ESC)) return readPlain(text, onKey);
    const escape = readEscape(text, 0);
    if (escape.kind === 'more') {
      wait(text, escape.long, goesOn);
      return text.length;
    }
    if (escape.kind === 'paste') {
      paste = createPaste();
      silence.wait(pasteIdleMs, endPaste);
    } else escape.keys.forEach(onKey);
    return escape.end;
  }

  function read(text: string, goesOn: boolean): void {
    const mine = ends;
    for (let at = 0; at < text.length;) {
      at += readOne(at === 0 ? text : text.slice(at), goesOn && at === 0);
      if (ends !== mine) return;
    }
  }

  return {
    push(data) {
      const text = decoder.decode(data);
      if (text === '') return;
      const all = pending + text;
      const goesOn = pending !== '' && waitsLong;
      pending = '';
      if (!goesOn) silence.stop();
      read(all, goesOn);
      if (pending === '' && paste === undefined) forget();
    },
    end() {
      ends += 1;
      forget();
      paste = undefined;
      decoder.reset();
    },
  };
}

/** Reads up to the next ESC or control; returns how much that is. */
function readPlain(text: string, onKey: (key: Key) => void): number {
  RUN.lastIndex = 0;
  const run = RUN.exec(text)?.[0];
  if (run === undefined) {
    const code = text.charCodeAt(0);
    onKey(code >= 0x80 ? keyOf('unknown') : controlKey(code));
    return 1;
  }
  const pasted = burstEnd(run);
  if (pasted > 0) onKey(keyOf('text', {}, toLines(run.slice(0, pasted))));
  for (const [part] of run.slice(pasted).matchAll(/[^\r\n\t]+|\r\n?|\n|\t/g)) {
    const code = part.charCodeAt(0);
    onKey(code < 0x20 ? controlKey(code) : keyOf('text', {}, part));
  }
  return run.length;
}

/** Carriage returns with text behind them were not pressed, nobody types on in the same read: up to where lines were pasted. */
function burstEnd(run: string): number {
  let end = run.length;
  while (end > 0 && run.charCodeAt(end - 1) < 0x20) end -= 1;
  const enter = run.indexOf('\r');
  return enter !== -1 && enter < end ? end : 0;
}

/** What a sequence was that never went on. */
function giveUp(unfinished: string): Key[] {
  if (unfinished === ESC) return [keyOf('escape')];
  if (unfinished.startsWith(ESC + ESC)) return [keyOf('escape'), ...giveUp(unfinished.slice(1))];
  if (unfinished.length === 2) return [characterKey(unfinished.slice(1), { alt: true })];
  return [keyOf('unknown')];
}

/** UTF-8 whose characters may be cut, and strings whose surrogate pairs may be. */
function createDecoder(): { decode: (data: Uint8Array | string) => string; reset: () => void } {
  let utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
  let half = '';
  return {
    decode(data) {
      const text = half + (typeof data === 'string' ? data : utf8.decode(data, { stream: true }));
      half = /[\ud800-\udbff]$/.exec(text)?.[0] ?? '';
      return half === '' ? text : text.slice(0, -1);
    },
    reset() {
      utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
      half = '';
    },
  };
}
