import { createTerminalStream } from '../core/terminal-text.js';
import type * as Markdown from './markdown/stream.js';
import type { RenderOptions } from './types.js';

/** The model's text on its way to a terminal. */
export interface Answer {
  push: (text: string) => Promise<void>;
  /** Something else is about to be written. A break in the answer lets what follows stand on its own. */
  pause: (breaks: boolean) => Promise<void>;
  /** Writes what is left; what follows begins a line. */
  end: () => Promise<void>;
}

/** The text as it is. */
export function createPlainAnswer({ stdout }: RenderOptions): Answer {
  const safe = createTerminalStream();
  let midLine = false;
  const show = async (text: string) => {
    if (text === '') return;
    midLine = !text.endsWith('\n');
    await stdout.write(text);
  };
  const end = async () => {
    await show(safe.flush());
    if (midLine) await show('\n');
  };
  return { push: (text) => show(safe.push(text)), pause: end, end };
}

/** Rendered rows, each written once when it is finished. */
export function createMarkdownAnswer(
  { stdout }: RenderOptions,
  options: Markdown.MarkdownOptions,
): Answer {
  let stream: Markdown.MarkdownStream | undefined;
  let lastCharacters = '';
  let sawCode = false;
  const write = async (rows: readonly string[]) => {
    if (rows.length > 0) await stdout.write(`${rows.join('\n')}\n`);
  };
  const end = async () => {
    const ended = stream;
    stream = undefined;
    if (ended !== undefined) await write(ended.end());
  };
  return {
    async push(text) {
      stream ??= (await import('./markdown/stream.js')).createMarkdownStream(options);
      const seen = lastCharacters + text;
      lastCharacters = seen.slice(-2);
      if (!sawCode && /```|~~~/.test(seen)) {
        sawCode = true;
        await (await import('./markdown/highlight.js')).loadHighlighter();
      }
      stream.push(text);
      await write(stream.takeCommitted());
    },
    pause: async (breaks) => {
      if (breaks) await end();
    },
    end,
  };
}

/** For a pipe, which gets the last answer alone when it is complete. */
export const NO_ANSWER: Answer = {
  push: () => Promise.resolve(),
  pause: () => Promise.resolve(),
  end: () => Promise.resolve(),
};
