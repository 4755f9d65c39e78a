import type { ReadableStream as NodeReadableStream } from 'node:stream/web';

/** The pieces as a web stream. */
export function readableFrom(pieces: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  // The type of the browsers' streams, which libraries bring along, hides what Node's can.
  const Streams = ReadableStream as unknown as typeof NodeReadableStream;
  return Streams.from<Uint8Array>(pieces) as ReadableStream<Uint8Array>;
}
