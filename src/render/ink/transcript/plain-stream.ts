import { createTerminalStream } from '../../../core/terminal-text.js';
import { wrapRows } from '../../columns.js';
import type { MarkdownStream } from './types.js';

/** An unfinished line longer than this gives its first rows away. */
const LONG_LINE = 2000;

/** Text as it is, line by line: until Markdown is loaded. */
export function createPlainStream(columns: () => number): MarkdownStream {
  const safe = createTerminalStream();
  let committed: string[] = [];
  let line = '';
  const add = (text: string) => {
    const lines = (line + text).split('\n');
    line = lines.pop() ?? '';
    for (const finished of lines) committed.push(...wrapRows(finished, columns()));
    if (line.length < LONG_LINE) return;
    const rows = wrapRows(line, columns());
    line = rows.pop() ?? '';
    committed.push(...rows);
  };
  const take = () => {
    const rows = committed;
    committed = [];
    return rows;
  };
  return {
    push: (text) => add(safe.push(text)),
    takeCommitted: take,
    tail: (maxRows) =>
      maxRows <= 0 || line === '' ? [] : wrapRows(line, columns()).slice(-maxRows),
    end() {
      add(safe.flush());
      if (line !== '') committed.push(...wrapRows(line, columns()));
      line = '';
      return take();
    },
  };
}
