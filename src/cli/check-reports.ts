import path from 'node:path';
import { writeFileAtomic } from '../config/atomic-write.js';
import { reasonOf } from '../config/file-reason.js';
import { OstlerError } from '../core/errors.js';
import { toTerminalLine } from '../core/terminal-text.js';
import { VERSION } from '../core/version.js';
import type { AuditReport } from '../render/check/report.js';
import { createPaint, type Paint } from '../render/style.js';
import type { CheckOptions, ReporterName } from './check-options.js';

export interface Shape extends Pick<CheckOptions, 'failOn' | 'strict'> {
  paint: Paint;
  columns: number | undefined;
  verbose: boolean;
}

/** The report in one of its forms. Each form is loaded when it is asked for. */
export async function formatReport(
  reporter: ReporterName,
  report: AuditReport,
  shape: Shape,
): Promise<string> {
  const options = { ...shape, version: VERSION };
  switch (reporter) {
    case 'text':
      return (await import('../render/check/text.js')).toTextReport(report, shape);
    case 'json':
      return (await import('../render/check/json.js')).toJsonReport(report, options);
    case 'junit':
      return (await import('../render/check/junit.js')).toJunitReport(report, options);
    case 'sarif':
      return (await import('../render/check/sarif.js')).toSarifReport(report, options);
    case 'markdown':
      return (await import('../render/check/markdown.js')).toMarkdownReport(report, options);
  }
}

/** The files of `--report`, each replaced at once, readable by their owner alone. Throws `output_failed`. */
export async function writeReports(
  report: AuditReport,
  { files, failOn, strict }: Pick<CheckOptions, 'files' | 'failOn' | 'strict'>,
  cwd: string,
): Promise<void> {
  const shape = {
    failOn,
    strict,
    paint: createPaint(false),
    columns: undefined,
    verbose: true,
  };
  for (const { reporter, file } of files) {
    const target = path.resolve(cwd, file);
    const text = await formatReport(reporter, report, shape);
    await writeFileAtomic(target, text).catch((error: unknown) => {
      const shown = toTerminalLine(target);
      throw new OstlerError('output_failed', `${shown} cannot be written: ${reasonOf(error)}.`, {
        cause: error,
      });
    });
  }
}
