import type { HistoryStore } from '../types.js';

/** Earlier prompts, walked through with Up and Down. */
export interface PromptHistory {
  /** Reads what earlier sessions have left. Never rejects: without it the chat goes on. */
  load: () => Promise<void>;
  /** Remembers a prompt that is sent. Does not wait for the store. */
  add: (text: string) => void;
  /** The prompt before; `draft` is what stands in the input and comes back at the other end. */
  older: (draft: string) => string | undefined;
  newer: () => string | undefined;
  /** The next `older` begins with the newest again. */
  reset: () => void;
  /** Oldest first. */
  entries: () => readonly string[];
}

const MAX_ENTRIES = 1000;

export function createHistory(store: HistoryStore): PromptHistory {
  let stored: readonly string[] = [];
  let own: readonly string[] = [];
  let all: readonly string[] = [];
  let loading: Promise<void> | undefined;
  // Counted from the newest, so that loading in between changes nothing; 0 is the draft.
  let back = 0;
  let draft = '';

  function merge(): void {
    all = withoutRepeats([...stored, ...own]).slice(-MAX_ENTRIES);
  }

  async function load(): Promise<void> {
    try {
      const loaded = await store.load();
      stored = loaded.slice(0, loaded.length - overlap(loaded, own)).slice(-MAX_ENTRIES);
      merge();
    } catch {
      // A history that cannot be read is no reason not to chat.
    }
  }

  return {
    load: () => (loading ??= load()),
    add(text) {
      back = 0;
      if (text.trim() === '' || text === all.at(-1)) return;
      own = [...own, text].slice(-MAX_ENTRIES);
      merge();
      // Nor is one that cannot be written.
      store.append(text).catch(() => undefined);
    },
    older(text) {
      if (back >= all.length) return undefined;
      if (back === 0) draft = text;
      back += 1;
      return all.at(-back);
    },
    newer() {
      if (back === 0) return undefined;
      back -= 1;
      return back === 0 ? draft : all.at(-back);
    },
    reset() {
      back = 0;
    },
    entries: () => all,
  };
}

/** How many prompts at the end of the store are this session's own, written before it was read. */
function overlap(loaded: readonly string[], own: readonly string[]): number {
  for (let count = Math.min(loaded.length, own.length); count > 0; count -= 1) {
    const end = loaded.slice(loaded.length - count);
    if (end.every((text, index) => text === own[index])) return count;
  }
  return 0;
}

function withoutRepeats(texts: readonly string[]): string[] {
  return texts.filter((text, index) => text !== texts[index - 1]);
}
