import { describe, expect, it } from 'vitest';
import { plainOf, show, showColored } from './fixtures.js';

const ESC = '\u001b';

describe('inline Markdown', () => {
  it('is styled, and styles nest', () => {
    expect(showColored('a **b *c*** ~~d~~ `e`')).toEqual([
      `a ${ESC}[1mb ${ESC}[22m${ESC}[1m${ESC}[3mc${ESC}[23m${ESC}[22m ${ESC}[9md${ESC}[29m ${ESC}[36me${ESC}[39m`,
    ]);
  });

  it('ends and begins a style anew in each row', () => {
    const rows = showColored('**one two three**', 8);
    expect(rows).toEqual([`${ESC}[1mone two${ESC}[22m`, `${ESC}[1mthree${ESC}[22m`]);
  });

  it.each([
    ['[text](https://a.b/c)', 'text (https://a.b/c)'],
    ['[https://a.b](https://a.b)', 'https://a.b'],
    ['<https://a.b> and a@b.co', 'https://a.b and a@b.co'],
    ['[text](javascript:x)', 'text (javascript:x)'],
    ['![alt](u.png)', '[image: alt](u.png)'],
    ['&lt;b&gt; &mdash; &copy; &unknown; &#65;', '<b> — © &unknown; A'],
    ['`&lt;` \\*a\\*', '&lt; *a*'],
    ['<kbd>x</kbd>', '<kbd>x</kbd>'],
    ['snake_case_name **open', 'snake_case_name **open'],
  ])('%s', (text, expected) => {
    expect(plainOf(showColored(text))).toEqual([expected]);
  });

  it('breaks a row at <br>', () => {
    expect(show('a<br>b<br/>c')).toEqual(['a', 'b', 'c']);
  });

  it('links what a terminal may open, and shows where it goes', () => {
    const link = (url: string, text: string) =>
      `${ESC}]8;;${url}\u0007${ESC}[94m${text}${ESC}[39m${ESC}]8;;\u0007`;
    const [row] = showColored('[t](https://ä.example/x)', 80, true);
    expect(row).toBe(
      `${link('https://xn--4ca.example/x', 't')}${ESC}[2m (https://ä.example/x)${ESC}[22m`,
    );
    expect(showColored('[t](file:///etc/passwd)', 80, true).join('')).not.toContain(']8;');
    expect(showColored('[t](https://a.b)', 80, false).join('')).not.toContain(']8;');
  });

  it.each([
    `a${ESC}]0;t\u0007b`,
    '&#27;]0;t&#7;',
    '&#x1b;[2J &#155;31m &#8238;x &#13;y',
    '[a](https://a.b/&#27;]8;;x&#7;)',
    `[a](https://a.b/${ESC}]8;;)`,
    '![&#27;c](&#27;[2J)',
    `\`${ESC}[2J\``,
    `\`\`\`ts${ESC}c\n${ESC}[2J\n\`\`\``,
    `|a|\n|-|\n|&#27;[2J${ESC}c|`,
    `<b title="${ESC}c">`,
  ])('lets no control character through: %j', (text) => {
    for (const row of plainOf(showColored(text, 80, true)))
      // oxlint-disable-next-line no-control-regex
      expect(row).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    expect(plainOf(showColored(text)).join('\n')).toMatch(/\\x1b/);
  });
});
