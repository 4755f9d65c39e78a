import type { AgentEvent, ResultEvent } from '../core/events.js';
import type { Sink } from './sink.js';

export interface RenderOptions {
  /** The answer, and nothing else. */
  stdout: Sink;
  /** Everything else. */
  stderr: Sink;
  /** `quiet`: errors only. `verbose`: every tool call and state, also into a pipe. */
  level: 'quiet' | 'normal' | 'verbose';
  /** Colours on stderr. */
  color: boolean;
}

/** A renderer is a function over the event stream; it returns the last event. */
export type Renderer = (
  events: AsyncIterable<AgentEvent>,
  options: RenderOptions,
) => Promise<ResultEvent>;
