import { Static, Text, useCursor, useStdout } from 'ink';
import { memo, useSyncExternalStore, type ReactElement } from 'react';
import type { CursorPosition, Rows } from './types.js';

/** Finished rows; `key` is unique among those of one generation. */
export interface Finished {
  key: number;
  text: string;
}

/** All there is to draw. */
export interface View {
  finished: readonly Finished[];
  /** A new one begins with an empty `finished`: what was drawn is forgotten, so that memory does not grow. */
  generation: number;
  rows: Rows;
  /** Undefined hides the cursor. */
  cursor?: CursorPosition;
}

export interface ViewStore {
  subscribe: (listener: () => void) => () => void;
  view: () => View;
  /** Receives the way to write past the live rows, for what is no text. */
  onWriter: (write: (sequence: string) => void) => void;
}

/** The whole screen: finished rows above, drawn once, and the live rows below them. */
export function App({ store }: { store: ViewStore }): ReactElement {
  const { finished, generation, rows, cursor } = useSyncExternalStore(store.subscribe, store.view);
  const { setCursorPosition } = useCursor();
  store.onWriter(useStdout().write);
  setCursorPosition(cursor);
  return (
    <>
      <FinishedRows key={generation} items={finished} />
      {rows.length > 0 && <Text wrap="truncate">{rows.join('\n')}</Text>}
    </>
  );
}

/** Memoised: an unmemoised Static renders at once, past Ink's frame limit, whenever its parent does. */
const FinishedRows = memo(({ items }: { items: readonly Finished[] }) => (
  <Static items={[...items]}>{renderFinished}</Static>
));

function renderFinished({ key, text }: Finished): ReactElement {
  return (
    <Text key={key} wrap="truncate">
      {text}
    </Text>
  );
}
