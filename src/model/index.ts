import type { ModelSettings } from '../config/types.js';
import { createOllamaModel } from './ollama.js';
import type { Model } from './types.js';

const SCRIPT_PREFIX = 'script:';

/** The model the settings name: Ollama's, or a scripted one (`script:demo`, `script:<file>`). Opens nothing yet. */
export function createModel(settings: ModelSettings): Model {
  const { name } = settings;
  return name.startsWith(SCRIPT_PREFIX)
    ? createLazyModel(name, () => loadScripted(name))
    : createOllamaModel(settings);
}

/** `script:demo` is the demo's own; everything else is a file. */
async function loadScripted(name: string): Promise<Model> {
  const { createScriptedModel } = await import('./scripted.js');
  const file = name.slice(SCRIPT_PREFIX.length);
  if (file === 'demo') {
    const { DEMO_SCRIPT } = await import('./demo-script.js');
    return createScriptedModel(name, DEMO_SCRIPT);
  }
  const { loadScript } = await import('./script-file.js');
  return createScriptedModel(name, await loadScript(file));
}

/** A model that is loaded when it is first used. */
function createLazyModel(name: string, load: () => Promise<Model>): Model {
  let loading: Promise<Model> | undefined;
  const loaded = () => (loading ??= load());
  return {
    name,
    describe: async (signal) => (await loaded()).describe(signal),
    async *chat(request, signal) {
      yield* (await loaded()).chat(request, signal);
    },
  };
}
