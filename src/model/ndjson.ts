import { StringDecoder } from 'node:string_decoder';
import { OstlerError } from '../core/errors.js';

/** No line of a model's answer is longer, unless it is an attack on memory. */
export const MAX_LINE_CHARS = 16 * 1024 * 1024;

/**
 * The values of a newline-delimited JSON stream, all those of one network chunk together: whoever
 * reads a fast stream pays once a chunk and not once a line. Blank lines are skipped. A line that
 * is no JSON, or longer than `maxChars`, throws `model_failed`; the unfinished last line of a
 * broken stream is dropped.
 */
export async function* readNdjson(
  source: AsyncIterable<Uint8Array>,
  maxChars = MAX_LINE_CHARS,
): AsyncGenerator<unknown[], void> {
  const decoder = new StringDecoder('utf8');
  let partial: string[] = [];
  let size = 0;
  for await (const chunk of source) {
    const text = decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    const cut = text.lastIndexOf('\n');
    size += cut < 0 ? text.length : text.indexOf('\n');
    if (size > maxChars) throw tooLong(maxChars);
    partial.push(cut < 0 ? text : text.slice(0, cut));
    if (cut < 0) continue;
    const lines = partial.join('').split('\n');
    partial = [text.slice(cut + 1)];
    size = text.length - cut - 1;
    const { values, broken } = parseLines(lines);
    if (values.length > 0) yield values;
    if (broken) throw notJson();
  }
  const rest = partial.join('').trim();
  if (rest === '') return;
  const value = tryParse(rest);
  if (value !== undefined) yield [value];
}

/** The values up to the first line that is no JSON. */
function parseLines(lines: readonly string[]): { values: unknown[]; broken: boolean } {
  const values: unknown[] = [];
  for (const line of lines) {
    if (line === '' || line === '\r') continue;
    const value = tryParse(line);
    if (value === undefined) return { values, broken: true };
    values.push(value);
  }
  return { values, broken: false };
}

function notJson(): OstlerError {
  return new OstlerError('model_failed', 'The model host sent a line that is not JSON.', {
    hint: 'Check that --host (or OLLAMA_HOST) is an Ollama, and not a proxy that rewrites answers.',
  });
}

function tryParse(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

function tooLong(maxChars: number): OstlerError {
  return new OstlerError(
    'model_failed',
    `The model host sent a line longer than ${maxChars} characters.`,
  );
}
