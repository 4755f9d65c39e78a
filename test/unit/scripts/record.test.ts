import { describe, expect, it } from 'vitest';
import { pictureOf, type Picture } from '../../../scripts/record/cells.js';
import { toStill, toSvg, type Moment } from '../../../scripts/record/svg.js';
import { createScreen } from '../../support/screen.js';

const SIZE = { columns: 40, rows: 4, title: 'a <chat>' };

/** Pictures of the screen after each piece. */
async function film(...pieces: readonly string[]): Promise<Picture[]> {
  const screen = createScreen(SIZE.columns, SIZE.rows);
  const pictures: Picture[] = [];
  for (const piece of pieces) {
    await screen.write(Buffer.from(piece));
    pictures.push(pictureOf(screen.xterm, true));
  }
  screen.dispose();
  return pictures;
}

const moments = (pictures: readonly Picture[]): Moment[] =>
  pictures.map((picture) => ({ picture, ms: 500 }));

describe('pictures of a terminal', () => {
  it('have runs of one style, each at its column', async () => {
    const [picture] = await film('ab \x1b[1;31mred\x1b[0m  \x1b[7mx\x1b[0m');
    const [row] = picture?.rows ?? [];
    expect(row?.map(({ x, width, text }) => [x, width, text])).toEqual([
      [0, 2, 'ab'],
      [3, 3, 'red'],
      [8, 1, 'x'],
    ]);
    expect(row?.[1]?.style).toMatchObject({ bold: true, ink: '#f7768e' });
    expect(row?.[2]?.style.paper).toBe('#c0caf5');
  });

  it('leave wide characters alone, two cells each', async () => {
    const [picture] = await film('a日本b');
    const row = picture?.rows[0]?.map(({ x, width, text }) => [x, width, text]);
    expect(row).toEqual([
      [0, 1, 'a'],
      [1, 2, '日'],
      [3, 2, '本'],
      [5, 1, 'b'],
    ]);
  });
});

describe('the SVG', () => {
  it('writes a row once that stays, and shows each other row as long as it stood', async () => {
    const svg = toSvg({
      ...SIZE,
      moments: moments(await film('stays\r\n', 'first', '\rother', '!')),
    });
    expect(svg.split('>stays<')).toHaveLength(2);
    expect(svg).toContain('2000ms step-end infinite');
    expect(svg).toMatch(/0%\{visibility:hidden\}25%\{visibility:visible\}50%\{visibility:hidden\}/);
    expect(svg).toMatch(/prefers-reduced-motion/);
  });

  it('is one of text, safe in XML, whose columns line up', async () => {
    const [picture] = await film('a < b && "c"');
    const still = toStill(SIZE, picture ?? expect.fail('no picture'));
    expect(still).toContain('aria-label="a &lt;chat&gt;"');
    expect(still).toContain('textLength="100.8">a &lt; b &amp;&amp; &quot;c&quot;<');
    expect(still).not.toMatch(/<script|javascript:|href="http/);
  });

  it('says the same for the same film', async () => {
    const pieces = ['one\r\n', 'two\r\n', '\x1b[32mthree\x1b[0m'];
    const [a, b] = await Promise.all([film(...pieces), film(...pieces)]);
    expect(toSvg({ ...SIZE, moments: moments(a) })).toBe(toSvg({ ...SIZE, moments: moments(b) }));
  });
});
