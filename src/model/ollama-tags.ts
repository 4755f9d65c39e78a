import { isRecord } from '../core/json.js';
import { notOllama, type OllamaHost } from './ollama-host.js';
import { numberOr0, textOr } from './ollama-wire.js';

/** Strings are the server's own: hostile until sanitised. */
export interface InstalledModel {
  name: string;
  /** Bytes on disk; 0 for a cloud model. */
  size: number;
  /** RFC 3339. */
  modifiedAt: string;
  family: string;
  parameterSize: string;
  quantization: string;
  /** Tokens; 0 when the server does not tell (before 0.19). */
  contextLength: number;
  /** `undefined` when the server does not tell (before 0.30). */
  capabilities: readonly string[] | undefined;
}

/** GET /api/tags. */
export async function readTags(host: OllamaHost, signal: AbortSignal): Promise<InstalledModel[]> {
  const answer = await host.json('/api/tags', { signal, model: '' });
  if (!isRecord(answer)) throw notOllama(host.origin, JSON.stringify(answer));
  const models = Array.isArray(answer['models']) ? answer['models'] : [];
  return models.filter(isRecord).map(toInstalled);
}

function toInstalled(entry: Record<string, unknown>): InstalledModel {
  const capabilities = entry['capabilities'];
  return {
    name: textOr(entry['name'], textOr(entry['model'], '')),
    size: numberOr0(entry['size']),
    modifiedAt: textOr(entry['modified_at'], ''),
    ...toDetails(entry['details']),
    contextLength: numberOr0(isRecord(entry['details']) ? entry['details']['context_length'] : 0),
    capabilities: Array.isArray(capabilities) ? capabilities.map(String) : undefined,
  };
}

export function toDetails(value: unknown) {
  const details = isRecord(value) ? value : {};
  return {
    family: textOr(details['family'], ''),
    parameterSize: textOr(details['parameter_size'], ''),
    quantization: textOr(details['quantization_level'], ''),
  };
}
