import { OstlerError } from '../../core/errors.js';

export interface SseLinesOptions {
  server: string;
  /** Every byte, in order, before what is in it is told. */
  onRaw?: ((bytes: Uint8Array) => void) | undefined;
  onComment: (text: string) => void;
  /** The server's `retry:`; gives back what to wait instead, milliseconds. */
  onRetry: (ms: number) => number;
}

/** Bytes of one event; more ends the stream. */
export const MAX_EVENT_BYTES = 8 * 1024 * 1024;

const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;
const RETRY = Buffer.from('retry');

/**
 * An event stream (https://html.spec.whatwg.org/#parsing-an-event-stream) in whole lines that end in
 * LF; frame by frame when `onRaw` is there. What an `EventSource` keeps to itself is told on the way: comments and
 * `retry:`, whose value is put within bounds.
 */
export async function* sseLines(
  body: AsyncIterable<Uint8Array>,
  options: SseLinesOptions,
): AsyncGenerator<Uint8Array, void> {
  let held: Uint8Array[] = [];
  let heldSize = 0;
  /** Bytes since the last blank line, without what is held. */
  let eventSize = 0;
  let afterCr = false;
  const { onRaw } = options;

  for await (const chunk of body) {
    let from = 0;
    // The other half of a line end that has been dealt with.
    if (afterCr && chunk[0] === LF) {
      onRaw?.(chunk.subarray(0, 1));
      from = 1;
    }
    if (chunk.length > 0) afterCr = false;
    let start = from;
    let lines: Uint8Array[] = [];
    const findEnd = createLineFinder(chunk);
    for (;;) {
      const end = findEnd(start);
      if (end === undefined) break;
      const [content, next] = end;
      const rest = chunk.subarray(start, content);
      const line = held.length === 0 ? rest : Buffer.concat([...held, rest]);
      const raw = onRaw && Buffer.concat([...held, chunk.subarray(start, next)]);
      held = [];
      heldSize = 0;
      start = next;
      afterCr = next === chunk.length && chunk[next - 1] === CR;
      eventSize = line.length === 0 ? 0 : eventSize + line.length;
      if (eventSize > MAX_EVENT_BYTES) throw tooLarge(options.server);
      const isSpecial = line[0] === COLON || isRetry(line);
      if (isSpecial && lines.length > 0) {
        yield joined(lines);
        lines = [];
      }
      if (raw) onRaw(raw);
      if (line[0] === COLON) options.onComment(textOf(line.subarray(1)));
      else lines.push(isSpecial ? boundedRetry(line, options) : line);
      if (line.length === 0 && onRaw) {
        yield joined(lines);
        lines = [];
      }
    }
    if (lines.length > 0) yield joined(lines);
    const rest = chunk.subarray(start);
    if (rest.length === 0) continue;
    held.push(rest);
    heldSize += rest.length;
    if (eventSize + heldSize > MAX_EVENT_BYTES) throw tooLarge(options.server);
  }
  // An event that was not finished is none, but it was sent.
  if (held.length > 0) onRaw?.(Buffer.concat(held));
}

/** Where the content of the line that begins at `from` ends, and where the next line begins. */
function createLineFinder(bytes: Uint8Array) {
  // Kept: a stream whose lines end in CR would be searched to its end for every line.
  let lf = bytes.indexOf(LF);
  return (from: number): [content: number, next: number] | undefined => {
    if (lf !== -1 && lf < from) lf = bytes.indexOf(LF, from);
    const until = lf === -1 ? bytes.length : lf;
    const cr = bytes.subarray(from, until).indexOf(CR);
    if (cr === -1) return lf === -1 ? undefined : [lf, lf + 1];
    const at = from + cr;
    return [at, bytes[at + 1] === LF ? at + 2 : at + 1];
  };
}

function isRetry(line: Uint8Array): boolean {
  return RETRY.every((byte, at) => line[at] === byte) && (line.length === 5 || line[5] === COLON);
}

/** `retry: 5` with a value within bounds; one that is no number means nothing, as in the standard. */
function boundedRetry(line: Uint8Array, { onRetry }: SseLinesOptions): Uint8Array {
  const value = textOf(line.subarray(6));
  return /^\d+$/.test(value) ? Buffer.from(`retry: ${onRetry(Number(value))}`) : line;
}

/** A field's value: one space behind the colon belongs to the colon. */
function textOf(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('utf8');
  return text.startsWith(' ') ? text.slice(1) : text;
}

const NEWLINE = Buffer.from('\n');

function joined(lines: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(lines.flatMap((line) => [line, NEWLINE]));
}

function tooLarge(server: string): OstlerError {
  return new OstlerError(
    'server_failed',
    `${server} sent an event larger than ${MAX_EVENT_BYTES} bytes; the stream was closed.`,
    { server },
  );
}
