/**
 * The one sanitiser between hostile text and a terminal. Nothing a server or a model sends reaches
 * a screen without it. It escapes and does not strip: a person sees that something was there, and
 * removing bytes can never build a new control sequence out of the rest.
 */

/**
 * What a terminal may act on or hide: C0 but \t and \n, DEL, C1, line and paragraph separators,
 * whatever Unicode lets a font ignore (zero width, fillers, tags, variation selectors, also those
 * not assigned yet), other format characters (bidi), private use, lone surrogates.
 */
const HAZARD =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\p{Default_Ignorable_Code_Point}\p{Cf}\p{Co}\p{Cs}]/u;
const HAZARDS = new RegExp(HAZARD.source, 'gu');
const ASCII_ONLY = /^[\t\n\x20-\x7e]*$/;
const EMOJI = /\p{Extended_Pictographic}|\p{Emoji_Modifier}/u;
const ZWJ = '\u200d';
const EMOJI_STYLE = '\ufe0f';

/**
 * Text that is safe to print: every character a terminal could act on is written out as `\x1b` or
 * `\u{202e}`. Keeps newline and tab. `\r\n` counts as a newline. Idempotent.
 */
export function toTerminal(text: string): string {
  if (ASCII_ONLY.test(text)) return text;
  const lines = text.includes('\r\n') ? text.replaceAll('\r\n', '\n') : text;
  if (!HAZARD.test(lines)) return lines;
  return lines.replace(HAZARDS, (char, offset: number) =>
    isEmojiJoiner(char, lines, offset) ? char : escape(char),
  );
}

/** `toTerminal` on one line: newlines and tabs are written out too. For names, titles, headers. */
export function toTerminalLine(text: string): string {
  return toTerminal(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t');
}

function escape(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

/** ZWJ and the emoji variation selector stay only where they join or follow emoji. */
function isEmojiJoiner(char: string, text: string, offset: number): boolean {
  if (char !== ZWJ && char !== EMOJI_STYLE) return false;
  const before = lastCodePoint(text, offset);
  if (char === EMOJI_STYLE) return EMOJI.test(before) || /[0-9#*]/.test(before);
  const after = String.fromCodePoint(text.codePointAt(offset + 1) ?? 0);
  const beforeJoiner =
    before === EMOJI_STYLE ? lastCodePoint(text, offset - EMOJI_STYLE.length) : before;
  return (
    EMOJI.test(beforeJoiner) &&
    (EMOJI.test(after) || /[\u2640\u2642\u2695-\u2696\u2708]/.test(after))
  );
}

function lastCodePoint(text: string, end: number): string {
  const unit = text.slice(Math.max(0, end - 1), end);
  return /[\udc00-\udfff]/.test(unit) ? text.slice(Math.max(0, end - 2), end) : unit;
}

/** Sanitises a text that arrives in pieces, so that a piece's edge changes nothing. */
export interface TerminalStream {
  push: (piece: string) => string;
  flush: () => string;
}

/** Holds back the end of a piece while the next one may still belong to it (CR, emoji sequences, half a surrogate pair). */
export function createTerminalStream(): TerminalStream {
  let held = '';
  return {
    push(piece) {
      const text = held + piece;
      if (ASCII_ONLY.test(text)) {
        held = '';
        return text;
      }
      const keep =
        // oxlint-disable-next-line no-misleading-character-class
        /(?:[\p{Extended_Pictographic}\p{Emoji_Modifier}\u200d\ufe0f]*[\ud800-\udbff]?|\r)$/u.exec(
          text,
        )?.[0];
      const cut = keep === undefined || keep.length > 64 ? text.length : text.length - keep.length;
      held = text.slice(cut);
      return toTerminal(text.slice(0, cut));
    },
    flush() {
      const rest = toTerminal(held);
      held = '';
      return rest;
    },
  };
}

/** Tag characters and supplementary variation selectors: invisible to people, read by models. */
// oxlint-disable-next-line no-misleading-character-class
const TAG_CHARACTERS = /[\u{e0000}-\u{e007f}\u{e0100}-\u{e01ef}]/gu;

/**
 * Text for a model: without the invisible tag characters that smuggle instructions, and with lone
 * surrogates replaced. Everything else stays, models read control characters as data.
 */
export function toModelText(text: string): string {
  return text.replace(TAG_CHARACTERS, '').toWellFormed();
}
