import { now } from '../../core/clock.js';
import { delay } from '../../core/wait.js';
import type { RawStream } from '../../net/raw.js';
import { createEventReader, type StreamEvent } from './event-reader.js';
import type { Watch } from './types.js';

/** A watched stream as the engine uses it. */
export interface LiveWatch extends Watch {
  readonly events: readonly (StreamEvent & { at: number })[];
  /** The stream's first bytes, for the evidence. */
  readonly head: Uint8Array;
  /** The first event that fits, come or to come; undefined after `ms`, at the stream's end, or by the signal. */
  find: (
    fits: (event: StreamEvent) => boolean,
    ms: number,
    signal: AbortSignal,
  ) => Promise<StreamEvent | undefined>;
  close: () => void;
}

export interface WatchOptions {
  watchMs: number;
  signal: AbortSignal;
}

const MAX_EVENTS = 2000;
const MAX_EVENT_CHARS = 8 * 1024 * 1024;
/** All of a stream, comments too. */
const MAX_BYTES = 64 * 1024 * 1024;
const HEAD_BYTES = 4096;

/** Reads a stream to its end and keeps its events, within limits. */
export function watch(stream: RawStream, { watchMs, signal }: WatchOptions): LiveWatch {
  const events: (StreamEvent & { at: number })[] = [];
  const listeners = new Set<() => void>();
  const head: Uint8Array[] = [];
  let chars = 0;
  let bytes = 0;
  let headBytes = 0;
  let ended: string | undefined;
  const tell = () => {
    for (const listener of listeners) listener();
  };
  const end = (why: string) => {
    ended ??= why;
    stream.close();
    tell();
  };
  const reader = createEventReader((event) => {
    if (ended !== undefined) return;
    events.push({ ...event, at: now() });
    chars += event.data.length;
    if (events.length >= MAX_EVENTS) end(`it sent ${MAX_EVENTS} events`);
    else if (chars > MAX_EVENT_CHARS) end('it sent more than 8 MiB');
    else tell();
  });
  const read = async () => {
    for await (const chunk of stream.chunks()) {
      if (headBytes < HEAD_BYTES) {
        head.push(chunk.subarray(0, HEAD_BYTES - headBytes));
        headBytes += chunk.length;
      }
      bytes += chunk.length;
      const problem = bytes > MAX_BYTES ? 'it sent more than 64 MiB' : reader.feed(chunk);
      if (problem !== undefined) end(problem);
      if (ended !== undefined) return;
    }
    end(stream.problem ?? 'the server ended it');
  };
  void read();

  /** Resolves when `look` gives something, when the stream has ended, or after the time. */
  const wait = async <T>(look: () => T | undefined, ms: number, abort: AbortSignal) => {
    const found = look();
    if (found !== undefined || ended !== undefined) return found;
    const stop = new AbortController();
    const listener = () => {
      if (look() !== undefined || ended !== undefined) stop.abort();
    };
    const onAbort = () => stop.abort();
    listeners.add(listener);
    abort.addEventListener('abort', onAbort, { once: true });
    if (abort.aborted) onAbort();
    try {
      await delay(ms, stop.signal);
    } catch {
      // Woken early.
    } finally {
      listeners.delete(listener);
      abort.removeEventListener('abort', onAbort);
    }
    return look();
  };

  return {
    events,
    get ended() {
      return ended;
    },
    get head() {
      return Buffer.concat(head);
    },
    find: (fits, ms, abort) => wait(() => events.find(fits), ms, abort),
    async seen(marker) {
      const holding = () => {
        const found = events.filter(({ data }) => data.includes(marker)).map(({ data }) => data);
        return found.length === 0 ? undefined : found;
      };
      const found = await wait(holding, watchMs, signal);
      if (found !== undefined) return found;
      return ended === undefined && !signal.aborted ? [] : undefined;
    },
    close: () => end('it was closed'),
  };
}

/** The stream of a session that could not be opened. */
export function endedWatch(why: string): Watch {
  return { events: [], ended: why, seen: () => Promise.resolve(undefined) };
}
