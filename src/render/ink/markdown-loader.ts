import { toTerminal } from '../../core/terminal-text.js';
import { wrapRows } from '../columns.js';
import type { Theme } from '../theme.js';
import type * as Stream from '../markdown/stream.js';

export interface MarkdownLoaderOptions {
  columns: () => number;
  theme: () => Theme;
  hyperlinks: boolean;
}

/** Loads the Markdown renderer behind the first frame; nobody waits for it. */
export function createMarkdownLoader({ columns, theme, hyperlinks }: MarkdownLoaderOptions) {
  let tools: typeof Stream | undefined;
  return {
    tools: () => tools,
    load() {
      void (async () => {
        const [stream, { loadHighlighter }] = await Promise.all([
          import('../markdown/stream.js'),
          import('../markdown/highlight.js'),
        ]);
        tools = stream;
        await loadHighlighter();
      })();
    },
    render: (text: string): readonly string[] =>
      tools?.renderMarkdown(text, { columns, theme: theme(), hyperlinks }) ??
      wrapRows(toTerminal(text), columns()),
  };
}
