import { change, outside, type EditorState } from './editor-state.js';
import { joinFragments, sliceFragment, type Fragment } from './fragment.js';

const MAX_KILLS = 32;

/** Takes a range out and keeps it for yanking. Kills in a row make one text, as in readline. */
export function kill(state: EditorState, start: number, end: number): EditorState {
  if (start >= end) return state;
  const from = outside(state, start, 'before');
  const to = outside(state, end, 'after');
  const killed = sliceFragment(state, from, to);
  const [newest, ...older] = state.kills;
  const goesOn = state.last === 'kill' && newest !== undefined;
  const kills = goesOn
    ? [joinKills(newest, killed, from < state.cursor), ...older]
    : [killed, ...state.kills.slice(0, MAX_KILLS - 1)];
  return { ...change(state, { start: from, end: to }, { text: '', folds: [] }, 'kill'), kills };
}

function joinKills(newest: Fragment, killed: Fragment, backwards: boolean): Fragment {
  return backwards ? joinFragments(killed, newest) : joinFragments(newest, killed);
}

/** Puts in what was killed last. */
export function yank(state: EditorState): EditorState {
  const newest = state.kills[0];
  if (newest === undefined) return state;
  return change(state, { start: state.cursor, end: state.cursor }, newest, 'yank');
}

/** After a yank: the text killed before takes its place, and the ring turns. */
export function yankPop(state: EditorState): EditorState {
  const yanked = state.undo.at(-1);
  const [newest, ...older] = state.kills;
  const next = older[0];
  if (state.last !== 'yank' || yanked === undefined || newest === undefined) return state;
  if (next === undefined) return state;
  const range = { start: yanked.start, end: yanked.start + yanked.inserted.text.length };
  return { ...change(state, range, next, 'yank'), kills: [...older, newest] };
}
