import type { ModelSettings } from '../../../src/config/types.js';

/** Settings for a model at that URL, everything else as by default. */
export function modelSettings(host: string, more: Partial<ModelSettings> = {}): ModelSettings {
  return { name: 'llama3.1', host, headers: [], insecure: false, options: {}, ...more };
}
