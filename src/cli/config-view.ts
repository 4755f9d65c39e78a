import { formatOrigin } from '../config/problems.js';
import type { LoadedConfig } from '../config/load.js';
import { isHarmlessHeader, isSecretName, maskUrl } from '../config/secrets.js';
import type { Origin, ServerDefinition } from '../config/types.js';
import { isRecord } from '../core/json.js';
import { REDACTED, redactValue } from '../core/redact.js';

/** A setting as `config show` prints it; no secret is left in it. */
export interface ShownSetting {
  name: string;
  value: unknown;
  origin: Origin;
}

const DEFAULT: Origin = { layer: 'default', where: 'default' };

/** Options of Ollama whose key in a config is spelled otherwise. */
const OPTION_KEYS: Readonly<Record<string, string>> = {
  top_p: 'topP',
  top_k: 'topK',
  stop: 'stopSequences',
  num_predict: 'maxTokens',
  num_gpu: 'numGpuLayers',
  main_gpu: 'mainGpu',
};

/** What servers may ask; told only where somebody said something about it. */
function askValues({
  elicitation,
  sampling,
  roots,
}: LoadedConfig['settings']): [name: string, value: unknown][] {
  return [
    ['onElicitation', elicitation.mode],
    ['answers', elicitation.answers.map(({ where }) => where)],
    ['sampling', sampling.mode],
    ['samplingMaxTokens', sampling.maxTokens],
    ['samplingPerMinute', sampling.perMinute],
    ['samplingModels', sampling.models],
    ['root', roots?.map(({ path }) => path)],
  ];
}

/** Every setting that is set, under its name in a config file, with its origin. */
export function shownSettings({ settings, origins }: LoadedConfig): ShownSetting[] {
  const { model, approval } = settings;
  const values: [name: string, value: unknown][] = [
    ['model', model.name],
    ['host', maskUrl(new URL(model.host), REDACTED)],
    ['modelHeader', model.headers.length === 0 ? undefined : maskHeaders(model.headers)],
    ['modelInsecure', model.insecure ? true : undefined],
    ['modelCa', model.ca === undefined ? undefined : 'PEM certificates'],
    ['think', model.think],
    ['numCtx', model.numCtx],
    ['keepAlive', model.keepAlive],
    ['schema', model.format],
    ...Object.entries(model.options).map(([name, value]): [string, unknown] => [
      OPTION_KEYS[name] ?? name,
      value,
    ]),
    ['system', settings.system],
    ['approval', approval.mode],
    ['allow', approval.allow.length === 0 ? undefined : approval.allow],
    ['deny', approval.deny.length === 0 ? undefined : approval.deny],
    ['maxTurns', Number.isFinite(settings.maxTurns) ? settings.maxTurns : 'no limit'],
    ['timeout', settings.timeoutMs === undefined ? undefined : `${settings.timeoutMs / 1000}s`],
    ['requireServers', settings.requireServers],
    ...askValues(settings).filter(([name]) => origins.has(name)),
  ];
  const originOf = (name: string) =>
    origins.get(name) ?? (Object.hasOwn(model.options, name) ? origins.get('options') : undefined);
  return values
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ({
      name,
      value: redactValue(value),
      origin: originOf(name) ?? DEFAULT,
    }));
}

/** A server for people and scripts: secrets masked, names kept. */
export function shownServer(server: ServerDefinition): Record<string, unknown> {
  const { origin, refreshHeaders, ...rest } = { refreshHeaders: undefined, ...server };
  return {
    ...redactValue(maskServer(rest)),
    ...(refreshHeaders === undefined ? {} : { refreshes: true }),
    origin,
  };
}

function maskServer(server: Record<string, unknown>): Record<string, unknown> {
  const shown = { ...server };
  delete shown['headerOrigins'];
  if (typeof server['url'] === 'string') shown['url'] = maskUrl(new URL(server['url']), REDACTED);
  if (Array.isArray(server['headers'])) shown['headers'] = maskHeaders(server['headers']);
  if (isRecord(server['env'])) {
    shown['env'] = Object.fromEntries(
      Object.entries(server['env']).map(([name, value]) => [
        name,
        isSecretName(name) ? REDACTED : value,
      ]),
    );
  }
  if (typeof server['ca'] === 'string') shown['ca'] = 'PEM certificates';
  return shown;
}

function maskHeaders(pairs: readonly (readonly [string, string])[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map(([name, value]) => [name, isHarmlessHeader(name) ? value : REDACTED]),
  );
}

/** `--model`, `ostler.yaml:4:10`, `default`. */
export function shownOrigin(origin: Origin): string {
  return formatOrigin(origin);
}
