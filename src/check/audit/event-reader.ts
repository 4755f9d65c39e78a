import { createParser } from 'eventsource-parser';

export interface StreamEvent {
  /** `message` where the stream names none. */
  event: string;
  data: string;
  id?: string;
}

export interface EventReader {
  /** Undefined, or why the stream is given up: it breaks a limit. */
  feed: (chunk: Uint8Array) => string | undefined;
}

/** Characters of one event. */
const MAX_EVENT_CHARS = 8 * 1024 * 1024;

/** Events of an event stream (https://html.spec.whatwg.org/#parsing-an-event-stream), out of pieces of bytes. */
export function createEventReader(onEvent: (event: StreamEvent) => void): EventReader {
  const decoder = new TextDecoder();
  let problem: string | undefined;
  const parser = createParser({
    maxBufferSize: MAX_EVENT_CHARS,
    onEvent: ({ event = 'message', data, id }) =>
      onEvent({ event, data, ...(id === undefined ? {} : { id }) }),
    onError(error) {
      if (error.type === 'max-buffer-size-exceeded') {
        problem = `it sent an event larger than ${MAX_EVENT_CHARS / 1024 / 1024} MiB`;
      }
    },
  });
  return {
    feed(chunk) {
      if (problem === undefined) parser.feed(decoder.decode(chunk, { stream: true }));
      return problem;
    },
  };
}
