import { toTerminal } from '../../core/terminal-text.js';
import { wrapRows } from '../columns.js';
import type { Theme } from '../theme.js';
import type * as Stream from '../markdown/stream.js';

export interface MarkdownLoaderOptions {
  columns: () => number;
  theme: () => Theme;
  hyperlinks: boolean;
}

/** The Markdown renderer, loaded behind the first frame; until then text is plain. */
export interface MarkdownLoader {
  tools: () => typeof Stream | undefined;
  /** Resolves when it is there. */
  load: () => Promise<void>;
  render: (text: string) => readonly string[];
}

export function createMarkdownLoader(options: MarkdownLoaderOptions): MarkdownLoader {
  const { columns, theme, hyperlinks } = options;
  let tools: typeof Stream | undefined;
  let loading: Promise<void> | undefined;
  const load = async () => {
    const [stream, { loadHighlighter }] = await Promise.all([
      import('../markdown/stream.js'),
      import('../markdown/highlight.js'),
    ]);
    tools = stream;
    await loadHighlighter();
  };
  return {
    tools: () => tools,
    load: () => (loading ??= load()),
    render: (text) =>
      tools?.renderMarkdown(text, { columns, theme: theme(), hyperlinks }) ??
      wrapRows(toTerminal(text), columns()),
  };
}
