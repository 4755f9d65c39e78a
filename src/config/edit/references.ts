import { BadReference, referencesOf } from '../template.js';
import type { WrittenEntry } from './types.js';

/** Names of the variables without a default that an entry needs and the environment does not have. */
export function unsetVariables(entry: WrittenEntry, env: NodeJS.ProcessEnv): string[] {
  const tokenEnv = entry['tokenEnv'];
  const names = [
    ...strings(entry).flatMap(variablesIn),
    ...(typeof tokenEnv === 'string' ? [tokenEnv] : []),
  ];
  return [...new Set(names)].filter((name) => (env[name] ?? '') === '');
}

function variablesIn(text: string): string[] {
  try {
    return referencesOf(text).flatMap((part) =>
      part.kind === 'variable' && part.fallback === undefined ? [part.name] : [],
    );
  } catch (error) {
    if (error instanceof BadReference) return [];
    throw error;
  }
}

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : [];
}
