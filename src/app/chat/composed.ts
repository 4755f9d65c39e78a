import type { InfoCache } from './chat-info.js';
import type { ChatParts } from './parts.js';

/** The parts, with the status line's view of them. */
export interface ComposedParts extends ChatParts {
  info: InfoCache;
}
