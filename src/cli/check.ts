import { runAudit } from '../check/audit/run.js';
import { CATALOGUE } from '../check/catalogue.js';
import { OstlerError } from '../core/errors.js';
import { redact } from '../core/redact.js';
import { toTerminalLine } from '../core/terminal-text.js';
import { deadline } from '../core/wait.js';
import { createProgress, type Progress } from '../render/check/progress.js';
import { breaks, collectReport, count, type AuditReport } from '../render/check/report.js';
import { createPaint, wantsColor, type ColorChoice } from '../render/style.js';
import type { Output } from '../render/sink.js';
import { formatList, formatPlan } from './check-list.js';
import { readCheckOptions, type CheckOptions } from './check-options.js';
import { formatReport, writeReports } from './check-reports.js';
import { selectChecks } from './check-selection.js';
import { checkAuthorized, toRemote, wantedTarget } from './check-target.js';
import { checkDifferent, readOtherTokens } from './check-tokens.js';
import { listFlag, type Flags } from './commands/command.js';
import type { Io } from './io.js';
import { findServer, type TargetWords } from './server-target.js';

export interface CheckRun {
  target: TargetWords | undefined;
  flags: Flags;
  io: Io;
  signal: AbortSignal;
}

/**
 * `ostler check`: the audit of one server over HTTP. Returns when nothing failed at or above
 * `--fail-on`; else `check_failed` is thrown, or the audit's own failure, after the reports are written.
 */
export async function runCheck({ target, flags, io, signal }: CheckRun): Promise<void> {
  // First of all, so that no message can repeat one.
  const { tokens, warnings } = readOtherTokens(flags, io);
  const options = readCheckOptions(flags, io.env);
  const choice = { ...options, only: listFlag(flags['only']), skip: listFlag(flags['skip']) };
  const look = lookOf(io.stdout, { flags, io });
  if (flags['list'] === true) {
    const { checks } = selectChecks(CATALOGUE, { ...choice, active: true });
    io.stdout.write(await formatList(checks, { reporter: options.reporter, ...look }));
    return;
  }
  const { checks, needActive } = selectChecks(CATALOGUE, choice);
  const found = await findServer(wantedTarget(target), flags, { env: io.env, cwd: io.cwd, signal });
  const server = toRemote(found.server);
  checkDifferent(tokens, server);
  if (options.plan) {
    io.stdout.write(formatPlan(server, checks, options));
    return;
  }
  checkAuthorized(server, options);
  if (options.level !== 'quiet') warn([...warnings, ...found.warnings], { flags, io });
  const limit = deadline(options.timeoutMs, 'The audit', signal);
  try {
    const events = runAudit({ server, checks, tokens, ...options, signal: limit.signal });
    const progress = progressFor(options, { flags, io });
    const report = await collectReport(events, progress.update).finally(progress.end);
    const whole = withNotes(report, needActive);
    const shape = { ...options, ...look, verbose: options.level === 'verbose' };
    io.stdout.write(await formatReport(options.reporter, whole, shape));
    await writeReports(whole, options, io.cwd);
    throwFailure(whole, options);
  } finally {
    limit.clear();
  }
}

function lookOf(stream: Output, { flags, io }: Pick<CheckRun, 'flags' | 'io'>) {
  const isTerminal = stream.isTTY === true;
  const color = (flags['color'] ?? 'auto') as ColorChoice;
  return {
    paint: createPaint(wantsColor(color, isTerminal, io.env)),
    columns: isTerminal ? stream.columns : undefined,
  };
}

function warn(warnings: readonly string[], run: Pick<CheckRun, 'flags' | 'io'>): void {
  const { stderr } = run.io;
  const { paint } = lookOf(stderr, run);
  for (const text of warnings) {
    stderr.write(`${paint('yellow', `! ${toTerminalLine(redact(text))}`)}\n`);
  }
}

function progressFor({ level }: CheckOptions, run: Pick<CheckRun, 'flags' | 'io'>): Progress {
  const { stderr, env } = run.io;
  const isPlain = env['TERM'] === 'dumb' || (env['CI'] ?? '') !== '' || stderr.isTTY !== true;
  const mode = level === 'verbose' ? 'lines' : level === 'quiet' || isPlain ? 'none' : 'line';
  return createProgress({ stderr, mode, paint: lookOf(stderr, run).paint });
}

function withNotes(report: AuditReport, needActive: readonly string[]): AuditReport {
  if (needActive.length === 0) return report;
  const note = `Not tested without --active: ${needActive.join(', ')}`;
  return { ...report, end: { ...report.end, notes: [...report.end.notes, note] } };
}

function throwFailure({ end, results }: AuditReport, options: CheckOptions): void {
  if (end.error !== null) {
    const { code, message, ...details } = end.error;
    throw new OstlerError(code, message, details);
  }
  const failed = results.filter((result) => breaks(result, options));
  if (failed.length === 0) return;
  const ids = [...new Set(failed.map(({ id }) => id))].join(', ');
  const what = options.strict ? 'failed or could not be run' : 'failed';
  throw new OstlerError('check_failed', `${count(failed.length, 'check')} ${what}: ${ids}`, {
    hint: `Counted from --fail-on ${options.failOn}; what to change stands in the report.`,
  });
}
