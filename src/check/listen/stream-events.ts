import { createRawText } from './raw-text.js';
import type { StreamOptions } from './stream.js';
import type { Ear } from './types.js';

type Told = Pick<StreamOptions, 'onComment' | 'onRetry' | 'onRaw' | 'onLost' | 'room'>;

/** What every event stream tells besides its frames. */
export function streamEvents(ear: Ear): Told {
  return {
    room: ear.room,
    onComment: (text) => ear.emit({ type: 'comment', text }),
    onRetry: (given_ms, used_ms) => ear.emit({ type: 'retry', given_ms, used_ms }),
    onRaw: ear.raw ? createRawText((text) => ear.emit({ type: 'raw', text })) : undefined,
    onLost: ({ reason, delayMs, attempt, lastEventId }) =>
      ear.emit({
        type: 'reconnecting',
        reason,
        delay_ms: delayMs,
        attempt,
        ...(lastEventId === undefined ? {} : { last_event_id: lastEventId }),
      }),
  };
}
