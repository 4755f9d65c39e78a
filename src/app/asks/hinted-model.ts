import { OstlerError } from '../../core/errors.js';
import type { AnsweringModel } from './types.js';

/**
 * The model a server hints at, when the person lets servers choose it and it is installed; undefined
 * = the run's own. A hint is a part of a name (client/sampling#model-preferences).
 */
export async function hintedModel(
  hints: readonly string[],
  allowed: readonly string[],
  model: AnsweringModel,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (allowed.length === 0) return undefined;
  for (const hint of hints) {
    const wanted = hint.trim().toLowerCase();
    const name = allowed.find((one) => wanted !== '' && one.toLowerCase().includes(wanted));
    if (name !== undefined && (await isInstalled(name, model, signal))) return name;
  }
  return undefined;
}

async function isInstalled(
  name: string,
  model: AnsweringModel,
  signal: AbortSignal,
): Promise<boolean> {
  const settings = model.settings();
  if (name === settings.name) return true;
  try {
    await (await model.create({ ...settings, name })).describe(signal);
    return true;
  } catch (error) {
    if (signal.aborted || !(error instanceof OstlerError)) throw error;
    return false;
  }
}
