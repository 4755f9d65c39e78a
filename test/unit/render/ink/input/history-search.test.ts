import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toTerminalLine } from '../../../../../src/core/terminal-text.js';
import { columnsOf } from '../../../../../src/render/columns.js';
import {
  searchKey,
  searchRows,
  startSearch,
  type SearchAction,
  type SearchState,
} from '../../../../../src/render/ink/input/history-search.js';
import { createTheme } from '../../../../../src/render/theme.js';
import type { Key } from '../../../../../src/render/ink/types.js';
import { pasted, press, typed } from './press.js';

const ENTRIES = ['git status', 'list issues', 'git log', 'Explain Git', 'git log', 'hello'];
const theme = createTheme('dark', false);

function search(entries: readonly string[], ...keys: (string | Key)[]): SearchAction {
  return keys.reduce<SearchAction>(
    (action, key) => {
      expect(action).toHaveProperty('state');
      const state = (action as { state: SearchState }).state;
      return searchKey(state, typeof key === 'string' ? press(key) : key);
    },
    { state: startSearch(entries, 'draft') },
  );
}

/** What is found after these keys. */
function found(...keys: (string | Key)[]): string | undefined {
  const action = search(ENTRIES, ...keys);
  if (!('state' in action)) throw new Error('the search is over');
  const { entries, match } = action.state;
  return match === undefined ? undefined : entries[match];
}

describe('searching the history', () => {
  it('finds nothing before anything is asked', () => {
    expect(found('unknown')).toBeUndefined();
    expect(search(ENTRIES, 'enter')).toEqual({ accepted: 'draft', submit: false });
  });

  it.each<[(string | Key)[], string | undefined]>([
    [[typed('git')], 'git log'],
    [[typed('g'), typed('i'), typed('t')], 'git log'],
    [[typed('git'), 'ctrl+r'], 'Explain Git'],
    [[typed('git'), 'ctrl+r', 'ctrl+r'], 'git log'],
    [[typed('git'), 'ctrl+r', 'ctrl+r', 'ctrl+r'], 'git status'],
    [[typed('git'), 'ctrl+r', 'ctrl+r', 'ctrl+r', 'ctrl+r'], 'git status'],
    [[typed('git'), 'ctrl+r', 'ctrl+s'], 'git log'],
    [[typed('git'), 'ctrl+s'], 'git log'],
    [[typed('Git')], 'Explain Git'],
    [[typed('git s')], 'git status'],
    [[typed('gits')], undefined],
    [[typed('gits'), 'backspace'], 'git log'],
    [[typed('git s'), 'ctrl+u'], undefined],
    [[typed('git'), 'ctrl+r', 'ctrl+r', typed(' l')], 'git log'],
    [[typed('.*')], undefined],
    [[typed('('), 'backspace', pasted('list\nissues')], 'list issues'],
    [['ctrl+r'], 'hello'],
    [['ctrl+r', 'ctrl+r'], 'git log'],
    [['ctrl+s'], undefined],
    [[typed('git'), 'reply'], 'git log'],
  ])('%j finds %j', (keys, expected) => {
    expect(found(...keys)).toBe(expected);
  });

  it.each<[string, SearchAction]>([
    ['enter', { accepted: 'git log', submit: true }],
    ['tab', { accepted: 'git log', submit: false }],
    ['right', { accepted: 'git log', submit: false }],
    ['up', { accepted: 'git log', submit: false }],
    ['escape', { cancelled: 'draft' }],
    ['ctrl+g', { cancelled: 'draft' }],
    ['ctrl+c', { cancelled: 'draft' }],
  ])('%s ends it', (key, expected) => {
    expect(search(ENTRIES, typed('git'), key)).toEqual(expected);
  });

  it('sends nothing when nothing is found', () => {
    expect(search(ENTRIES, typed('nowhere'), 'enter')).toEqual({
      accepted: 'draft',
      submit: false,
    });
  });
});

describe('the search on the screen', () => {
  function rows(entries: readonly string[], columns: number, ...keys: (string | Key)[]) {
    const action = search(entries, ...keys);
    if (!('state' in action)) throw new Error('the search is over');
    return searchRows(action.state, { columns, theme });
  }

  it('shows the draft, what is found, or that nothing is', () => {
    expect(rows(ENTRIES, 40)).toEqual({ rows: ['draft', 'search: '], cursor: { x: 8, y: 1 } });
    expect(rows(ENTRIES, 40, typed('git')).rows).toEqual(['git log', 'search: git']);
    expect(rows(ENTRIES, 40, typed('nix')).rows).toEqual(['draft', 'no match: nix']);
  });

  it('sets off the match', () => {
    const action = search(ENTRIES, typed('plain'));
    if (!('state' in action)) throw new Error('the search is over');
    const drawn = searchRows(action.state, { columns: 40, theme: createTheme('dark', true) });
    expect(drawn.rows[0]).toBe('Ex\u001b[7mplain\u001b[27m Git');
  });

  it('shows the match of a long prompt', () => {
    const long = `${'before '.repeat(30)}needle${' after'.repeat(30)}`;
    const [row = ''] = rows([long], 30, typed('needle')).rows;
    expect(row).toMatch(/^….*needle.*…$/);
    expect(columnsOf(row)).toBeLessThanOrEqual(30);
  });

  it('writes out what a terminal could act on', () => {
    const hostile = 'x\u001b]52;c;aGk=\u0007\nneedle\u202e\u001b[2J';
    const drawn = rows([hostile], 200, typed('needle'));
    expect(drawn.rows[0]).toBe(toTerminalLine(hostile));
  });

  it('is never too wide', () => {
    const anyText = fc.string({ unit: 'binary', maxLength: 60 });
    fc.assert(
      fc.property(
        fc.array(anyText),
        anyText,
        fc.integer({ min: 1, max: 30 }),
        (entries, query, columns) => {
          const drawn = rows(entries, columns, typed(query), 'ctrl+r');
          for (const row of drawn.rows) {
            expect(columnsOf(row)).toBeLessThanOrEqual(columns);
            expect(toTerminalLine(row)).toBe(row);
          }
          expect(drawn.cursor.x).toBeLessThanOrEqual(columns);
        },
      ),
    );
  });
});
