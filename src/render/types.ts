import type { AgentEvent, ResultEvent } from '../core/events.js';
import type { Sink } from './sink.js';
import type { Theme } from './theme.js';

export interface RenderOptions {
  /** The answer, and nothing else. */
  stdout: Sink;
  /** Everything else. */
  stderr: Sink;
  /** `quiet`: errors only. `verbose`: every tool call and state, also into a pipe. */
  level: 'quiet' | 'normal' | 'verbose';
  /** Colours on stderr. */
  color: boolean;
  /** The answer is rendered as Markdown; only where stdout is a terminal. */
  markdown?: { columns: () => number; theme: Theme; hyperlinks: boolean };
}

/** A renderer is a function over the event stream; it returns the last event. */
export type Renderer = (
  events: AsyncIterable<AgentEvent>,
  options: RenderOptions,
) => Promise<ResultEvent>;
