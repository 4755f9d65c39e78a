/** What an Ollama tells of itself and of what a model needs: /api/version, /api/ps, /api/show. */
import { isRecord } from '../core/json.js';
import { notOllama, type OllamaHost } from './ollama-host.js';
import { numberOr0, textOr } from './ollama-wire.js';

/** GET /api/version. */
export async function readVersion(host: OllamaHost, signal: AbortSignal): Promise<string> {
  const answer = await host.json('/api/version', { signal, model: '' });
  const version = isRecord(answer) ? textOr(answer['version'], '') : '';
  if (version === '') throw notOllama(host.origin, JSON.stringify(answer));
  return version;
}

/** A model in memory. */
export interface RunningModel {
  name: string;
  /** Bytes, the context included. */
  size: number;
  /** Of these, in the memory of a GPU. */
  sizeVram: number;
  /** Tokens; 0 when the server does not tell (before 0.10). */
  contextLength: number;
}

/** GET /api/ps. */
export async function readRunning(host: OllamaHost, signal: AbortSignal): Promise<RunningModel[]> {
  const answer = await host.json('/api/ps', { signal, model: '' });
  const models = isRecord(answer) && Array.isArray(answer['models']) ? answer['models'] : [];
  return models.filter(isRecord).map((entry) => ({
    name: textOr(entry['name'], textOr(entry['model'], '')),
    size: numberOr0(entry['size']),
    sizeVram: numberOr0(entry['size_vram']),
    contextLength: numberOr0(entry['context_length']),
  }));
}

/** Bytes of one number of the cache: 16-bit floats, Ollama's default (OLLAMA_KV_CACHE_TYPE). */
const BYTES = 2;

/**
 * Bytes that one token of context takes in the key-value cache, by the `model_info` of /api/show;
 * 0 when it does not tell enough. Rough, on the high side: sliding windows and shared layers are
 * not looked at.
 */
export function bytesPerToken(modelInfo: unknown): number {
  if (!isRecord(modelInfo)) return 0;
  const architecture = textOr(modelInfo['general.architecture'], '');
  const read = (key: string) => largest(modelInfo[`${architecture}.${key}`]);
  const heads = read('attention.head_count');
  const kvHeads = read('attention.head_count_kv') || heads;
  const perHead = heads > 0 ? read('embedding_length') / heads : 0;
  const key = read('attention.key_length') || perHead;
  const value = read('attention.value_length') || perHead;
  return Math.round(read('block_count') * kvHeads * (key + value) * BYTES);
}

/** Some models tell a number for each layer. */
function largest(value: unknown): number {
  return Array.isArray(value) ? Math.max(0, ...value.map(numberOr0)) : numberOr0(value);
}

/** `llama3.1` and `llama3.1:latest` are the same model. */
export function isSameModel(a: string, b: string): boolean {
  const full = (name: string) => (/:[^/]*$/.test(name) ? name : `${name}:latest`);
  return full(a).toLowerCase() === full(b).toLowerCase();
}
