/** What an Ollama has installed: /api/tags, /api/show, /api/pull. */
import type { ModelSettings } from '../config/types.js';
import { OstlerError } from '../core/errors.js';
import { isRecord } from '../core/json.js';
import type { NetFetch } from '../net/fetch.js';
import { readNdjson } from './ndjson.js';
import { toModelInfo } from './ollama-describe.js';
import { toModelError } from './ollama-errors.js';
import { createOllamaHost, notOllama, toBrokeOff, type OllamaHost } from './ollama-host.js';
import { explainMissing } from './ollama-missing.js';
import { readTags, toDetails, type InstalledModel } from './ollama-tags.js';
import { errorTextOf, textOr } from './ollama-wire.js';
import type { ModelInfo } from './types.js';

export interface ModelDetails extends ModelInfo {
  family: string;
  parameterSize: string;
  quantization: string;
  capabilities: readonly string[];
  /** `name value` lines of the Modelfile. */
  parameters: string;
}

export interface PullProgress {
  status: string;
  /** Of a layer. */
  digest?: string;
  /** Bytes. */
  total?: number;
  completed?: number;
}

export interface CatalogDeps {
  fetch?: NetFetch;
}

export async function listModels(
  settings: ModelSettings,
  signal: AbortSignal,
  deps: CatalogDeps = {},
): Promise<InstalledModel[]> {
  return readTags(createOllamaHost(settings, deps.fetch), signal);
}

export async function showModel(
  settings: ModelSettings,
  name: string,
  signal: AbortSignal,
  deps: CatalogDeps = {},
): Promise<ModelDetails> {
  const host = createOllamaHost(settings, deps.fetch);
  const answer = await readShow(host, name, signal);
  const info = toModelInfo(name, answer);
  const given = answer['capabilities'];
  return {
    ...info,
    ...toDetails(answer['details']),
    capabilities: Array.isArray(given) ? given.map(String) : capabilitiesOf(info),
    parameters: textOr(answer['parameters'], ''),
  };
}

function capabilitiesOf(info: ModelInfo): string[] {
  return ['completion', ...(info.tools ? ['tools'] : []), ...(info.vision ? ['vision'] : [])];
}

/** The answer to POST /api/show; a missing model is told with what there is instead. */
export async function readShow(
  host: OllamaHost,
  name: string,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  try {
    const body = JSON.stringify({ model: name });
    const answer = await host.json('/api/show', { body, signal, model: name });
    if (isRecord(answer)) return answer;
    throw notOllama(host.origin, JSON.stringify(answer));
  } catch (error) {
    throw await explainMissing(error, host, name, signal);
  }
}

/** Pulls a model; yields every status line, about sixteen a second while bytes arrive. */
export async function* pullModel(
  settings: ModelSettings,
  name: string,
  signal: AbortSignal,
  deps: CatalogDeps = {},
): AsyncGenerator<PullProgress, void> {
  const host = createOllamaHost(settings, deps.fetch);
  const body = JSON.stringify({ model: name, stream: true });
  const response = await host.open('/api/pull', { body, signal, model: name });
  let succeeded = false;
  try {
    for await (const lines of readNdjson(response.body)) {
      for (const line of lines) {
        const progress = toProgress(line, host.origin, name);
        succeeded ||= progress.status === 'success';
        yield progress;
      }
    }
  } catch (error) {
    throw toBrokeOff(error, host.origin, signal);
  } finally {
    void response.body.cancel();
  }
  if (!succeeded) {
    throw new OstlerError('model_broke_off', `${host.origin} ended the pull of ${name} early.`, {
      hint: 'Run the same command again: it goes on where it stopped.',
    });
  }
}

function toProgress(line: unknown, origin: string, model: string): PullProgress {
  if (!isRecord(line)) throw notOllama(origin, JSON.stringify(line));
  const error = errorTextOf(line['error']);
  if (error !== undefined) throw pullError(error, origin, model);
  const { digest, total, completed } = line;
  return {
    status: textOr(line['status'], ''),
    ...(typeof digest === 'string' ? { digest } : {}),
    ...(typeof total === 'number' ? { total } : {}),
    ...(typeof completed === 'number' ? { completed } : {}),
  };
}

function pullError(text: string, origin: string, model: string): OstlerError {
  const error = toModelError({
    origin,
    model,
    status: 0,
    body: text,
    contentType: '',
    withCredentials: false,
  });
  if (error.code !== 'model_missing') return error;
  return new OstlerError('model_missing', `There is no model ${model} in the registry.`, {
    hint: 'Names are at https://ollama.com/library, with a tag: `qwen3:4b`.',
  });
}
