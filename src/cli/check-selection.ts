import type { CheckInfo, Severity } from '../core/check-events.js';
import { SEVERITIES } from '../core/check-events.js';
import { OstlerError } from '../core/errors.js';
import { matchesGlob } from '../core/glob.js';
import { didYouMean } from '../core/nearest.js';
import { toTerminalLine } from '../core/terminal-text.js';

export interface Selection {
  /** Ids and globs, commas still in them. */
  only: readonly string[];
  skip: readonly string[];
  severity: Severity | undefined;
  active: boolean;
}

export interface Selected<T> {
  checks: readonly T[];
  /** Ids that were meant and need `--active`. */
  needActive: readonly string[];
}

/**
 * The checks that are to run, in the catalogue's order. Throws `usage` for an id or a glob that
 * means no check, and when nothing is left.
 */
export function selectChecks<T extends CheckInfo>(
  catalogue: readonly T[],
  { only, skip, severity, active }: Selection,
): Selected<T> {
  const wanted = idsOf(only, { flag: '--only', catalogue });
  const unwanted = idsOf(skip, { flag: '--skip', catalogue });
  const least = severity === undefined ? SEVERITIES.length : SEVERITIES.indexOf(severity);
  const meant = catalogue.filter(
    (check) =>
      (only.length === 0 || wanted.has(check.id)) &&
      !unwanted.has(check.id) &&
      SEVERITIES.indexOf(check.severity) <= least,
  );
  const checks = meant.filter((check) => active || !check.active);
  const needActive = meant.filter((check) => !checks.includes(check)).map(({ id }) => id);
  if (checks.length > 0) return { checks, needActive };
  if (needActive.length > 0) {
    throw new OstlerError('usage', `${needActive.join(', ')} would send much or delete.`, {
      hint: 'Add --active to run it.',
    });
  }
  throw new OstlerError('usage', 'No check is left by --only, --skip and --severity.', {
    hint: 'See them all: ostler check --list',
  });
}

function idsOf(
  patterns: readonly string[],
  { flag, catalogue }: { flag: string; catalogue: readonly CheckInfo[] },
): Set<string> {
  const ids = catalogue.map(({ id }) => id);
  const found = new Set<string>();
  for (const part of patterns.flatMap((text) => text.split(','))) {
    const pattern = part.trim().toUpperCase();
    if (pattern === '') continue;
    // `AUTH` is all of its group.
    const matching = ids.filter((id) => matchesGlob(pattern, id) || id.startsWith(`${pattern}-`));
    if (matching.length === 0) throw unknownCheck(flag, part.trim(), ids);
    for (const id of matching) found.add(id);
  }
  return found;
}

function unknownCheck(flag: string, name: string, ids: readonly string[]): OstlerError {
  const shown = toTerminalLine(name.slice(0, 60));
  const meant = didYouMean(name.toUpperCase(), ids);
  return new OstlerError('usage', `${flag}: there is no check "${shown}"${meant || '.'}`, {
    hint: 'See them all: ostler check --list',
  });
}
