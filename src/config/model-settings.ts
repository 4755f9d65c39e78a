import path from 'node:path';
import { isRecord, type JsonSchema } from '../core/json.js';
import { checkUnique, toBearer, toHeader, toHeaderFromLine, type HeaderPair } from './headers.js';
import type { Layers, Setting, SettingParser } from './layers.js';
import { resolveOllamaHost } from './ollama-host.js';
import { readCertificates, readNamedFile } from './read-files.js';
import { registerUrlSecrets } from './secrets.js';
import { DEFAULTS, type ModelSettings, type ThinkLevel } from './types.js';
import {
  BadValue,
  toBoolean,
  toKeepAlive,
  toNumber,
  toOneOf,
  toText,
  toTexts,
  toWhole,
} from './values.js';

/** Options of /api/chat with a key of their own: their names in Ollama, here and how they are read. */
const OPTIONS: readonly (Setting & { option: string; parser: (raw: unknown) => unknown })[] = [
  { option: 'temperature', flags: ['temperature'], keys: ['temperature'], parser: toNumber },
  { option: 'seed', flags: ['seed'], keys: ['seed'], parser: toWhole(Number.MIN_SAFE_INTEGER) },
  { option: 'top_p', keys: ['topP'], parser: toNumber },
  { option: 'top_k', keys: ['topK'], parser: toWhole(0) },
  { option: 'stop', keys: ['stopSequences'], parser: (raw) => [raw].flat().map(String) },
  { option: 'num_predict', keys: ['maxTokens'], parser: toWhole(-2) },
  { option: 'num_gpu', keys: ['numGpuLayers'], parser: toWhole(-1) },
  { option: 'main_gpu', keys: ['mainGpu'], parser: toWhole(0) },
];

/** Which model answers, where and how. */
export async function readModelSettings(layers: Layers): Promise<ModelSettings> {
  const { read } = layers;
  const name = await read({ flags: ['model'], keys: ['model'] }, toModelName);
  const host = await read(
    { flags: ['host', 'providerUrl'], keys: ['host', 'providerUrl'], variable: 'OLLAMA_HOST' },
    toHost,
  );
  const ca = await read({ flags: ['modelCa'], keys: ['modelCa'] }, (raw, found) =>
    readCertificates(toText(raw), found),
  );
  const think = await read({ flags: ['think'], keys: ['think'] }, toThink);
  const numCtx = await read({ flags: ['numCtx'], keys: ['numCtx'] }, toWhole(1));
  const keepAlive = await read({ flags: ['keepAlive'], keys: ['keepAlive'] }, toKeepAlive);
  const format = await read({ flags: ['schema'], keys: ['schema'] }, toFormat);
  const insecure = await read(
    { flags: ['modelInsecure'], keys: ['modelInsecure', 'tlsSkipVerify'] },
    toBoolean,
  );
  return {
    name: name ?? DEFAULTS.model,
    host: host ?? DEFAULTS.ollamaHost,
    headers: await readModelHeaders(layers, host),
    insecure: insecure ?? false,
    options: await readOptions(layers),
    ...(ca === undefined ? {} : { ca }),
    ...(think === undefined ? {} : { think }),
    ...(numCtx === undefined ? {} : { numCtx }),
    ...(keepAlive === undefined ? {} : { keepAlive }),
    ...(format === undefined ? {} : { format }),
  };
}

async function readOptions({ read }: Layers): Promise<Record<string, unknown>> {
  const plain = await read({ keys: ['options'] }, (raw) =>
    Object.entries(isRecord(raw) ? raw : {}),
  );
  const options = new Map<string, unknown>(plain ?? []);
  for (const { option, parser, ...setting } of OPTIONS) {
    const value = await read(setting, parser);
    if (value !== undefined) options.set(option, value);
  }
  return Object.fromEntries(options);
}

/** Ollama's own cloud, which takes the key of OLLAMA_API_KEY. */
const CLOUD = 'https://ollama.com';

