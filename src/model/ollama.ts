/** The Ollama adapter: the `ollama` package over our own fetch, one client a request. */
import type { ChatRequest as ClientRequest, Config } from 'ollama/browser';
import type { ModelSettings } from '../config/types.js';
import { abortError } from '../core/errors.js';
import type { NetFetch } from '../net/fetch.js';
import type { NetRequest } from '../net/types.js';
import { createCallIds, createChunkReader } from './ollama-chunks.js';
import { readShow } from './ollama-catalog.js';
import { toModelInfo } from './ollama-describe.js';
import { createOllamaHost, type OllamaHost } from './ollama-host.js';
import { explainMissing } from './ollama-missing.js';
import { toChatBody } from './ollama-request.js';
import { createChatStream, type ChatStream } from './ollama-stream.js';
import type { ChatRequest, Model, ModelChunk, ModelInfo } from './types.js';

export interface OllamaDeps {
  /** In place of the one made from the settings. */
  fetch?: NetFetch;
}

export function createOllamaModel(settings: ModelSettings, deps: OllamaDeps = {}): Model {
  const host = createOllamaHost(settings, deps.fetch);
  const newId = createCallIds();
  let asked: Promise<ModelInfo> | undefined;
  return {
    name: settings.name,
    describe(signal) {
      if (signal.aborted) return Promise.reject(abortError(signal));
      asked ??= askOnce(host, settings.name, signal).catch((error: unknown) => {
        asked = undefined;
        throw error;
      });
      return asked;
    },
    chat: (request, signal) => chat({ settings, host, newId }, request, signal),
  };
}

/** On the wire before the client library is loaded, which then happens while Ollama answers. */
async function askOnce(host: OllamaHost, name: string, signal: AbortSignal): Promise<ModelInfo> {
  const answer = readShow(host, name, signal);
  loadClient().catch(() => {});
  return toModelInfo(name, await answer);
}

/** The entry for browsers: the other one reads files whose names stand in a message. */
const loadClient = () => import('ollama/browser');

interface ChatContext {
  settings: ModelSettings;
  host: OllamaHost;
  newId: (given: unknown) => string;
}

async function* chat(
  { settings, host, newId }: ChatContext,
  request: ChatRequest,
  signal: AbortSignal,
): AsyncGenerator<ModelChunk, void> {
  if (signal.aborted) throw abortError(signal);
  const wire = createWire(host, settings.name, signal);
  const reader = createChunkReader(newId);
  try {
    const { Ollama } = await loadClient();
    const client = new Ollama({ fetch: wire.fetch });
    const body = toChatBody(settings, request);
    // The package's types lack `truncate`, ids of tool calls and think levels; the wire has them.
    for await (const line of await client.chat(body as unknown as StreamRequest)) {
      if (signal.aborted) throw abortError(signal);
      yield* reader.push(line);
    }
  } catch (error) {
    if (signal.aborted) throw abortError(signal);
    throw await explainMissing(error, host, settings.name, signal);
  } finally {
    wire.close();
  }
}

type StreamRequest = ClientRequest & { stream: true };

interface Wire {
  fetch: NonNullable<Config['fetch']>;
  close: () => void;
}

/**
 * The fetch of one request. Of the package's it takes the body only: URL and headers are the
 * settings', the signal is ours (the package's works only after the first token), and a refusal
 * is thrown here, before the package can print it to the console.
 */
function createWire(host: OllamaHost, model: string, signal: AbortSignal): Wire {
  let stream: ChatStream | undefined;
  const fetch = async (_url: unknown, init?: NetRequest) => {
    const body = typeof init?.body === 'string' ? init.body : undefined;
    const response = await host.open('/api/chat', { body, signal, model });
    stream = createChatStream(response, { origin: host.origin, model, signal });
    return { ok: true, status: response.status, headers: response.headers, body: stream.body };
  };
  return {
    fetch: fetch as unknown as Wire['fetch'],
    close: () => stream?.close(),
  };
}
