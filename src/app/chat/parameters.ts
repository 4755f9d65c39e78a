import { didYouMean } from '../../core/nearest.js';
import type { ModelSettings, ThinkLevel } from '../../config/types.js';
import {
  BadValue,
  toBoolean,
  toKeepAlive,
  toNumber,
  toOneOf,
  toWhole,
  type Parser,
} from '../../config/values.js';
import { OstlerError } from '../../core/errors.js';
import { isRecord } from '../../core/json.js';

const anyWhole = toWhole(Number.MIN_SAFE_INTEGER);

/** `options` of Ollama's /api/chat (api/types.go, Options and Runner) and how their values are written. */
const OPTIONS: Readonly<Record<string, Parser<unknown>>> = {
  temperature: toNumber,
  seed: anyWhole,
  top_k: toWhole(0),
  top_p: toNumber,
  min_p: toNumber,
  typical_p: toNumber,
  num_predict: toWhole(-2),
  num_keep: toWhole(-1),
  repeat_last_n: toWhole(-1),
  repeat_penalty: toNumber,
  presence_penalty: toNumber,
  frequency_penalty: toNumber,
  stop: toStops,
  num_batch: toWhole(1),
  num_gpu: toWhole(-1),
  main_gpu: toWhole(0),
  num_thread: toWhole(0),
  use_mmap: toBoolean,
};

const NAMES = ['num_ctx', 'keep_alive', ...Object.keys(OPTIONS)];
const THINK_LEVELS: readonly ThinkLevel[] = ['off', 'on', 'low', 'medium', 'high', 'max'];

/** Everything that is set, under Ollama's names. */
export function parametersOf(settings: ModelSettings): Record<string, unknown> {
  const { numCtx, keepAlive, options } = settings;
  return {
    ...options,
    ...(numCtx === undefined ? {} : { num_ctx: numCtx }),
    ...(keepAlive === undefined ? {} : { keep_alive: keepAlive }),
  };
}

/** The context window the person set, tokens. */
export function fixedNumCtx({ numCtx, options }: ModelSettings): number | undefined {
  const option = options['num_ctx'];
  return numCtx ?? (typeof option === 'number' ? option : undefined);
}

/**
 * The settings with one parameter changed; without a value it is again what `configured` says.
 * Throws `usage` for a name Ollama does not know and a value it would not take.
 */
export function withParameter(
  settings: ModelSettings,
  configured: ModelSettings,
  { name, value }: { name: string; value: string | undefined },
): ModelSettings {
  if (!NAMES.includes(name)) {
    throw new OstlerError('usage', `Ollama has no parameter "${name}"${didYouMean(name, NAMES)}.`, {
      hint: `Parameters: ${NAMES.join(', ')}.`,
    });
  }
  if (name === 'num_ctx') {
    const { num_ctx: _option, ...options } = settings.options;
    if (value !== undefined) {
      return { ...settings, options, numCtx: parse(name, value, toWhole(1)) };
    }
    const { numCtx: _, ...rest } = settings;
    const again = fixedNumCtx(configured);
    return { ...rest, options, ...(again === undefined ? {} : { numCtx: again }) };
  }
  if (name === 'keep_alive') {
    const { keepAlive: _, ...rest } = settings;
    const next = value === undefined ? configured.keepAlive : parse(name, value, toKeepAlive);
    return next === undefined ? rest : { ...rest, keepAlive: next };
  }
  const { [name]: _, ...options } = settings.options;
  const parser = OPTIONS[name] ?? String;
  const next = value === undefined ? configured.options[name] : parse(name, value, parser);
  return { ...settings, options: next === undefined ? options : { ...options, [name]: next } };
}

/** The settings with another think level; undefined leaves it to the model. */
export function withThink(settings: ModelSettings, level: string | undefined): ModelSettings {
  const { think: _, ...rest } = settings;
  return level === undefined
    ? rest
    : { ...rest, think: parse('think', level, toOneOf(THINK_LEVELS)) };
}

function parse<T>(name: string, value: string, parser: Parser<T>): T {
  try {
    return parser(value);
  } catch (error) {
    if (error instanceof BadValue) throw new OstlerError('usage', `${name}: ${error.message}.`);
    throw error;
  }
}

/** One sequence, or several as a JSON list. */
function toStops(raw: unknown): readonly string[] {
  const text = String(raw);
  if (!text.trimStart().startsWith('[')) return [text];
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return [text];
  }
  if (isRecord(list) || !Array.isArray(list)) return [text];
  return list.map(String);
}
