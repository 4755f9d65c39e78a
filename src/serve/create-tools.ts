import { realpath } from 'node:fs/promises';
import { OstlerError } from '../core/errors.js';
import { mathTools } from './tools/math.js';
import { createShellTools, type ShellTools } from './tools/shell.js';
import type { SampleServerOptions } from './types.js';

/** The tools of a kind, ready to run. Throws `usage` when the shell's root does not exist. */
export async function createTools(options: SampleServerOptions): Promise<ShellTools> {
  const { kind, shell = {}, log = () => {} } = options;
  if (kind === 'math') return { tools: mathTools, close: () => Promise.resolve() };
  return createShellTools({
    root: await resolveRoot(shell.root ?? '.'),
    timeoutMs: shell.timeoutMs ?? 30_000,
    maxConcurrent: shell.maxConcurrent ?? 4,
    env: shell.env ?? {},
    log,
  });
}

async function resolveRoot(wanted: string): Promise<string> {
  try {
    return await realpath(wanted);
  } catch (cause) {
    throw new OstlerError('usage', `The root directory does not exist: ${wanted}`, {
      hint: 'Name an existing directory with --root.',
      cause,
    });
  }
}
