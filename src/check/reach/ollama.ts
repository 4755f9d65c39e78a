import type { ModelSettings } from '../../config/types.js';
import { BUCKETS, chooseContext } from '../../model/context-budget.js';
import { now } from '../../core/clock.js';
import { OstlerError, toErrorInfo } from '../../core/errors.js';
import type { InspectEvent } from '../../core/rungs.js';
import { deadline } from '../../core/wait.js';
import { isLoopback } from '../../net/address.js';
import { readShow } from '../../model/ollama-catalog.js';
import { toModelInfo } from '../../model/ollama-describe.js';
import { bytesPerToken, isSameModel, readRunning, readVersion } from '../../model/ollama-facts.js';
import { createOllamaHost, type OllamaHost } from '../../model/ollama-host.js';
import { readTags, toDetails, type InstalledModel } from '../../model/ollama-tags.js';
import type { ModelInfo } from '../../model/types.js';
import { climb, type Ladder } from './ladder.js';
import { formatBytes } from '../../core/sizes.js';

export interface OllamaOptions {
  signal: AbortSignal;
  /** Where the host comes from: `OLLAMA_HOST`, `default`. */
  hostFrom: string;
  /** Tokens of all tools that would be offered, estimated; resolves when the servers are known. */
  toolTokens: Promise<number>;
  /** Bytes of this machine's memory. */
  totalMemory: number;
  /** For each answer, milliseconds. */
  limitMs: number;
}

const STEPS = ['ollama', 'version', 'model', 'tools', 'context', 'memory'] as const;
/** Tokens of a short prompt, with the system prompt and the template. */
const SMALL_PROMPT = 500;

interface Ollama extends OllamaOptions {
  settings: ModelSettings;
  host: OllamaHost;
  ladder: Ladder;
}

/** The ladder of the model: its host, its version, the model, what it can do and what it needs. */
export function inspectOllama(
  settings: ModelSettings,
  options: OllamaOptions,
): AsyncGenerator<InspectEvent, void> {
  return climb({
    server: 'ollama',
    names: STEPS,
    signal: options.signal,
    async work(ladder) {
      if (settings.name.startsWith('script:')) {
        for (const name of STEPS) ladder.skip(name, 'the model is a script; no Ollama is needed');
        return;
      }
      const ollama = { ...options, settings, ladder, host: createOllamaHost(settings) };
      await climbHost(ollama);
      await climbModel(ollama);
    },
  });
}

async function climbHost(ollama: Ollama): Promise<void> {
  const { ladder, host, hostFrom } = ollama;
  ladder.start('ollama');
  const startedAt = now();
  const version = await limited(ollama, (signal) => readVersion(host, signal));
  ladder.ok('ollama', {
    text: `${host.origin} answers (${hostFrom})`,
    ms: now() - startedAt,
    data: { host: host.origin, from: hostFrom },
  });
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  const age = major * 1_000_000 + minor * 1000 + patch;
  const data = { version };
  // https://github.com/ollama/ollama/releases: tools in a stream, and an error instead of a cut prompt.
  if (major === 0 && age < 8000) {
    ladder.warn('version', {
      text: `${version}: no tool calls in a stream before 0.8.0`,
      hint: 'Update Ollama: https://ollama.com/download',
      data,
    });
  } else if (major === 0 && age < 12_006) {
    ladder.warn('version', {
      text: `${version}: cuts long prompts unseen before 0.12.6`,
      hint: 'Update Ollama: https://ollama.com/download',
      data,
    });
  } else ladder.ok('version', { text: version, data });
}

async function climbModel(ollama: Ollama): Promise<void> {
  const { ladder, host, settings } = ollama;
  ladder.start('model');
  const [show, installed, running] = await limited(ollama, (signal) =>
    Promise.all([
      readShow(host, settings.name, signal),
      readTags(host, signal).catch((): InstalledModel[] => []),
      readRunning(host, signal).catch(() => []),
    ]),
  );
  const info = toModelInfo(settings.name, show);
  const { parameterSize, quantization } = toDetails(show['details']);
  const entry = installed.find(({ name }) => isSameModel(name, settings.name));
  const size = entry?.size ?? 0;
  const facts = [
    [parameterSize, quantization].filter((text) => text !== '').join(' '),
    size > 0 ? formatBytes(size) : '',
    ...(info.vision ? ['sees images'] : []),
    ...(info.thinking ? ['thinks'] : []),
  ].filter((text) => text !== '');
  ladder.ok('model', {
    text: [`${settings.name} is installed`, ...facts].join(', '),
    data: { name: settings.name, size, installed: installed.map(({ name }) => name) },
  });
  tellTools(ollama, info, installed);
  const numCtx = await tellContext(ollama, info);
  const loaded = running.find(({ name }) => isSameModel(name, settings.name));
  const cache = bytesPerToken(show['model_info']) * numCtx;
  tellMemory(ollama, { size, cache, numCtx, loaded });
}

