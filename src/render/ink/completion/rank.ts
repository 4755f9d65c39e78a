const MAX_ITEMS = 50;
/** The fuzzy search takes a few microseconds an entry; a key must not wait for more. */
const MAX_FUZZY = 300;

/**
 * The best fifty for what was typed: those that begin with it in their own order, then those that
 * fit by fzf's score. Everything, when nothing was typed.
 */
export async function rank<T>(
  list: readonly T[],
  query: string,
  textOf: (entry: T) => string,
): Promise<readonly T[]> {
  if (query === '') return list.slice(0, MAX_ITEMS);
  const wanted = query.toLowerCase();
  const first: T[] = [];
  const within: T[] = [];
  const scattered: T[] = [];
  for (const entry of list) {
    const text = textOf(entry).toLowerCase();
    if (text.startsWith(wanted)) {
      if (first.push(entry) >= MAX_ITEMS) return first.toSorted(exactFirst(wanted, textOf));
    } else if (text.includes(wanted)) {
      if (within.length < MAX_FUZZY) within.push(entry);
    } else if (scattered.length < MAX_FUZZY && hasInOrder(text, wanted)) {
      scattered.push(entry);
    }
  }
  const rest = [...within, ...scattered].slice(0, MAX_FUZZY);
  first.sort(exactFirst(wanted, textOf));
  if (rest.length === 0) return first;
  const { Fzf } = await import('fzf');
  const finder = new Fzf<readonly { entry: T; text: string }[]>(
    rest.map((entry) => ({ entry, text: textOf(entry).slice(0, 200) })),
    {
      selector: ({ text }: { text: string }) => text,
      limit: MAX_ITEMS - first.length,
      casing: 'case-insensitive',
    },
  );
  return [...first, ...finder.find(query).map(({ item }: { item: { entry: T } }) => item.entry)];
}

function exactFirst<T>(wanted: string, textOf: (entry: T) => string) {
  const isExact = (entry: T) => (textOf(entry).toLowerCase() === wanted ? 0 : 1);
  return (a: T, b: T) => isExact(a) - isExact(b);
}

/** True when the characters of `wanted` stand in the text in their order. */
function hasInOrder(text: string, wanted: string): boolean {
  let at = 0;
  for (const char of wanted) {
    at = text.indexOf(char, at) + char.length;
    if (at < char.length) return false;
  }
  return true;
}
