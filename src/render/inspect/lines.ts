import { redact } from '../../core/redact.js';
import type { EffectiveHeader, HeadersReport, Rung } from '../../core/rungs.js';
import { toTerminalLine } from '../../core/terminal-text.js';
import { columnsOf, wrapRows } from '../columns.js';
import type { Paint, Style } from '../style.js';

export interface LineView {
  paint: Paint;
  /** Undefined: nothing is wrapped. */
  columns: number | undefined;
}

const GLYPHS = { ok: '✓', warning: '!', failed: '✗', skipped: '-' } as const;
const STYLES: Record<Rung['status'], Style> = {
  ok: 'green',
  warning: 'yellow',
  failed: 'red',
  skipped: 'dim',
};
/** The glyph, the longest name of a step, and a gap. */
const NAME_COLUMNS = 16;
const MAX_CHARS = 2000;

/** Foreign text in one line, without secrets, safe to print. */
export function safe(text: string): string {
  const whole = redact(text);
  return toTerminalLine(whole.length > MAX_CHARS ? `${whole.slice(0, MAX_CHARS)}…` : whole);
}

/** One step: what was found, further lines under it, what to type next. */
export function rungLines(rung: Rung, view: LineView): string[] {
  const { paint } = view;
  const { status, name, text, details, hint } = rung;
  const glyph = paint(STYLES[status], GLYPHS[status]);
  const label = name.padEnd(NAME_COLUMNS - 2);
  const time = rung.ms === undefined ? '' : ` ${paint('dim', `(${duration(rung.ms)})`)}`;
  const rows = wrapped(safe(text), NAME_COLUMNS, view);
  const style = status === 'failed' ? 'red' : status === 'skipped' ? 'dim' : undefined;
  const painted = rows.map((row) => (style === undefined ? row : paint(style, row)));
  return [
    ...painted.map((row, at) =>
      at === 0 ? `${glyph} ${label}${row}` : `${' '.repeat(NAME_COLUMNS)}${row}`,
    ),
    ...details.flatMap((detail) =>
      indented(safe(detail), NAME_COLUMNS, view).map((row) => paint('dim', row)),
    ),
    ...hintLines(hint, NAME_COLUMNS, view),
  ].map((line, at) => (at === painted.length - 1 ? `${line}${time}` : line));
}

export function hintLines(hint: string | undefined, indent: number, view: LineView): string[] {
  if (hint === undefined) return [];
  return indented(`→ ${safe(hint)}`, indent, view).map((row) => view.paint('cyan', row));
}

/** `12 ms`, `1.3 s`. */
export function duration(ms: number): string {
  if (ms < 10) return `${Math.max(0.1, Math.round(ms * 10) / 10)} ms`;
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** What each channel really carries, where it came from, and what is odd about it. */
export function headerLines(report: HeadersReport, view: LineView): string[] {
  const { paint } = view;
  const { channels, warnings } = report;
  const all = channels.flatMap(({ headers }) => headers);
  const widest = (texts: readonly string[], most: number) =>
    Math.min(most, Math.max(0, ...texts.map(columnsOf)));
  const names = widest(
    all.map(({ name }) => safe(name)),
    28,
  );
  const values = widest(
    all.map(({ value }) => safe(value)),
    44,
  );
  const line = (header: EffectiveHeader) => {
    const { name, value, from, note, warning } = header;
    const { columns } = view;
    const fits = columns === undefined || names + values + columnsOf(safe(from)) + 9 <= columns;
    const row = fits
      ? `${pad(safe(name), names)}  ${pad(safe(value), values)}  ${safe(from)}`
      : `${safe(name)}: ${safe(value)} (${safe(from)})`;
    const more = note === undefined ? '' : `  (${safe(note)})`;
    // What is odd is told once, below: the same header stands on every channel.
    const mark = warning === undefined ? '' : '  !';
    return indented(`${row}${more}${mark}`, 4, view).map((text) =>
      warning === undefined ? text : paint('yellow', text),
    );
  };
  return [
    paint('bold', 'Headers as sent'),
    ...channels.flatMap(({ channel, headers, note }) => [
      `  ${safe(channel)}${note === undefined ? '' : paint('dim', `: ${safe(note)}`)}`,
      ...headers.flatMap(line),
    ]),
    ...warnings.flatMap((text) =>
      indented(`! ${safe(text)}`, 2, view).map((row) => paint('yellow', row)),
    ),
  ];
}

export function indented(text: string, indent: number, view: LineView): string[] {
  return wrapped(text, indent, view).map((row) => `${' '.repeat(indent)}${row}`);
}

function wrapped(text: string, indent: number, { columns }: LineView): string[] {
  if (columns === undefined) return [text];
  return wrapRows(text, Math.max(20, columns - indent - 1)).map((row, at) =>
    at === 0 ? row : row.trimStart(),
  );
}

function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - columnsOf(text)));
}
