import type { IncomingMessage, ServerResponse } from 'node:http';
import { Refusal } from './refusal.js';

/** `application/json`, and no other charset than UTF-8 (RFC 8259 §8.1). */
const JSON_TYPE = /^application\/json[ \t]*(?:;[ \t]*charset="?utf-8"?)?$/i;

/**
 * The request's JSON. It is cut off at `maxBytes` while it streams in, never collected first.
 * Refusals: 415, 413, and 400 with JSON-RPC's -32700; none repeats what was sent.
 */
export async function readJson(
  req: IncomingMessage,
  res: ServerResponse,
  maxBytes: number,
): Promise<unknown> {
  if (!JSON_TYPE.test(req.headers['content-type']?.trim() ?? '')) {
    throw new Refusal(415, 'Unsupported Media Type: send application/json.');
  }
  if (req.headers['content-encoding'] !== undefined) {
    throw new Refusal(415, 'Unsupported Media Type: send the body without Content-Encoding.');
  }
  if (Number(req.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  // Only now: a client that asked first never sends the body of a refused request.
  if (req.headers.expect !== undefined) res.writeContinue();
  const bytes = await readBytes(req, maxBytes);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Refusal(400, 'Parse error: the body is not JSON.', { code: -32700 });
  }
}

function readBytes(req: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (finish: () => void) => {
      req.off('data', onData).off('end', onEnd).off('error', onCut).off('close', onCut);
      finish();
    };
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) settle(() => reject(tooLarge(maxBytes)));
      else chunks.push(chunk);
    };
    const onEnd = () => settle(() => resolve(Buffer.concat(chunks)));
    const onCut = () => settle(() => reject(new Refusal(400, 'Bad Request: the body broke off.')));
    req.on('data', onData).on('end', onEnd).on('error', onCut).on('close', onCut);
  });
}

function tooLarge(maxBytes: number): Refusal {
  return new Refusal(413, `Content Too Large: a message may have ${maxBytes} bytes.`);
}
