import type { HeadersReport, Rung } from '../../src/core/rungs.js';
import { runOstler, type RunOptions, type RunResult } from './ostler.js';

export interface Inspected extends RunResult {
  ok: boolean;
  rungs: readonly Rung[];
  /** The step of this name. */
  rung: (name: Rung['name']) => Rung;
  /** The step that failed, or undefined. */
  failed: Rung | undefined;
  headers: HeadersReport | null;
}

/** `ostler inspect … --json`, read. */
export async function inspect(
  args: readonly string[],
  options: RunOptions = {},
): Promise<Inspected> {
  const at = args.indexOf('--');
  const words = at < 0 ? [...args, '--json'] : [...args.slice(0, at), '--json', ...args.slice(at)];
  const result = await runOstler(['inspect', ...words], options);
  const document = JSON.parse(result.stdout) as {
    ok: boolean;
    rungs: Rung[];
    headers: HeadersReport | null;
  };
  const { ok, rungs, headers } = document;
  return {
    ...result,
    ok,
    rungs,
    headers,
    failed: rungs.find(({ status }) => status === 'failed'),
    rung(name) {
      const found = rungs.find((rung) => rung.name === name);
      if (found === undefined) throw new Error(`no rung ${name} in ${result.stdout}`);
      return found;
    },
  };
}

/** All that a step says. */
export function wordsOf({ text, details, hint = '' }: Rung): string {
  return [text, ...details, hint].join('\n');
}
