import { searchKey, searchRows, startSearch } from './input/history-search.js';
import type { Layer } from './layers.js';

export interface SearchResult {
  text: string;
  submit: boolean;
}

/** Ctrl+R: settles with an earlier prompt, or with what stood in the input before. */
export function searchLayer(entries: readonly string[], draft: string) {
  return (settle: (result: SearchResult) => void): Layer => {
    let state = startSearch(entries, draft);
    return {
      key(key) {
        const action = searchKey(state, key);
        if ('state' in action) state = action.state;
        else if ('accepted' in action) settle({ text: action.accepted, submit: action.submit });
        else settle({ text: action.cancelled, submit: false });
      },
      view: (maxRows, { columns, theme }) => {
        const { rows, cursor } = searchRows(state, { columns, theme });
        return { rows: rows.slice(0, maxRows), cursor };
      },
    };
  };
}