function tellTools(
  { ladder }: Ollama,
  info: ModelInfo,
  installed: readonly InstalledModel[],
): void {
  ladder.start('tools');
  if (!info.tools) {
    const able = installed.filter(({ capabilities }) => capabilities?.includes('tools'));
    const hint =
      able.length === 0
        ? 'Get one that can: ostler models pull llama3.1'
        : `Installed ones that can: ${able
            .slice(0, 5)
            .map(({ name }) => name)
            .join(', ')} (-m NAME)`;
    ladder.fail(
      'tools',
      new OstlerError('model_no_tools', `${info.name} cannot call tools.`, { hint }),
    );
  }
  const details = info.hidesToolsAfterResult
    ? ['its template shows them only after a message of the user; ostler adds one']
    : [];
  ladder.ok('tools', { text: 'it can call tools', details });
}

/** The window that a first prompt with all tools would ask for. */
async function tellContext(ollama: Ollama, info: ModelInfo): Promise<number> {
  const { ladder, settings, toolTokens, signal } = ollama;
  ladder.start('context');
  const tools = await toolTokens;
  if (signal.aborted) signal.throwIfAborted();
  const most = info.contextLength > 0 ? `${info.contextLength} tokens at most` : 'length unknown';
  const estimate = {
    system: 0,
    tools,
    history: SMALL_PROMPT,
    results: 0,
    total: tools + SMALL_PROMPT,
  };
  const fixed = settings.numCtx;
  const chosen = chooseContext({ estimate, fixed, info, tokenRatio: 1 });
  const numCtx = chosen ?? info.defaultNumCtx ?? BUCKETS[0];
  const why =
    fixed === undefined ? (chosen === undefined ? "the model's own" : 'chosen') : 'as set';
  const text = `${most}; num_ctx would be ${numCtx} (${why})`;
  const data = { context_length: info.contextLength, num_ctx: numCtx, tool_tokens: tools };
  const details = tools === 0 ? [] : [`the tools take about ${tools} tokens of it`];
  if (fixed !== undefined && tools + SMALL_PROMPT > fixed) {
    ladder.warn('context', {
      text,
      details,
      data,
      hint: `Raise it (--num-ctx ${2 ** Math.ceil(Math.log2((tools + SMALL_PROMPT) * 1.5))}), or offer fewer tools (--server).`,
    });
  } else if (info.contextLength > 0 && fixed !== undefined && fixed > info.contextLength) {
    const hint = `Ollama cuts it to what the model holds: --num-ctx ${info.contextLength}`;
    ladder.warn('context', { text, details, data, hint });
  } else ladder.ok('context', { text, details, data });
  return numCtx;
}

interface Need {
  /** Bytes of the weights; 0 when unknown. */
  size: number;
  /** Bytes of the key-value cache; 0 when unknown. */
  cache: number;
  numCtx: number;
  loaded: { size: number; sizeVram: number; contextLength: number } | undefined;
}

function tellMemory(
  { ladder, settings, totalMemory }: Ollama,
  { size, cache, numCtx, loaded }: Need,
): void {
  const need = size + cache;
  const state =
    loaded === undefined
      ? []
      : [
          `loaded: ${formatBytes(loaded.size)}, ${shareOf(loaded)}${loaded.contextLength > 0 ? `, context ${loaded.contextLength}` : ''}`,
        ];
  if (size === 0) {
    ladder.ok('memory', { text: 'not known (it does not run here)', details: state });
    return;
  }
  const parts =
    cache === 0 ? 'the weights alone' : `${formatBytes(cache)} of it for ${numCtx} tokens`;
  const isHere = isLoopback(new URL(settings.host).hostname);
  const has = isHere ? `; this machine has ${formatBytes(totalMemory)}` : '';
  const found = {
    text: `about ${formatBytes(need)} (${parts})${has}`,
    details: state,
    data: { need, cache, total: isHere ? totalMemory : null, loaded: loaded?.size ?? null },
  };
  const fits = !isHere || loaded !== undefined || need < totalMemory * 0.9;
  if (fits) ladder.ok('memory', found);
  else {
    ladder.warn('memory', {
      ...found,
      hint: 'Unless a GPU holds it: take a smaller model, or a smaller context (--num-ctx 4096).',
    });
  }
}

function shareOf({ size, sizeVram }: { size: number; sizeVram: number }): string {
  if (sizeVram <= 0) return 'no GPU';
  return size > 0 && sizeVram < size
    ? `${Math.round((sizeVram / size) * 100)} % on the GPU`
    : 'on the GPU';
}

/** One answer, within its time. */
async function limited<T>(
  { ladder, limitMs, host }: Ollama,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = deadline(limitMs, `Ollama at ${host.origin}: the answer`, ladder.signal);
  try {
    return await work(limit.signal);
  } catch (error) {
    if (ladder.signal.aborted || !limit.signal.aborted) throw error;
    throw new OstlerError('model_unreachable', toErrorInfo(limit.signal.reason).message, {
      cause: error,
      hint: 'Is it busy? Its log tells; or give it more time: --server-timeout 60s',
    });
  } finally {
    limit.clear();
  }
}
