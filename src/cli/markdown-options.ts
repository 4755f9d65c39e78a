import { wantsColor } from '../render/style.js';
import { createTheme } from '../render/theme.js';
import type { RenderOptions } from '../render/types.js';
import type { ChatOptions } from './chat-options.js';
import type { Io } from './io.js';

const DEFAULT_COLUMNS = 80;

/** Markdown is for eyes: on a terminal that can place text, unless `--no-markdown` or `-q` was given. */
export async function markdownOptions(
  options: Pick<ChatOptions, 'markdown' | 'outputFormat' | 'quiet' | 'color' | 'theme'>,
  { stdout, env }: Pick<Io, 'stdout' | 'env'>,
): Promise<Pick<RenderOptions, 'markdown'>> {
  const { markdown, outputFormat, quiet, color, theme } = options;
  if (!markdown || outputFormat !== 'text' || quiet) return {};
  if (stdout.isTTY !== true || env['TERM'] === 'dumb') return {};
  const { createSupportsHyperlinks } = await import('supports-hyperlinks');
  return {
    markdown: {
      // A pty that was never sized has 0.
      columns: () => stdout.columns || DEFAULT_COLUMNS,
      theme: createTheme(theme === 'auto' ? 'dark' : theme, wantsColor(color, true, env)),
      hyperlinks: createSupportsHyperlinks(stdout),
    },
  };
}
