import type { IncomingMessage } from 'node:http';
import type { Readable, Transform } from 'node:stream';
import { OstlerError } from '../core/errors.js';

/**
 * The body without its Content-Encoding. Compressed answers come only from servers that ignore
 * `Accept-Encoding: identity`.
 */
export async function decodeBody(message: IncomingMessage, origin: string): Promise<Readable> {
  const encoding = (message.headers['content-encoding'] ?? '').trim().toLowerCase();
  if (encoding === '' || encoding === 'identity' || isEmpty(message)) return message;
  const decoder = await createDecoder(encoding);
  if (decoder === undefined) {
    message.destroy();
    throw new OstlerError(
      'server_failed',
      `The answer of ${origin} is encoded in a way that nobody asked for (Content-Encoding).`,
    );
  }
  const { pipeline } = await import('node:stream');
  return pipeline(message, decoder, () => {});
}

/** Answers without a body may carry the header all the same, and a decoder calls nothing a broken file. */
function isEmpty({ statusCode, headers }: IncomingMessage): boolean {
  return statusCode === 204 || statusCode === 304 || headers['content-length'] === '0';
}

async function createDecoder(encoding: string): Promise<Transform | undefined> {
  const { createBrotliDecompress, createGunzip, createInflate } = await import('node:zlib');
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      return undefined;
  }
}
