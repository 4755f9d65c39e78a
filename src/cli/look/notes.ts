import { toErrorInfo } from '../../core/errors.js';
import { redact } from '../../core/redact.js';
import { toTerminalLine } from '../../core/terminal-text.js';
import { errorLines } from '../../render/notices.js';
import { createPaint, wantsColor, type ColorChoice } from '../../render/style.js';
import type { Flags } from '../commands/command.js';
import type { Io } from '../io.js';

/** What a person gets to know beside the result: lines on stderr. Texts are made safe here. */
export interface Notes {
  readonly level: 'quiet' | 'normal' | 'verbose';
  /** Worth knowing once; not with `-q`. */
  warn: (text: string) => void;
  /** Told unless `-q`. */
  say: (text: string) => void;
  /** Told with `-v` only. */
  detail: (text: string) => void;
  /** A failure that does not end the command; told always. */
  failure: (error: unknown) => void;
}

export function createNotes(flags: Flags, { stderr, env }: Pick<Io, 'stderr' | 'env'>): Notes {
  const color = flags['color'] as ColorChoice | undefined;
  const paint = createPaint(wantsColor(color ?? 'auto', stderr.isTTY === true, env));
  const level =
    flags['quiet'] === true ? 'quiet' : flags['verbose'] === true ? 'verbose' : 'normal';
  const line = (text: string) => void stderr.write(`${text}\n`);
  const safe = (text: string) => toTerminalLine(redact(text));
  return {
    level,
    warn: (text) => void (level !== 'quiet' && line(paint('yellow', `! ${safe(text)}`))),
    say: (text) => void (level !== 'quiet' && line(paint('dim', safe(text)))),
    detail: (text) => void (level === 'verbose' && line(paint('dim', safe(text)))),
    failure: (error) => line(errorLines(toErrorInfo(error), paint).join('\n')),
  };
}
