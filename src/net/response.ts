import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { OstlerError } from '../core/errors.js';
import type { HttpTrace } from '../core/trace.js';
import { originOf } from './address.js';
import { toBodyError } from './failure.js';
import { NetHeaders, rawPairs } from './headers.js';
import { readableFrom } from './readable.js';

export interface ResponseParts {
  message: IncomingMessage;
  /** The decoded body. */
  body: Readable;
  url: string;
  maxBytes: number;
  trace?: HttpTrace | undefined;
}

/** A response in the shape of the Fetch standard, over a Node stream, with a cap on its body. */
export class NetResponse {
  readonly status: number;
  readonly statusText: string;
  readonly ok: boolean;
  readonly headers: NetHeaders;
  readonly url: string;
  readonly type = 'basic';
  readonly #stream: NetBody;

  constructor(parts: ResponseParts) {
    const { message, url } = parts;
    this.status = message.statusCode ?? 0;
    this.statusText = message.statusMessage ?? '';
    this.ok = this.status >= 200 && this.status < 300;
    this.headers = new NetHeaders();
    for (const [name, value] of rawPairs(message.rawHeaders)) this.headers.append(name, value);
    this.url = url;
    this.#stream = new NetBody(parts);
  }

  get body(): NetBody {
    return this.#stream;
  }

  async text(): Promise<string> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.#stream) chunks.push(chunk);
    return new TextDecoder().decode(Buffer.concat(chunks));
  }

  async json(): Promise<unknown> {
    const text = await this.text();
    try {
      return JSON.parse(text) as unknown;
    } catch {
      // The parser's own message quotes the text.
      throw new OstlerError('server_failed', `The answer of ${originOf(this.url)} is no JSON.`);
    }
  }

  /** The first `limit` bytes as text; the rest is not read. For error pages. */
  async excerpt(limit = 2048): Promise<string> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    try {
      for await (const chunk of this.#stream) {
        chunks.push(chunk);
        size += chunk.length;
        if (size >= limit) break;
      }
    } catch {
      // The start of a broken error page is better than nothing.
    }
    return Buffer.concat(chunks).subarray(0, limit).toString('utf8');
  }
}

/** A response body: async iterable, with a reader for `ollama` and `pipeThrough` for the MCP SDK. */
export class NetBody {
  readonly #source: Readable;
  readonly #maxBytes: number;
  readonly #url: string;
  readonly #trace: HttpTrace | undefined;
  #size = 0;
  #cancelled = false;

  constructor({ body, maxBytes, url, trace }: ResponseParts) {
    this.#source = body;
    this.#maxBytes = maxBytes;
    this.#url = url;
    this.#trace = trace;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    try {
      const chunks: AsyncIterable<Buffer> = this.#source;
      for await (const chunk of chunks) yield this.#count(chunk);
      this.#trace?.end();
    } catch (error) {
      // A read that was waiting when the body was given up just ends.
      if (this.#cancelled) return;
      const failure = toBodyError(error, new URL(this.#url));
      this.#trace?.fail(failure);
      throw failure;
    } finally {
      this.#trace?.end(true);
    }
  }

  #count(chunk: Buffer): Buffer {
    this.#trace?.chunk(chunk);
    this.#size += chunk.length;
    if (this.#size > this.#maxBytes) {
      const error = new OstlerError(
        'server_failed',
        `The answer of ${originOf(this.#url)} is larger than ${this.#maxBytes} bytes.`,
      );
      this.#source.destroy(error);
      throw error;
    }
    return chunk;
  }

  getReader(): NetReader {
    const chunks = this[Symbol.asyncIterator]();
    return {
      read: async () => {
        const next = await chunks.next();
        return next.done === true ? { done: true, value: undefined } : next;
      },
      releaseLock: () => {},
      cancel: () => this.cancel(),
    };
  }

  pipeThrough<T>(transform: {
    writable: WritableStream<Uint8Array>;
    readable: ReadableStream<T>;
  }): ReadableStream<T> {
    return readableFrom(this).pipeThrough(transform);
  }

  cancel(): Promise<void> {
    this.#cancelled = true;
    this.#trace?.end(true);
    this.#source.destroy();
    return Promise.resolve();
  }
}

export interface NetReader {
  read: () => Promise<{ done: false; value: Uint8Array } | { done: true; value: undefined }>;
  releaseLock: () => void;
  cancel: () => Promise<void>;
}
