import { OstlerError } from '../core/errors.js';
import { toJsonLine } from '../core/output-json.js';
import { toTerminalLine } from '../core/terminal-text.js';
import type { TraceRecord } from '../core/trace.js';
import { createHider } from '../core/trace-secrets.js';
import { createSink } from '../render/sink.js';
import { createPaint, wantsColor, type ColorChoice } from '../render/style.js';
import { toCurl, type TracedCall } from '../render/trace/curl.js';
import { createTraceText } from '../render/trace/show.js';
import { textFlag, type Flags } from './commands/command.js';
import type { Io } from './io.js';
import { createLifetime } from './lifetime.js';
import { readTrace } from './trace-read.js';

/** `ostler trace show FILE`: who said what, line by line. */
export async function runTraceShow(file: string, flags: Flags, io: Io): Promise<number> {
  const lifetime = createLifetime();
  const out = createSink(io.stdout, {
    onClose: (failure) => lifetime.end(failure ?? new OstlerError('interrupted', 'Interrupted.')),
  });
  try {
    const { records, skipped } = await readTrace(file, lifetime.signal);
    const isWanted = createFilter(flags);
    const json = flags['json'] === true;
    const text = createTraceText({
      paint: createPaint(wantsColor(colorOf(flags), out.isTerminal, io.env)),
      full: flags['full'] === true,
      width: out.isTerminal ? io.stdout.columns : undefined,
    });
    for await (const record of records) {
      if (out.closed) break;
      if (!isWanted(record)) continue;
      await out.write(json ? `${toJsonLine(record)}\n` : text(record));
    }
    await out.flush();
    if (skipped() > 0) io.stderr.write(`! ${skipped()} lines are no records and were left out.\n`);
    return 0;
  } catch (error) {
    if (out.closed) return 0;
    throw error;
  } finally {
    lifetime.release();
  }
}

/** `ostler trace curl FILE [N]`: the command that sends request N once more; by default the last one. */
export async function runTraceCurl(
  file: string,
  which: string | undefined,
  io: Io,
): Promise<number> {
  const wanted = which === undefined ? undefined : toNumber(which);
  const lifetime = createLifetime();
  try {
    const found = await findCall(file, wanted, lifetime.signal);
    const { command, variables } = toCurl(withoutSecrets(found));
    io.stdout.write(command);
    if (variables.length > 0) {
      io.stderr.write(`! Set first: ${variables.join(', ')}\n`);
    }
    if (found.truncated) {
      io.stderr.write('! The body is cut in this trace; only its beginning would be sent.\n');
    }
    return 0;
  } finally {
    lifetime.release();
  }
}

async function findCall(
  file: string,
  wanted: number | undefined,
  signal: AbortSignal,
): Promise<TracedCall> {
  const { records } = await readTrace(file, signal);
  let last: TracedCall | undefined;
  for await (const record of records) {
    if (record.type === 'start' && record.id === wanted) {
      throw new OstlerError('usage', `#${wanted} is a process, not a request.`);
    }
    if (record.type !== 'request') continue;
    if (wanted === undefined || record.id === wanted) last = record;
    if (record.id === wanted) break;
  }
  if (last !== undefined) return last;
  throw new OstlerError(
    'usage',
    wanted === undefined ? 'The trace holds no HTTP request.' : `There is no request #${wanted}.`,
    { hint: `The numbers are those of: ostler trace show ${toTerminalLine(file)}` },
  );
}

/** Once more: somebody may have written into the file what we never would. */
function withoutSecrets(call: TracedCall): TracedCall {
  const hider = createHider();
  return {
    ...call,
    url: hider.text(call.url),
    headers: call.headers.map(([name, value]) => [name, hider.header(name, value)] as const),
    ...(call.body === undefined ? {} : { body: hider.text(call.body) }),
  };
}

const KINDS = ['mcp', 'model', 'http', 'stdio'] as const;

/** By what is known at the beginning of an exchange or a process, for all of it. */
function createFilter(flags: Flags): (record: TraceRecord) => boolean {
  const server = textFlag(flags['server']);
  const only = textFlag(flags['only']);
  if (only !== undefined && !KINDS.some((kind) => kind === only)) {
    throw new OstlerError(
      'usage',
      `--only must be one of ${KINDS.join(', ')} (got "${toTerminalLine(only)}").`,
    );
  }
  if (server === undefined && only === undefined) return () => true;
  const wanted = new Set<number>();
  return (record) => {
    if (record.type === 'request' || record.type === 'start') {
      const transport = record.type === 'start' ? 'stdio' : 'http';
      const isKind = only === undefined || only === transport || only === record.kind;
      if (isKind && (server === undefined || server === record.server)) wanted.add(record.id);
    }
    return wanted.has(record.id) || record.type === 'limit';
  };
}

function toNumber(text: string): number {
  const number = Number(text.replace(/^#/, ''));
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new OstlerError('usage', `"${toTerminalLine(text)}" is no number of a request.`, {
    hint: 'ostler trace show prints them: #1, #2 …',
  });
}

function colorOf(flags: Flags): ColorChoice {
  return (textFlag(flags['color']) ?? 'auto') as ColorChoice;
}
