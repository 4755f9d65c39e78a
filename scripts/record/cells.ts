import type { IBufferCell, Terminal } from '@xterm/headless';

/** A colour as it is painted: `#rrggbb`; undefined = the window's own. */
export type Colour = string | undefined;

export interface Style {
  ink: Colour;
  paper: Colour;
  bold: boolean;
  dim: boolean;
  italic: boolean;
  underline: boolean;
  strike: boolean;
}

/** Neighbouring cells of one style. */
export interface Run {
  /** Column of the first cell, from 0. */
  x: number;
  /** Cells it takes. */
  width: number;
  text: string;
  style: Style;
}

/** What can be seen at one moment. */
export interface Picture {
  rows: readonly (readonly Run[])[];
  cursor: { x: number; y: number } | undefined;
}

/** The sixteen colours on a dark window. */
const PALETTE = [
  '#414868',
  '#f7768e',
  '#9ece6a',
  '#e0af68',
  '#7aa2f7',
  '#bb9af7',
  '#7dcfff',
  '#c0caf5',
  '#565f89',
  '#ff7a93',
  '#b9f27c',
  '#ff9e64',
  '#7da6ff',
  '#c79bf0',
  '#a4daff',
  '#ffffff',
];
export const INK = '#c0caf5';
export const PAPER = '#1a1b26';

export function pictureOf(terminal: Terminal, cursorVisible: boolean): Picture {
  const buffer = terminal.buffer.active;
  const rows = Array.from({ length: terminal.rows }, (_, y) => {
    const line = buffer.getLine(buffer.baseY + y);
    const runs: Run[] = [];
    for (let x = 0; x < terminal.cols; x += 1) {
      const cell = line?.getCell(x);
      // The second half of a wide character has no width of its own.
      if (cell && cell.getWidth() > 0) add(runs, x, cell);
    }
    return runs.map(withoutEnd).filter(({ text, style }) => text !== '' || style.paper);
  });
  return { rows, cursor: cursorVisible ? { x: buffer.cursorX, y: buffer.cursorY } : undefined };
}

function add(runs: Run[], x: number, cell: IBufferCell): void {
  const text = cell.getChars() || ' ';
  const style = styleOf(cell);
  const last = runs.at(-1);
  const width = cell.getWidth();
  // Wide characters stand alone: their advance differs from font to font.
  const joins = last && width === 1 && last.x + last.width === x && last.width === last.text.length;
  if (joins && same(last.style, style)) {
    last.text += text;
    last.width += 1;
  } else if (text !== ' ' || style.paper !== undefined) {
    runs.push({ x, width, text, style });
  }
}

/** Blanks that nothing makes visible need not be written. */
function withoutEnd(run: Run): Run {
  const { paper, underline, strike } = run.style;
  if (paper !== undefined || underline || strike) return run;
  const text = run.text.trimEnd();
  return { ...run, text, width: run.width - (run.text.length - text.length) };
}

function same(a: Style, b: Style): boolean {
  return (Object.keys(a) as (keyof Style)[]).every((key) => a[key] === b[key]);
}

function styleOf(cell: IBufferCell): Style {
  const ink = colourOf(cell.getFgColor(), cell.isFgRGB(), cell.isFgPalette());
  const paper = colourOf(cell.getBgColor(), cell.isBgRGB(), cell.isBgPalette());
  const inverse = cell.isInverse() !== 0;
  return {
    ink: inverse ? (paper ?? PAPER) : ink,
    paper: inverse ? (ink ?? INK) : paper,
    bold: cell.isBold() !== 0,
    dim: cell.isDim() !== 0,
    italic: cell.isItalic() !== 0,
    underline: cell.isUnderline() !== 0,
    strike: cell.isStrikethrough() !== 0,
  };
}

function colourOf(value: number, rgb: boolean, palette: boolean): Colour {
  if (rgb) return `#${value.toString(16).padStart(6, '0')}`;
  if (!palette) return undefined;
  if (value < 16) return PALETTE[value];
  if (value >= 232) return grey(8 + (value - 232) * 10);
  const cube = value - 16;
  const levels = [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6];
  return `#${levels.map((level) => hex(level === 0 ? 0 : 55 + level * 40)).join('')}`;
}

function grey(value: number): string {
  return `#${hex(value).repeat(3)}`;
}

function hex(value: number): string {
  return value.toString(16).padStart(2, '0');
}
