/** The way to one Ollama: URL, headers, certificates; every failure classified. */
import type { ModelSettings } from '../config/types.js';
import { abortError, OstlerError } from '../core/errors.js';
import { VERSION } from '../core/version.js';
import { originOf } from '../net/address.js';
import { createFetch, type NetFetch } from '../net/fetch.js';
import type { NetResponse } from '../net/response.js';
import { quoteServer, toModelError } from './ollama-errors.js';

export interface HostRequest {
  /** Sent as JSON; a request without one is a GET. */
  body?: string | undefined;
  signal: AbortSignal;
  /** The model it is about, for messages. */
  model: string;
}

export interface OllamaHost {
  /** Scheme, host and port: what may be shown. */
  readonly origin: string;
  /** A response with a 2xx status; anything else is thrown as an `OstlerError`. */
  open: (path: string, request: HostRequest) => Promise<NetResponse>;
  /** The parsed body of such a response. */
  json: (path: string, request: HostRequest) => Promise<unknown>;
}

/** More than any answer of /api/show or /api/tags. */
const MAX_JSON_BYTES = 32 * 1024 * 1024;
/** Errors are JSON as well, and can only be read whole. */
const MAX_ERROR_BYTES = 256 * 1024;
/** Names of headers that carry a credential. */
const CREDENTIAL = /auth|cookie|key|token/i;

export function createOllamaHost(settings: ModelSettings, fetch?: NetFetch): OllamaHost {
  const origin = originOf(settings.host);
  const base = settings.host.replace(/\/+$/, '');
  const send = fetch ?? createFetch(netOptions(settings));
  const open = async (path: string, { body, signal, model }: HostRequest) => {
    const response = await dial(
      () =>
        send(`${base}${path}`, {
          signal,
          ...(body === undefined
            ? {}
            : { method: 'POST', body, headers: [['content-type', 'application/json']] }),
        }),
      origin,
      signal,
    );
    if (response.ok) return response;
    const text = await response.excerpt(MAX_ERROR_BYTES);
    const contentType = response.headers.get('content-type') ?? '';
    const withCredentials = settings.headers.some(([name]) => CREDENTIAL.test(name));
    throw toModelError({
      origin,
      model,
      status: response.status,
      body: text,
      contentType,
      withCredentials,
    });
  };
  return {
    origin,
    open,
    async json(path, request) {
      const response = await open(path, request);
      const text = await readText(response, origin, request.signal);
      try {
        return JSON.parse(text) as unknown;
      } catch {
        throw notOllama(origin, text);
      }
    },
  };
}

function netOptions(settings: ModelSettings) {
  return {
    headers: [
      ['user-agent', `ostler/${VERSION}`],
      ['accept', 'application/x-ndjson, application/json'],
      ...settings.headers,
    ] as const,
    ca: settings.ca,
    insecure: settings.insecure,
    // A stream may be as long as it likes; single lines and JSON bodies have their own caps.
    maxBodyBytes: Infinity,
    label: { kind: 'model', server: originOf(settings.host) } as const,
  };
}

/** The request, with the net's failures in words about the model. */
async function dial(
  send: () => Promise<NetResponse>,
  origin: string,
  signal: AbortSignal,
): Promise<NetResponse> {
  try {
    return await send();
  } catch (error) {
    if (signal.aborted) throw abortError(signal);
    throw toDialError(error, origin);
  }
}

function toDialError(error: unknown, origin: string): unknown {
  if (!(error instanceof OstlerError)) return error;
  if (error.code === 'timeout') return unreachable(origin, 'it does not answer', error);
  if (error.code !== 'server_unreachable') return error;
  const code = (error.cause as { code?: unknown } | undefined)?.code;
  if (code === 'ECONNRESET' || code === 'EPIPE') {
    return new OstlerError(
      'model_broke_off',
      `${origin} closed the connection before it answered (${code}).`,
      { hint: "Try again; the server's log tells why.", cause: error },
    );
  }
  const reason = /: (.*)\.$/.exec(error.message)?.[1] ?? 'the request failed';
  return unreachable(origin, reason, error);
}

function unreachable(origin: string, reason: string, cause: unknown): OstlerError {
  return new OstlerError('model_unreachable', `Ollama is not reachable at ${origin}: ${reason}.`, {
    hint: 'Start it with `ollama serve`, or set --host or OLLAMA_HOST.',
    cause,
  });
}

/** A connection that broke while the answer came in. */
export function toBrokeOff(error: unknown, origin: string, signal: AbortSignal): unknown {
  if (signal.aborted) return abortError(signal);
  if (!(error instanceof OstlerError) || error.code !== 'server_unreachable') return error;
  return new OstlerError('model_broke_off', `${origin} closed the connection in mid-answer.`, {
    hint: "Try again; the server's log tells why.",
    cause: error,
  });
}

async function readText(
  response: NetResponse,
  origin: string,
  signal: AbortSignal,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body) {
      size += chunk.length;
      if (size > MAX_JSON_BYTES) {
        throw new OstlerError('model_failed', `The answer of ${origin} is too large.`);
      }
      chunks.push(chunk);
    }
  } catch (error) {
    throw toBrokeOff(error, origin, signal);
  }
  return Buffer.concat(chunks).toString('utf8');
}

export function notOllama(origin: string, text: string): OstlerError {
  const page = text.trimStart().startsWith('<') ? 'a web page' : `"${quoteServer(text, 80)}"`;
  return new OstlerError('model_failed', `${origin} is no Ollama: it answered with ${page}.`, {
    hint: 'Check --host or OLLAMA_HOST: the base URL, without /api or /v1.',
  });
}
