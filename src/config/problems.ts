import { OstlerError } from '../core/errors.js';
import { redact } from '../core/redact.js';
import { formatKeyPath, isWithin, type KeyPath } from './key-path.js';
import type { ConfigSource, LocateOptions } from './source.js';
import type { Origin } from './types.js';

export interface ProblemDetails extends LocateOptions {
  hint?: string;
}

/** Notes something wrong at a key. The message never holds a secret. */
export type Report = (path: KeyPath, message: string, details?: ProblemDetails) => void;

/** All that is wrong with a set of files, gathered so that one run tells it all. */
export interface Problems {
  in: (source: ConfigSource) => Report;
  /** Says that the value at `path` is unknown in this run: what follows from that is no problem. */
  ignore: (source: ConfigSource, path: KeyPath) => void;
  /** Throws one `config_invalid` error with a line for each problem, at most ten. */
  throwIfAny: () => Promise<void>;
}

interface Problem extends ProblemDetails {
  source: ConfigSource;
  path: KeyPath;
  message: string;
}

const MAX_SHOWN = 10;

export function createProblems(): Problems {
  const problems: Problem[] = [];
  const ignored: { source: ConfigSource; path: KeyPath }[] = [];
  return {
    in: (source) => (path, message, details) => {
      const known = [...ignored, ...problems].some(
        (other) => other.source === source && other.path.length > 0 && isWithin(path, other.path),
      );
      if (!known) problems.push({ ...details, source, path, message });
    },
    ignore: (source, path) => {
      ignored.push({ source, path });
    },
    async throwIfAny() {
      if (problems.length === 0) return;
      const lines = await Promise.all(problems.map(toLine));
      const shown = lines.toSorted((a, b) => a.order - b.order).slice(0, MAX_SHOWN);
      const more = lines.length - shown.length;
      const text = shown.map(({ line }) => line).concat(more > 0 ? [`… and ${more} more`] : []);
      const hint = problems.length === 1 ? problems[0]?.hint : undefined;
      throw new OstlerError('config_invalid', redact(text.join('\n')), { hint });
    },
  };
}

async function toLine(problem: Problem): Promise<{ line: string; order: number }> {
  const { source, path, message, key, needle } = problem;
  const origin = await originOf(source, path, {
    ...(key === undefined ? {} : { key }),
    ...(needle === undefined ? {} : { needle }),
  });
  const at = path.length === 0 ? '' : ` ${formatKeyPath(path)}`;
  return {
    line: `${formatOrigin(origin)}${at}: ${message}`,
    order: (origin.line ?? 0) * 10_000 + (origin.column ?? 0),
  };
}

/** Where a value of a file stands. Loads the YAML parser. */
export async function originOf(
  source: ConfigSource,
  path: KeyPath,
  options?: LocateOptions,
): Promise<Origin> {
  const place = await source.locate(path, options);
  return { layer: source.layer, where: source.name, ...place };
}

/** `ostler.yaml:4:10`, `--model`, `OSTLER_MODEL`. */
export function formatOrigin({ where, line, column }: Origin): string {
  return line === undefined ? where : `${where}:${line}:${column ?? 1}`;
}
