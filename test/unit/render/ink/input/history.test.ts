import { describe, expect, it } from 'vitest';
import { createHistory } from '../../../../../src/render/ink/input/history.js';
import type { HistoryStore } from '../../../../../src/render/ink/types.js';

/** A store that answers when it is told to. */
function slowStore(): HistoryStore & { written: string[]; answer: (texts: string[]) => void } {
  const written: string[] = [];
  let answer: (texts: string[]) => void = () => undefined;
  const loaded = new Promise<string[]>((resolve) => (answer = resolve));
  return {
    written,
    answer,
    load: () => loaded,
    append(text) {
      written.push(text);
      return Promise.resolve();
    },
  };
}

function storeOf(...texts: string[]): HistoryStore & { written: string[] } {
  const store = slowStore();
  store.answer(texts);
  return store;
}

describe('the history of prompts', () => {
  it('is walked to the oldest and back to the draft', async () => {
    const history = createHistory(storeOf('one', 'two'));
    await history.load();
    expect(history.older('dra')).toBe('two');
    expect(history.older('two')).toBe('one');
    expect(history.older('one')).toBeUndefined();
    expect(history.newer()).toBe('two');
    expect(history.newer()).toBe('dra');
    expect(history.newer()).toBeUndefined();
  });

  it('begins with the newest again after a prompt was sent or reset was asked for', async () => {
    const history = createHistory(storeOf('one', 'two'));
    await history.load();
    history.older('');
    history.older('');
    history.add('three');
    expect(history.older('')).toBe('three');
    history.older('');
    history.reset();
    expect(history.older('')).toBe('three');
  });

  it('keeps what is sent, but nothing empty and nothing twice in a row', async () => {
    const store = storeOf('one', 'one', 'two');
    const history = createHistory(store);
    await history.load();
    for (const text of ['two', '  ', '', 'three', 'three', 'one']) history.add(text);
    expect(history.entries()).toEqual(['one', 'two', 'three', 'one']);
    expect(store.written).toEqual(['three', 'one']);
  });

  it('has the prompts of the session before the store has answered', async () => {
    const store = slowStore();
    const history = createHistory(store);
    const loaded = history.load();
    history.add('mine');
    expect(history.older('')).toBe('mine');
    expect(history.older('')).toBeUndefined();
    store.answer(['theirs']);
    await loaded;
    // The walk goes on from where it was.
    expect(history.older('')).toBe('theirs');
    expect(history.newer()).toBe('mine');
  });

  it('does not show twice what was written before the store was read', async () => {
    const store = slowStore();
    const history = createHistory(store);
    const loaded = history.load();
    history.add('a');
    history.add('b');
    store.answer(['old', 'a', 'b']);
    await loaded;
    expect(history.entries()).toEqual(['old', 'a', 'b']);
  });

  it('holds a thousand', async () => {
    const history = createHistory(
      storeOf(...Array.from({ length: 1500 }, (_, index) => `p${String(index)}`)),
    );
    await history.load();
    history.add('last');
    expect(history.entries()).toHaveLength(1000);
    expect(history.entries()[0]).toBe('p501');
    expect(history.entries().at(-1)).toBe('last');
  });

  it('goes on without a store that fails', async () => {
    const history = createHistory({
      load: () => Promise.reject(new Error('no such file')),
      append: () => Promise.reject(new Error('disk full')),
    });
    await history.load();
    history.add('one');
    expect(history.older('')).toBe('one');
  });

  it('asks the store once', async () => {
    let asked = 0;
    const history = createHistory({
      load() {
        asked += 1;
        return Promise.resolve(['x']);
      },
      append: () => Promise.resolve(),
    });
    await Promise.all([history.load(), history.load()]);
    expect(asked).toBe(1);
    expect(history.entries()).toEqual(['x']);
  });
});
