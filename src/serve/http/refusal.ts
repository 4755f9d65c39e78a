import type { IncomingMessage, ServerResponse } from 'node:http';

/** JSON-RPC 2.0 §5.1; -32000 stands for what HTTP's status already says. */
export type RefusalCode = -32700 | -32600 | -32602 | -32603 | -32000;

export interface RefusalDetails {
  code?: RefusalCode;
  headers?: Readonly<Record<string, string>>;
}

/** A request that ends in an error answer. Any step throws it, one place writes it. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: RefusalCode;
  readonly headers: Readonly<Record<string, string>>;

  /** `message` is sent: fixed text only, nothing of the request, nothing of this machine. */
  constructor(status: number, message: string, details: RefusalDetails = {}) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.code = details.code ?? -32000;
    this.headers = details.headers ?? {};
  }
}

/** Headers of every answer; a later `writeHead` may override them. */
export function setSafeHeaders(res: ServerResponse): void {
  res.setHeader('Cache-Control', 'no-store');
  res.setHeader('X-Content-Type-Options', 'nosniff');
}

/** Answers with a small JSON-RPC error, without waiting for the request's body. */
export function sendRefusal(req: IncomingMessage, res: ServerResponse, refusal: Refusal): void {
  if (res.headersSent || res.destroyed) {
    res.destroy();
    return;
  }
  const error = { code: refusal.code, message: refusal.message };
  const body = JSON.stringify({ jsonrpc: '2.0', id: null, error });
  res.writeHead(refusal.status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    ...refusal.headers,
  });
  res.end(body);
  discardBody(req);
}

const DISCARD_MS = 5_000;

/**
 * Reads what is left of a refused body into nothing, for a while, so that the client gets to read
 * the answer: closing over unread bytes resets the connection.
 */
function discardBody(req: IncomingMessage): void {
  if (req.complete) return;
  const timer = setTimeout(() => req.socket.destroy(), DISCARD_MS);
  req.once('end', () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
  req.resume();
}
