import type { ModelSettings } from '../../config/types.js';
import type { ChatModel, ModelDetails } from '../../core/chat.js';
import { OstlerError } from '../../core/errors.js';
import { withSignal } from '../../core/wait.js';
import type { Model, ModelInfo } from '../../model/types.js';
import { fixedNumCtx, parametersOf, withParameter, withThink } from './parameters.js';

/** The model of the conversation: which, how it is asked, what it can do. */
export interface ModelHolder extends ChatModel {
  /** As asked now. */
  current: () => Promise<Model>;
  /** What it can do; asked in the background, and again after a failure. */
  info: (signal: AbortSignal) => Promise<ModelInfo>;
  /** The same, where it is known. */
  known: () => ModelInfo | undefined;
  /** How it is asked now. */
  settings: () => ModelSettings;
  /** The context window the person set, tokens. */
  fixedNumCtx: () => number | undefined;
}

export interface ModelHolderOptions {
  /** Ends what runs in the background. */
  signal: AbortSignal;
  /** Told when the model, or how it is asked, is another one; `name` when the model is. */
  onChange: (change: 'name' | 'settings') => void;
  system: () => string | undefined;
  setSystem: (text: string | undefined) => void;
  /** Throws while the model is in use. */
  checkIdle: () => void;
}

const SCRIPT_PREFIX = 'script:';
/** Pieces of an answer that come faster than a person can see come as one. */
const PIECE_MS = 60;

export function createModelHolder(
  configured: ModelSettings,
  { signal: life, onChange, checkIdle, system, setSystem }: ModelHolderOptions,
): ModelHolder {
  let settings = configured;
  let model: Promise<Model> | undefined;
  let asked: Promise<ModelInfo> | undefined;
  let known: ModelInfo | undefined;

  const current = () => (model ??= load(settings));

  function ask(): Promise<ModelInfo> {
    if (asked !== undefined) return asked;
    const mine = current().then((made) => made.describe(life));
    asked = mine;
    void remember(mine);
    return mine;
  }

  async function remember(mine: Promise<ModelInfo>): Promise<void> {
    try {
      const described = await mine;
      if (asked !== mine) return;
      known = described;
      onChange('settings');
    } catch {
      // Whoever needs it asks again.
      if (asked === mine) asked = undefined;
    }
  }

  function change(next: ModelSettings): void {
    settings = next;
    // A script is not asked in any way, and has its place in the file.
    if (!settings.name.startsWith(SCRIPT_PREFIX)) model = undefined;
    onChange('settings');
  }

  const info = (signal: AbortSignal) => withSignal(ask(), signal);

  return {
    get name() {
      return settings.name;
    },
    host: new URL(configured.host).origin,
    system,
    setSystem,
    current,
    info,
    known: () => known,
    settings: () => settings,
    fixedNumCtx: () => fixedNumCtx(settings),
    async list(signal) {
      const { listModels } = await import('../../model/ollama-catalog.js');
      const models = await listModels(settings, signal);
      return models.map(({ name, size, parameterSize, quantization }) => ({
        name,
        ...(size === 0 ? {} : { size }),
        ...(parameterSize === '' ? {} : { parameters: parameterSize }),
        ...(quantization === '' ? {} : { quantization }),
      }));
    },
    details: async (signal) => toDetails(await info(signal)),
    async use(name, signal) {
      const candidate = await load({ ...settings, name: toName(name) });
      const described = await candidate.describe(signal);
      checkIdle();
      settings = { ...settings, name: toName(name) };
      model = Promise.resolve(candidate);
      known = described;
      asked = Promise.resolve(described);
      onChange('name');
      return toDetails(described);
    },
    async pull(name, onProgress, signal) {
      const { pullModel } = await import('../../model/ollama-catalog.js');
      for await (const progress of pullModel(settings, toName(name), signal)) onProgress(progress);
    },
    parameters: () => parametersOf(settings),
    setParameter(name, value) {
      change(withParameter(settings, configured, { name, value }));
    },
    think: () => settings.think,
    setThink(level) {
      change(withThink(settings, level));
    },
  };
}

async function load(settings: ModelSettings): Promise<Model> {
  const [{ createModel }, { paceModel }] = await Promise.all([
    import('../../model/index.js'),
    import('../../model/paced.js'),
  ]);
  return paceModel(createModel(settings), PIECE_MS);
}

/** Ollama's name; `ollama:` and `ollama/` in front are other hosts' way to say the same. */
function toName(text: string): string {
  const name = text.trim().replace(/^ollama[:/]/, '');
  if (name !== '' && name !== SCRIPT_PREFIX) return name;
  throw new OstlerError('usage', 'There is no name of a model.');
}

function toDetails(info: ModelInfo): ModelDetails {
  const { name, tools, vision, thinking, contextLength, defaultNumCtx } = info;
  return {
    name,
    tools,
    vision,
    thinking,
    contextLength,
    ...(defaultNumCtx === undefined ? {} : { defaultNumCtx }),
  };
}
