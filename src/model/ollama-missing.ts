import { OstlerError } from '../core/errors.js';
import { deadline } from '../core/wait.js';
import { quoteServer } from './ollama-errors.js';
import type { OllamaHost } from './ollama-host.js';
import { readTags, type InstalledModel } from './ollama-tags.js';

const LOOKUP_MS = 2000;
const MAX_NAMES = 10;

/** `model_missing` and `model_no_tools` with what is installed instead; any other error as it is. */
export async function explainMissing(
  error: unknown,
  host: OllamaHost,
  name: string,
  signal: AbortSignal,
): Promise<unknown> {
  if (!(error instanceof OstlerError)) return error;
  if (error.code !== 'model_missing' && error.code !== 'model_no_tools') return error;
  const models = await lookUp(host, signal);
  return error.code === 'model_missing'
    ? missing(error, host, name, models)
    : withoutTools(error, models);
}

/** What is installed, or nothing: this is help for an error message, not worth another error. */
async function lookUp(host: OllamaHost, signal: AbortSignal): Promise<InstalledModel[]> {
  const limit = deadline(LOOKUP_MS, 'Listing the models', signal);
  try {
    return await readTags(host, limit.signal);
  } catch {
    return [];
  } finally {
    limit.clear();
  }
}

function missing(
  error: OstlerError,
  host: OllamaHost,
  name: string,
  models: readonly InstalledModel[],
): OstlerError {
  const names = models.map((model) => model.name);
  const near = nearestName(name, names);
  const installed = names.length === 0 ? '' : ` Installed: ${listOf(names)}.`;
  const pull = `Get it with \`ollama pull ${quoteServer(name, 100)}\` or \`ostler models pull ${quoteServer(name, 100)}\``;
  return new OstlerError(
    'model_missing',
    `The model ${quoteServer(name, 100)} is not installed at ${host.origin}.${installed}`,
    {
      hint: near === undefined ? `${pull}.` : `Did you mean ${quoteServer(near, 100)}? ${pull}.`,
      status: error.status,
      cause: error,
    },
  );
}

function withoutTools(error: OstlerError, models: readonly InstalledModel[]): OstlerError {
  const able = models.filter((model) => model.capabilities?.includes('tools')).map((m) => m.name);
  if (able.length === 0) return error;
  return new OstlerError('model_no_tools', error.message, {
    hint: `Installed models that can: ${listOf(able)}. Or run with --no-tools.`,
    status: error.status,
    cause: error,
  });
}

function listOf(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES).map((name) => quoteServer(name, 80));
  const more = names.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** The installed name that was probably meant: one starts with the other, or few letters differ. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  const wanted = bare(name);
  const scored = names
    .map((candidate) => ({ candidate, distance: distanceOf(wanted, bare(candidate)) }))
    .toSorted((a, b) => a.distance - b.distance);
  const best = scored[0];
  return best !== undefined && best.distance <= Math.max(1, wanted.length / 3)
    ? best.candidate
    : undefined;
}

const bare = (name: string) => name.toLowerCase().slice(0, 64).replace(/:.*$/, '');

function distanceOf(a: string, b: string): number {
  if (a !== '' && b !== '' && (a.startsWith(b) || b.startsWith(a))) return a === b ? 0 : 1;
  return editDistance(a, b);
}

/** Levenshtein's, by rows. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
