import { describe, expect, it } from 'vitest';
import { plainOf, show, showColored } from './fixtures.js';

const lines = (...rows: string[]) => rows.join('\n');

describe('blocks', () => {
  it.each([
    ['paragraphs keep their lines', 'a\nb\n\n\nc', ['a', 'b', '', 'c']],
    ['setext headings', 'A\n===\nB\nC\n---\nd', ['A', '', 'B', 'C', '', 'd']],
    ['a closed ATX heading', '## A b ##\n#no', ['A b', '', '#no']],
    ['a break', 'a\n\n---\nb', ['a', '', '─'.repeat(40), '', 'b']],
    ['a list below its paragraph', 'a\n- b\n- c', ['a', '• b', '• c']],
    ['a loose list', '- b\n\n- c\nlazy', ['• b', '', '• c', '  lazy']],
    ['numbers count on from the first', '3. a\n3. b\n9. c', ['3. a', '4. b', '5. c']],
    [
      'ten items hang by their number',
      '9. a\n   b\n10. c\n    d',
      ['9. a', '   b', '10. c', '    d'],
    ],
    ['a number within a sentence', 'It was\n1987. Then', ['It was', '1987. Then']],
    ['another mark is another list', '1. a\n\n1) b', ['1. a', '', '1) b']],
    ['nested lists', '- a\n  - b\n    - c\n- d', ['• a', '  ◦ b', '    ▪ c', '• d']],
    ['tasks', '- [ ] a\n- [x] b\n1. [ ] c', ['[ ] a', '[x] b', '1. [ ] c']],
    ['an empty item', '- a\n-\n- b', ['• a', '•', '• b']],
    [
      'code in an item',
      '1. a\n   ```sh\n   b\n     c\n   ```\n2. d',
      ['1. a', '     sh', '     b', '       c', '2. d'],
    ],
    ['paragraphs of an item', '- a\n\n  b\n- c', ['• a', '', '  b', '• c']],
    ['quotes', '> a\n> b\n>\n> c\n\nd', ['│ a', '│ b', '│', '│ c', '', 'd']],
    ['nested quotes and lists', '> - a\n>   > b', ['│ • a', '│   │ b']],
    ['a list in a quote in a list', '- > 1. a\n  > 2. b', ['• │ 1. a', '  │ 2. b']],
    ['code', '```ts\na\n\nb\n```\nc', ['  ts', '  a', '', '  b', '', 'c']],
    ['code without an end', 'x\n```\na\n- b', ['x', '', '  a', '  - b']],
    ['a longer fence', '````\n```\na\n```\n````', ['  ```', '  a', '  ```']],
    ['indented code', 'a\n\n    b\n\n      c\n\nd', ['a', '', '  b', '', '    c', '', 'd']],
    ['tabs', '-\ta\n\n\tb', ['• a', '', '  b']],
    [
      'HTML as text',
      '<div>\n  <p>**a**</p>\n</div>\n\n**b**',
      ['<div>', '  <p>**a**</p>', '</div>', '', 'b'],
    ],
    ['a comment with blank lines', '<!-- a\n\nb -->\nc', ['<!-- a', '', 'b -->', '', 'c']],
    ['footnotes', 'a[^1]\n\n[^1]: b', ['a[^1]', '', '[^1]: b']],
    ['reference links', '[a][r]\n\n[r]: http://x.y', ['[a][r]', '', '[r]: http://x.y']],
  ])('%s', (_, text, expected) => {
    expect(plainOf(showColored(text))).toEqual(expected);
  });

  it('wrap with a hanging indent', () => {
    expect(
      plainOf(showColored('- one two three\n  - four five six\n\n> seven eight nine', 15)),
    ).toEqual(['• one two three', '  ◦ four five', '    six', '', '│ seven eight', '│ nine']);
  });

  it('break wide characters anywhere but before closing punctuation', () => {
    expect(show('漢字漢字漢。漢字 abc漢', 10)).toEqual(['漢字漢字', '漢。漢字', 'abc漢']);
  });

  it('cut what has no spaces', () => {
    expect(show('x abcdefghijkl y', 5)).toEqual(['x', 'abcde', 'fghij', 'kl y']);
    expect(show('```\nabcdefghijklmnopq\n```', 14)).toEqual(['  abcdefghijkl', '  mnopq']);
  });

  it('stay readable when they are nested deeper than the screen is wide', () => {
    const rows = show(`${'> '.repeat(60)}deep`, 24);
    expect(rows.join('')).toContain('deep');
    expect(rows.every((row) => row.length <= 24)).toBe(true);
  });

  it('tell headings and code by their marks where there are no styles', () => {
    expect(show('## A `b`\n\n**c** `d`')).toEqual(['## A `b`', '', 'c `d`']);
  });
});

describe('tables', () => {
  const text = lines('| Name | Qty |', '|:--|--:|', '| Apple `x` | 3 |', '| 梨 | 12 |');

  it('align their columns', () => {
    expect(plainOf(showColored(text))).toEqual([
      'Name    │ Qty',
      '────────┼────',
      'Apple x │   3',
      '梨      │  12',
    ]);
  });

  it('end with the row, and begin below a paragraph', () => {
    expect(plainOf(showColored('See:\n|a|b|\n|-|-|\n|1|2|\n# x'))).toEqual([
      'See:',
      '',
      'a │ b',
      '──┼──',
      '1 │ 2',
      '',
      'x',
    ]);
  });

  it('wrap cells and part their rows when they do not fit', () => {
    const rows = plainOf(
      showColored(
        lines('|Key|Text|', '|-|-|', '|a|one two three four five six seven eight|', '|b|x<br>y|'),
        40,
      ),
    );
    expect(rows).toEqual([
      'Key │ Text',
      `────┼${'─'.repeat(35)}`,
      'a   │ one two three four five six seven',
      '    │ eight',
      `────┼${'─'.repeat(35)}`,
      'b   │ x',
      '    │ y',
    ]);
  });

  it('are records where columns would be too narrow', () => {
    expect(
      plainOf(
        showColored(lines('|Key|Text|', '|-|-|', '|a|one two three four five six|', '|b|x|'), 30),
      ),
    ).toEqual(['Key: a', 'Text: one two three four five', 'six', '', 'Key: b', 'Text: x']);
  });

  it('keep what a row has too much, and escaped pipes', () => {
    expect(plainOf(showColored('|a|b|\n|-|-|\n|1|2|3|\n|`x\\|y`|'))).toEqual([
      'a   │ b',
      '────┼──────',
      '1   │ 2 | 3',
      'x|y │',
    ]);
  });

  it('are not what only looks like one', () => {
    expect(show('a | b\n|-|\n')).toEqual(['a | b', '|-|']);
  });
});
