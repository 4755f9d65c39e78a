/**
 * Reads what a program wrote to a terminal as a terminal would, and knows the sequences a host may
 * write itself. Anything else came from a server or a model.
 */

export interface Allowed {
  /** OSC 52, which only `/copy` writes. */
  clipboard?: boolean;
  /** Kitty's and iTerm2's images. */
  images?: boolean;
}

export interface SequenceCounts {
  /** `CSI 2 J`: the screen wiped. */
  clear2J: number;
  /** `CSI 3 J`: the scrollback wiped. */
  clear3J: number;
  /** `CSI ? 2026 h`: frames. */
  frames: number;
}

/** Control strings with their end, CSI, other escapes, single controls, invisible characters. */
const SEQUENCE = new RegExp(
  [
    String.raw`\x1b[\]PX^_][\s\S]*?(?:\x07|\x1b\\|$)`,
    String.raw`\x1b\[[0-?]*[ -/]*[@-~]`,
    String.raw`\x1b[\s\S]?`,
    String.raw`[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f]`,
    String.raw`[\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\u{e0000}-\u{e01ef}]`,
  ].join('|'),
  'gu',
);

/** What the screen is drawn with: colours, cursor moves, erasing, modes of keyboard and paste. */
const OWN: readonly RegExp[] = [
  /^\x1b\[[\d;:]*m$/,
  /^\x1b\[\d*[ABCDEFG]$/,
  /^\x1b\[(\d+;\d+)?H$/,
  /^\x1b\[[0-3]?[JK]$/,
  /^\x1b\[\?(25|2004|2026)[hl]$/,
  // Kitty's keyboard protocol: asked for, switched on, taken back.
  /^\x1b\[\?u$/,
  /^\x1b\[>\d+u$/,
  /^\x1b\[<\d*u$/,
  // xterm's form of the same.
  /^\x1b\[>4;?\d*m$/,
  // What the terminal is, and the colour of its background.
  /^\x1b\[c$/,
  /^\x1b\]11;\?(\x07|\x1b\\)$/,
  /^\x1b\]8;[^;]*;(https?:|mailto:)[\x21-\x7e]*(\x07|\x1b\\)$/,
  /^\x1b\]8;;(\x07|\x1b\\)$/,
];
const CLIPBOARD = /^\x1b\]52;c;[A-Za-z\d+/=]*(\x07|\x1b\\)$/;
const IMAGES = /^\x1b(_G[\x20-\x7e]*\x1b\\|\]1337;File=[\x20-\x7e]*(\x07|\x1b\\))$/;

/** Sequences and invisible characters a host does not write, in the order of their coming. */
export function foreignSequences(bytes: Buffer, allowed: Allowed = {}): string[] {
  const own = [
    ...OWN,
    ...(allowed.clipboard === true ? [CLIPBOARD] : []),
    ...(allowed.images === true ? [IMAGES] : []),
  ];
  const found = bytes.toString('utf8').match(SEQUENCE) ?? [];
  return found.filter((sequence) => !own.some((form) => form.test(sequence)));
}

/** Throws an error that names what is not ours; returns how often screen and scrollback were wiped. */
export function assertOnlyOwnSequences(bytes: Buffer, allowed: Allowed = {}): SequenceCounts {
  const foreign = foreignSequences(bytes, allowed);
  if (foreign.length > 0) {
    const shown = foreign.slice(0, 10).map((sequence) => JSON.stringify(sequence.slice(0, 80)));
    throw new Error(`${foreign.length} foreign sequences: ${shown.join(' ')}`);
  }
  return countSequences(bytes);
}

export function countSequences(bytes: Buffer): SequenceCounts {
  const text = bytes.toString('latin1');
  const count = (sequence: string) => text.split(sequence).length - 1;
  return {
    clear2J: count('\x1b[2J'),
    clear3J: count('\x1b[3J'),
    frames: count('\x1b[?2026h'),
  };
}