async function readModelHeaders(
  { read }: Layers,
  host: string | undefined,
): Promise<readonly HeaderPair[]> {
  const headers = await read(
    {
      flags: ['modelHeader'],
      keys: ['modelHeader', 'modelHeaders'],
      secret: true,
    },
    (raw) =>
      checkUnique(
        isRecord(raw)
          ? Object.entries(raw).map(([name, value]) => toHeader(name, String(value)))
          : toTexts(raw).map(toHeaderFromLine),
      ),
  );
  const key = await read(
    {
      flags: ['providerApiKey'],
      keys: ['providerApiKey'],
      secret: true,
      ...(host !== undefined && new URL(host).origin === CLOUD
        ? { variable: 'OLLAMA_API_KEY' }
        : {}),
    },
    (raw) => toBearer(toText(raw)),
  );
  const own = headers ?? [];
  const hasAuth = own.some(([name]) => name.toLowerCase() === 'authorization');
  return key === undefined || hasAuth ? own : [...own, key];
}

/** Providers of other hosts; a model of theirs is not on any Ollama. */
const OTHER_PROVIDER =
  /^(anthropic|openai|google|gemini|azure|openrouter|bedrock|vercel|google-vertex-anthropic)[:/]/;

/** A script that is part of the program, and no file. */
const BUILT_IN_SCRIPT = 'script:demo';

/** Ollama's name of a model; `ollama:` and `ollama/` in front are other hosts' way to say the same. */
const toModelName: SettingParser<string> = (raw, { fromFile, dir }) => {
  const text = toText(raw).trim();
  const other = OTHER_PROVIDER.exec(text)?.[1];
  if (other !== undefined) {
    throw new BadValue(`the provider "${other}" is not Ollama; write the name of an Ollama model`);
  }
  if (fromFile && text.startsWith('script:') && text !== BUILT_IN_SCRIPT) {
    return `script:${path.resolve(dir, text.slice('script:'.length))}`;
  }
  const name = text.replace(/^ollama[:/]/, '');
  if (name === '') throw new BadValue('is empty');
  return name;
};

const toHost: SettingParser<string> = (raw) => {
  const host = resolveOllamaHost(toText(raw));
  registerUrlSecrets(new URL(host));
  return host;
};

const THINK_LEVELS: readonly ThinkLevel[] = ['off', 'on', 'low', 'medium', 'high', 'max'];

function toThink(raw: unknown): ThinkLevel {
  if (raw === true || raw === 'true') return 'on';
  if (raw === false || raw === 'false') return 'off';
  return toOneOf(THINK_LEVELS)(raw);
}

const toFormat: SettingParser<JsonSchema> = (raw, found) => {
  if (isRecord(raw)) return raw;
  const text = toText(raw).trim();
  const json = text.startsWith('{') ? text : readNamedFile(text, found);
  let schema: unknown;
  try {
    schema = JSON.parse(json);
  } catch {
    throw new BadValue('holds no JSON');
  }
  if (!isRecord(schema)) throw new BadValue('a JSON Schema must be an object');
  return schema;
};

/** The system prompt: a text, `@file`, or mcphost's path of a file that exists. */
export async function readSystemPrompt({ read }: Layers): Promise<string | undefined> {
  return read(
    { flags: ['system'], keys: ['system', 'systemPrompt', 'systemInstruction'] },
    (raw, found) => {
      const text = toText(raw);
      if (text.startsWith('@')) return readNamedFile(text.slice(1), found).trim();
      return (found.name === 'systemPrompt' ? readIfFile(text, found) : undefined) ?? text;
    },
  );
}

const readIfFile = (text: string, found: Parameters<SettingParser<string>>[1]) => {
  if (text.includes('\n') || text.length > 1024) return undefined;
  try {
    return readNamedFile(text.trim(), found).trim();
  } catch {
    return undefined;
  }
};
