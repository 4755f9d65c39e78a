import { toTerminalLine } from '../../../core/terminal-text.js';
import { columnsOf, graphemes, truncateRow } from '../../columns.js';
import type { Theme } from '../../theme.js';
import type { Key } from '../types.js';
import type { InputView } from './editor-view.js';
import { createLineInput, lineKey, lineRow, type LineInput } from './line-input.js';

/** A search through earlier prompts while its words are being typed (Ctrl+R). */
export interface SearchState {
  /** Oldest first. */
  readonly entries: readonly string[];
  /** What stood in the input, and comes back when nothing is chosen. */
  readonly draft: string;
  readonly query: LineInput;
  /** Into `entries`; undefined when nothing is searched for yet, or nothing is found. */
  readonly match: number | undefined;
}

export type SearchAction =
  | { state: SearchState }
  /** `submit`: it is to be sent at once. */
  | { accepted: string; submit: boolean }
  | { cancelled: string };

/** Characters of a prompt that are searched. */
const MAX_SEARCHED = 10_000;
const ACCEPTING = new Set([
  'tab',
  'up',
  'down',
  'left',
  'right',
  'home',
  'end',
  'pageup',
  'pagedown',
]);

export function startSearch(entries: readonly string[], draft: string): SearchState {
  return { entries, draft, query: createLineInput(), match: undefined };
}

/** Ctrl+R older, Ctrl+S newer, Enter sends, Tab and arrows go back to editing, Esc and Ctrl+G give up. */
export function searchKey(state: SearchState, key: Key): SearchAction {
  const { name, ctrl, alt } = key;
  const found = state.match === undefined ? undefined : state.entries[state.match];
  if (name === 'escape' || (ctrl && (name === 'g' || name === 'c'))) {
    return { cancelled: state.draft };
  }
  if (ctrl && (name === 'r' || name === 's')) return { state: step(state, name === 'r' ? -1 : 1) };
  if (name === 'enter') return { accepted: found ?? state.draft, submit: found !== undefined };
  if (!ctrl && !alt && ACCEPTING.has(name))
    return { accepted: found ?? state.draft, submit: false };
  const query = lineKey(state.query, key);
  return { state: query === undefined ? state : withQuery(state, query) };
}

/** Goes on from the present match, which may still be right; then from the newest. */
function withQuery(state: SearchState, query: LineInput): SearchState {
  if (query.text === state.query.text) return { ...state, query };
  if (query.text === '') return { ...state, query, match: undefined };
  const newest = state.entries.length - 1;
  const isLonger = query.text.startsWith(state.query.text);
  const from = isLonger ? (state.match ?? newest) : newest;
  const match =
    find(state.entries, query.text, from, -1) ?? find(state.entries, query.text, newest, -1);
  return { ...state, query, match };
}

/** The next match that differs from this one; the same when there is none. */
function step(state: SearchState, way: -1 | 1): SearchState {
  const { entries, query, match } = state;
  if (match === undefined) {
    return way === 1
      ? state
      : { ...state, match: find(entries, query.text, entries.length - 1, -1) };
  }
  for (let at = match; ;) {
    const next = find(entries, query.text, at + way, way);
    if (next === undefined) return state;
    if (entries[next] !== entries[match]) return { ...state, match: next };
    at = next;
  }
}

function find(
  entries: readonly string[],
  query: string,
  from: number,
  way: -1 | 1,
): number | undefined {
  const wanted = toPattern(query);
  for (let at = from; at >= 0 && at < entries.length; at += way) {
    if (wanted.test((entries[at] ?? '').slice(0, MAX_SEARCHED))) return at;
  }
  return undefined;
}

/** Small letters find big ones too; big letters only themselves. */
function toPattern(query: string): RegExp {
  const literal = query.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
  return new RegExp(literal, query === query.toLowerCase() ? 'iu' : 'u');
}

/** The prompt that is found, its match set off, and under it what is searched for, with the cursor. */
export function searchRows(
  state: SearchState,
  { columns, theme }: { columns: number; theme: Theme },
): InputView {
  const { entries, draft, query, match } = state;
  const width = Math.max(1, columns);
  const shown = match === undefined ? undefined : entries[match];
  const failed = query.text !== '' && shown === undefined;
  const label = theme.paint(failed ? 'warning' : 'dim', failed ? 'no match: ' : 'search: ');
  const line = lineRow(query, { columns: width, theme, label });
  const row =
    shown === undefined
      ? theme.paint('dim', truncateRow(toTerminalLine(draft.slice(0, MAX_SEARCHED)), width))
      : matchRow(shown.slice(0, MAX_SEARCHED), query.text, { columns: width, theme });
  return { rows: [row, line.row], cursor: { x: line.x, y: 1 } };
}

function matchRow(
  entry: string,
  query: string,
  { columns, theme }: { columns: number; theme: Theme },
): string {
  const found = query === '' ? undefined : toPattern(query).exec(entry);
  const index = found?.index ?? 0;
  const length = found?.[0].length ?? 0;
  const hit = truncateRow(toTerminalLine(entry.slice(index, index + length)), columns);
  const room = columns - columnsOf(hit);
  const rest = toTerminalLine(entry.slice(index + length));
  const lead = endOf(
    toTerminalLine(entry.slice(0, index)),
    Math.max(Math.floor(room / 2), room - columnsOf(rest)),
  );
  return lead + theme.paint('selected', hit) + truncateRow(rest, room - columnsOf(lead));
}

/** The end of a text that fits, behind a `…`. */
function endOf(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let used = 1;
  let kept = '';
  for (const grapheme of graphemes(text).toReversed()) {
    used += columnsOf(grapheme);
    if (used > columns) break;
    kept = grapheme + kept;
  }
  return columns <= 0 ? '' : `…${kept}`;
}
