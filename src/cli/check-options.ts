import { given, parseGiven } from '../config/flags.js';
import { BadValue, orList, toDurationMs, toNumber, toOneOf, toWhole } from '../config/values.js';
import { SEVERITIES, type Severity } from '../core/check-events.js';
import { OstlerError } from '../core/errors.js';
import { isRecord, type JsonObject } from '../core/json.js';
import type { FailOn } from '../render/check/report.js';
import { listFlag, textFlag, type Flags } from './commands/command.js';

export const REPORTERS = ['text', 'json', 'junit', 'sarif', 'markdown'] as const;
export type ReporterName = (typeof REPORTERS)[number];

/** What the command line of `check` asks for, beside server, tokens and choice of checks. */
export interface CheckOptions {
  reporter: ReporterName;
  /** Further reports, into files. */
  files: readonly { reporter: ReporterName; file: string }[];
  failOn: FailOn;
  strict: boolean;
  severity: Severity | undefined;
  active: boolean;
  thorough: boolean;
  tool: { name: string; arguments: JsonObject } | undefined;
  maxRequests: number;
  /** Requests a second. */
  rate: number | 'unlimited';
  authorized: boolean;
  plan: boolean;
  timeoutMs: number;
  level: 'quiet' | 'normal' | 'verbose';
}

/** Reads the flags of `check`. Throws `usage` with the flag's name. */
export function readCheckOptions(flags: Flags, env: NodeJS.ProcessEnv): CheckOptions {
  const read = <T>(name: string, parser: (raw: unknown) => T): T | undefined => {
    const found = given(name, { flags, env });
    return found === undefined ? undefined : parseGiven(found, parser);
  };
  return {
    reporter: toReporter(flags),
    files: listFlag(flags['report']).map(toReportFile),
    failOn: read('failOn', toOneOf([...SEVERITIES, 'never'])) ?? 'medium',
    strict: flags['strict'] === true,
    severity: read('severity', toOneOf(SEVERITIES)),
    active: flags['active'] === true,
    thorough: flags['thorough'] === true,
    tool: toTool(flags),
    maxRequests: read('maxRequests', toWhole(1)) ?? 60,
    rate: read('rate', toRate) ?? 5,
    authorized: flags['iAmAuthorized'] === true,
    plan: flags['plan'] === true,
    timeoutMs: read('timeout', toDurationMs) ?? Infinity,
    level: flags['quiet'] === true ? 'quiet' : flags['verbose'] === true ? 'verbose' : 'normal',
  };
}

function toReporter(flags: Flags): ReporterName {
  const name = textFlag(flags['reporter']);
  const json = flags['json'] === true;
  const chosen = REPORTERS.find((reporter) => reporter === name);
  if (json && chosen !== undefined && chosen !== 'json') {
    throw new OstlerError('usage', `--json and --reporter ${chosen} both want stdout.`, {
      hint: `For both: --json --report ${chosen}=<file>`,
    });
  }
  return chosen ?? (json ? 'json' : 'text');
}

function toReportFile(text: string): { reporter: ReporterName; file: string } {
  const at = text.indexOf('=');
  const reporter = REPORTERS.find((name) => name === text.slice(0, at));
  const file = text.slice(at + 1).trim();
  if (at > 0 && reporter !== undefined && file !== '') return { reporter, file };
  throw new OstlerError('usage', '--report: write a reporter and a file, name=file.', {
    hint: `The reporters are ${orList(REPORTERS)}: --report sarif=ostler.sarif`,
  });
}

function toRate(raw: unknown): number | 'unlimited' {
  if (raw === 'unlimited') return raw;
  const rate = toNumber(raw);
  if (rate <= 0) throw new BadValue('must be more than 0, or unlimited');
  return rate;
}

function toTool(flags: Flags): CheckOptions['tool'] {
  const name = textFlag(flags['tool']);
  const args = textFlag(flags['args']);
  if (name === undefined) {
    if (args === undefined) return undefined;
    throw new OstlerError('usage', '--args are for the tool of --tool, which is missing.');
  }
  return { name, arguments: args === undefined ? {} : toArguments(args) };
}

function toArguments(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value as JsonObject;
  } catch {
    // The same answer as for JSON of another type.
  }
  throw new OstlerError('usage', '--args is no JSON object.', {
    hint: `E.g. --args '{"number1": 2, "number2": 3}'`,
  });
}
