import { INK, PAPER, type Picture, type Run, type Style } from './cells.js';

/** A picture and how long it stands, milliseconds. */
export interface Moment {
  picture: Picture;
  ms: number;
}

export interface Film {
  columns: number;
  rows: number;
  title: string;
  moments: readonly Moment[];
}

const CELL = { width: 8.4, height: 18 };
const MARGIN = 14;
const BAR = 34;
const FONT =
  'ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace';

/** A piece of the screen and when it can be seen, [from, to) milliseconds. */
interface Shot {
  key: string;
  y: number;
  spans: { from: number; to: number }[];
}

/**
 * An SVG that plays by itself and begins again: rows that stay are written once, and a row shows as
 * long as it stood. Whoever wants no motion sees the last picture.
 */
export function toSvg(film: Film): string {
  const total = film.moments.reduce((sum, { ms }) => sum + ms, 0);
  const styles = createStyles();
  const contents = new Map<string, { id: string; body: string }>();
  const shots = collect(film.moments, (runs) => {
    const body = runs.map((run) => drawRun(run, styles)).join('');
    const known = contents.get(body) ?? { id: `r${contents.size.toString(36)}`, body };
    contents.set(body, known);
    return known.id;
  });
  const timings = createTimings(total);
  const uses = shots.map(({ key, y, spans }) => {
    const { id, last } = timings.of(spans);
    const place = y === 0 ? '' : ` y="${round(y * CELL.height)}"`;
    return `<use href="#${key}"${place} class="${id}${last ? ' l' : ''}"/>`;
  });
  const cursors = cursorShots(film.moments).map(({ x, y, spans }) => {
    const { id, last } = timings.of(spans);
    const [left, top] = [round(x * CELL.width), round(y * CELL.height)];
    return `<use href="#c" x="${left}" y="${top}" class="${id}${last ? ' l' : ''}"/>`;
  });
  const defs = Array.from(contents.values(), ({ id, body }) => `<g id="${id}">${body}</g>`);
  const css = [...styles.css(), ...timings.css()].join('\n');
  return windowAround(film, {
    css,
    defs: defs.join('\n'),
    body: [...uses, ...cursors].join('\n'),
  });
}

/** One moment as a picture that stands still. */
export function toStill(film: Omit<Film, 'moments'>, picture: Picture): string {
  return toSvg({ ...film, moments: [{ picture, ms: 1000 }] });
}

function collect(moments: readonly Moment[], nameOf: (runs: readonly Run[]) => string): Shot[] {
  const shots = new Map<string, Shot>();
  let from = 0;
  for (const { picture, ms } of moments) {
    for (const [y, runs] of picture.rows.entries()) {
      if (runs.length === 0) continue;
      const key = nameOf(runs);
      const shot = shots.get(`${key} ${y}`) ?? { key, y, spans: [] };
      extend(shot.spans, from, from + ms);
      shots.set(`${key} ${y}`, shot);
    }
    from += ms;
  }
  return [...shots.values()];
}

function cursorShots(moments: readonly Moment[]) {
  const shots = new Map<string, { x: number; y: number; spans: Shot['spans'] }>();
  let from = 0;
  for (const { picture, ms } of moments) {
    const { cursor } = picture;
    if (cursor) {
      const key = `${cursor.x} ${cursor.y}`;
      const shot = shots.get(key) ?? { ...cursor, spans: [] };
      extend(shot.spans, from, from + ms);
      shots.set(key, shot);
    }
    from += ms;
  }
  return [...shots.values()];
}

function extend(spans: Shot['spans'], from: number, to: number): void {
  const last = spans.at(-1);
  if (last?.to === from) last.to = to;
  else spans.push({ from, to });
}

/** A class for each set of spans; what is always there needs no animation. */
function createTimings(total: number) {
  const rules = new Map<string, string>();
  const per = (ms: number) => `${round((ms / total) * 100, 3)}%`;
  const always = '.z';
  return {
    of(spans: Shot['spans']) {
      const last = spans.at(-1)?.to === total;
      const [first] = spans;
      if (spans.length === 1 && first?.from === 0 && last) return { id: always.slice(1), last };
      const steps = spans.flatMap(({ from, to }) => [
        `${per(from)}{visibility:visible}`,
        ...(to === total ? [] : [`${per(to)}{visibility:hidden}`]),
      ]);
      const start = first?.from === 0 ? '' : '0%{visibility:hidden}';
      const frames = start + steps.join('');
      const id = rules.get(frames) ?? `k${rules.size.toString(36)}`;
      rules.set(frames, id);
      return { id, last };
    },
    css: () => [
      `use{animation:${total}ms step-end infinite}`,
      ...Array.from(
        rules,
        ([frames, id]) => `@keyframes ${id}{${frames}}.${id}{animation-name:${id}}`,
      ),
      '@media(prefers-reduced-motion:reduce){use{animation:none;visibility:hidden}.l{visibility:visible}}',
    ],
  };
}

function createStyles() {
  const names = new Map<string, string>();
  return {
    nameOf(style: Style): string {
      const rules = [
        style.ink === undefined ? '' : `fill:${style.ink}`,
        style.bold ? 'font-weight:700' : '',
        style.dim ? 'opacity:.6' : '',
        style.italic ? 'font-style:italic' : '',
        style.underline || style.strike
          ? `text-decoration:${[style.underline ? 'underline' : '', style.strike ? 'line-through' : ''].join(' ').trim()}`
          : '',
      ].filter(Boolean);
      if (rules.length === 0) return '';
      const css = rules.join(';');
      const name = names.get(css) ?? `s${names.size.toString(36)}`;
      names.set(css, name);
      return name;
    },
    css: () => Array.from(names, ([rules, name]) => `.${name}{${rules}}`),
  };
}

function drawRun({ x, width, text, style }: Run, styles: ReturnType<typeof createStyles>): string {
  const left = round(x * CELL.width);
  const length = round(width * CELL.width);
  const paper =
    style.paper === undefined
      ? ''
      : `<rect x="${left}" width="${length}" height="${CELL.height}" fill="${style.paper}"/>`;
  if (text.trim() === '') return paper;
  const name = styles.nameOf(style);
  const css = name === '' ? '' : ` class="${name}"`;
  return `${paper}<text x="${left}" y="13" textLength="${length}"${css}>${escape(text)}</text>`;
}

function windowAround(film: Film, parts: { css: string; defs: string; body: string }): string {
  const width = round(film.columns * CELL.width + 2 * MARGIN);
  const height = round(film.rows * CELL.height + BAR + MARGIN);
  const lamps = ['#f7768e', '#e0af68', '#9ece6a'].map(
    (colour, at) => `<circle cx="${20 + at * 20}" cy="17" r="6" fill="${colour}"/>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" xml:space="preserve" role="img" aria-label="${escape(film.title)}">
<style>
text{font:14px ${FONT};fill:${INK};white-space:pre}
${parts.css}
</style>
<defs>
<rect id="c" width="2" height="${CELL.height}" fill="${INK}"/>
${parts.defs}
</defs>
<rect width="${width}" height="${height}" rx="8" fill="${PAPER}"/>
${lamps.join('')}
<text x="${round(width / 2)}" y="22" text-anchor="middle" opacity=".6">${escape(film.title)}</text>
<g transform="translate(${MARGIN} ${BAR})">
${parts.body}
</g>
</svg>
`;
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function round(value: number, digits = 1): number {
  return Number(value.toFixed(digits));
}
