import type { ModelSettings } from '../config/types.js';
import { toJsonLine } from '../core/output-json.js';
import { formatBytes } from '../core/sizes.js';
import { toTerminalLine } from '../core/terminal-text.js';
import { listModels, pullModel, showModel } from '../model/ollama-catalog.js';
import type { ModelDetails } from '../model/ollama-catalog.js';
import type { InstalledModel } from '../model/ollama-tags.js';
import type { Output } from '../render/sink.js';
import { formatTable } from '../render/table.js';
import { createPullProgress } from './pull-progress.js';

export interface ModelsRun {
  settings: ModelSettings;
  json: boolean;
  stdout: Output;
  stderr: Output;
  signal: AbortSignal;
}

export interface NamedModelRun extends ModelsRun {
  name: string;
  /** No line that is drawn over, even on a terminal (TERM=dumb, CI). */
  plain?: boolean;
}

/** `ostler models list`: what is installed. Failures are `OstlerError`s, here and below. */
export async function runModelsList({
  settings,
  json,
  stdout,
  stderr,
  signal,
}: ModelsRun): Promise<void> {
  const models = await listModels(settings, signal);
  if (json) {
    stdout.write(`${toJsonLine(models.map(toListJson))}\n`);
    return;
  }
  if (models.length === 0) {
    stderr.write('No model is installed. Get one with `ostler models pull llama3.1`.\n');
    return;
  }
  const rows = models.map((model) => [
    toTerminalLine(model.name),
    model.size > 0 ? formatBytes(model.size) : '',
    toTerminalLine(model.parameterSize),
    model.contextLength > 0 ? String(model.contextLength) : '',
    canDo(model.capabilities ?? []),
  ]);
  const header = ['NAME', 'SIZE', 'PARAMETERS', 'CONTEXT', 'CAN'];
  stdout.write(
    formatTable(header, rows, { width: stdout.isTTY === true ? stdout.columns : undefined }),
  );
}

/** Capabilities worth a word; every chat model has `completion`. */
function canDo(capabilities: readonly string[]): string {
  return toTerminalLine(capabilities.filter((name) => name !== 'completion').join(', '));
}

function toListJson(model: InstalledModel) {
  return {
    name: model.name,
    size: model.size,
    modified_at: model.modifiedAt,
    family: model.family,
    parameter_size: model.parameterSize,
    quantization: model.quantization,
    context_length: model.contextLength,
    capabilities: model.capabilities ?? null,
  };
}

/** `ostler models show NAME`. */
export async function runModelsShow({
  settings,
  name,
  json,
  stdout,
  signal,
}: NamedModelRun): Promise<void> {
  const model = await showModel(settings, name, signal);
  if (json) {
    stdout.write(`${toJsonLine(toShowJson(model))}\n`);
    return;
  }
  const facts: [string, string][] = [
    ['Name', model.name],
    ['Parameters', [model.parameterSize, model.quantization].filter((x) => x !== '').join(' ')],
    ['Family', model.family],
    ['Can', model.capabilities.join(', ')],
    ['Context', contextOf(model)],
    ...(model.tools ? [] : [['Tools', 'no: it cannot use MCP servers'] as [string, string]]),
    ...(model.tools && model.hidesToolsAfterResult
      ? [['Tools', 'its template shows them only after a user message'] as [string, string]]
      : []),
  ];
  for (const [label, value] of facts) {
    if (value !== '') stdout.write(`${label.padEnd(12)}${toTerminalLine(value)}\n`);
  }
}

function contextOf(model: ModelDetails): string {
  const trained = model.contextLength > 0 ? `${model.contextLength} tokens` : 'unknown';
  return model.defaultNumCtx === undefined
    ? trained
    : `${trained} (its own default: ${model.defaultNumCtx})`;
}

function toShowJson(model: ModelDetails) {
  return {
    name: model.name,
    family: model.family,
    parameter_size: model.parameterSize,
    quantization: model.quantization,
    capabilities: model.capabilities,
    context_length: model.contextLength,
    default_num_ctx: model.defaultNumCtx ?? null,
    hides_tools_after_result: model.hidesToolsAfterResult,
  };
}

/** `ostler models pull NAME`: a bar on a terminal, a line every tenth elsewhere; both on stderr. */
export async function runModelsPull({
  settings,
  name,
  json,
  stdout,
  stderr,
  signal,
  plain,
}: NamedModelRun): Promise<void> {
  const progress = createPullProgress(stderr, plain);
  try {
    for await (const step of pullModel(settings, name, signal)) progress.update(step);
  } finally {
    progress.end();
  }
  if (json) stdout.write(`${toJsonLine({ name, status: 'success' })}\n`);
  else stderr.write(`${toTerminalLine(name)} is installed.\n`);
}
