import { OstlerError } from '../core/errors.js';

const MAX_PAGES = 1000;
const MAX_ITEMS = 10_000;

export interface PagesOptions {
  server: string;
  /** E.g. `tools/list`. */
  method: string;
  /** The key of the items in a page, e.g. `tools`. */
  key: string;
  /** Gets every item, unchecked. */
  onItem: (item: unknown) => void;
}

/**
 * Walks all pages of a list (server/utilities/pagination). Cursors are opaque; endless pagination is
 * a `protocol_error`.
 */
export async function walkPages(
  fetchPage: (cursor: string | undefined) => Promise<Record<string, unknown>>,
  { server, method, key, onItem }: PagesOptions,
): Promise<void> {
  const endless = (what: string) =>
    new OstlerError('protocol_error', `${server}: ${method} does not end (${what}).`, { server });
  const seen = new Set<string>();
  let count = 0;
  let cursor: string | undefined;
  do {
    const page = await fetchPage(cursor);
    const items = page[key];
    cursor = typeof page['nextCursor'] === 'string' ? page['nextCursor'] : undefined;
    if (Array.isArray(items)) {
      count += items.length;
      if (count > MAX_ITEMS) throw endless(`more than ${MAX_ITEMS} ${key}`);
      for (const item of items) onItem(item);
    }
    if (cursor !== undefined && seen.has(cursor)) throw endless('the same page twice');
    if (cursor !== undefined) seen.add(cursor);
    if (seen.size >= MAX_PAGES) throw endless(`more than ${MAX_PAGES} pages`);
  } while (cursor !== undefined);
}
