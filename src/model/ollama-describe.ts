import { isRecord } from '../core/json.js';
import { numberOr0, textOr } from './ollama-wire.js';
import type { ModelInfo } from './types.js';

/** `ModelInfo` from the answer to POST /api/show. */
export function toModelInfo(name: string, show: unknown): ModelInfo {
  const answer = isRecord(show) ? show : {};
  const template = textOr(answer['template'], '');
  const capabilities = Array.isArray(answer['capabilities']) ? answer['capabilities'] : undefined;
  const defaultNumCtx = numCtxIn(textOr(answer['parameters'], ''));
  return {
    name,
    // Before 0.6.4 nobody told; a template that prints tools is made for them.
    tools: capabilities?.includes('tools') ?? template.includes('.Tools'),
    vision: capabilities?.includes('vision') ?? isRecord(answer['projector_info']),
    thinking: capabilities?.includes('thinking') ?? false,
    contextLength: contextLengthOf(answer['model_info']),
    ...(defaultNumCtx === undefined ? {} : { defaultNumCtx }),
    hidesToolsAfterResult: hidesTools(template),
  };
}

/** `<architecture>.context_length`. */
export function contextLengthOf(modelInfo: unknown): number {
  if (!isRecord(modelInfo)) return 0;
  const architecture = textOr(modelInfo['general.architecture'], '');
  return numberOr0(modelInfo[`${architecture}.context_length`]);
}

/** `num_ctx` of the Modelfile's parameters, `name    value` a line. */
function numCtxIn(parameters: string): number | undefined {
  const value = Number(/^num_ctx\s+(\d+)\s*$/m.exec(parameters)?.[1]);
  return Number.isSafeInteger(value) && value > 0 ? value : undefined;
}

/**
 * True when the tools are printed under a condition on the last message (`and $.Tools $last`, or
 * the same by counting): such a template shows no tools after a tool result (ollama/ollama#6477).
 */
function hidesTools(template: string): boolean {
  return template
    .split('{{')
    .map((action) => action.split('}}', 1)[0] ?? '')
    .some(
      (action) =>
        /\band\b/.test(action) &&
        action.includes('.Tools') &&
        (action.includes('$last') || action.includes('slice $.Messages')),
    );
}
