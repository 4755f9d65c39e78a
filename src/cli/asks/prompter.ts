import type * as Clack from '@clack/prompts';
import { abortError } from '../../core/errors.js';
import { linkAbort } from '../../core/linked-abort.js';
import { redact } from '../../core/redact.js';
import { toTerminal, toTerminalLine } from '../../core/terminal-text.js';
import { truncateRow, wrapRows } from '../../render/columns.js';
import { createPaint, wantsColor, type Paint } from '../../render/style.js';
import type { Io } from '../io.js';
import { discardTypeAhead } from './type-ahead.js';

export type TerminalIo = Pick<Io, 'stdin' | 'stderr' | 'env'>;

export interface Choice<T> {
  value: T;
  /** Made safe here, like all texts. */
  label: string;
  hint?: string;
}

export interface TextQuestion {
  message: string;
  /** Stands there already, to be changed. Left out where it cannot be shown as it is. */
  initial?: string | undefined;
  /** Returns what is wrong, or nothing. */
  validate?: (text: string) => string | undefined;
}

/** One question's way to the person. Every prompt resolves to undefined when it is cancelled, and rejects when the signal fires. */
export interface Prompter {
  readonly signal: AbortSignal;
  /** Text that may be somebody else's: sanitised, wrapped, with a bar before each row. */
  tell: (text: string) => void;
  /** A row of ours, as it is. */
  head: (text: string) => void;
  warn: (text: string) => void;
  /** A row without a bar and never wrapped by us: for a URL that is to be copied. */
  plain: (line: string) => void;
  choose: <T>(
    message: string,
    choices: readonly Choice<T>[],
    initial?: T,
  ) => Promise<T | undefined>;
  chooseSeveral: <T>(
    message: string,
    choices: readonly Choice<T>[],
    options: { initial: readonly T[]; required: boolean },
  ) => Promise<readonly T[] | undefined>;
  text: (question: TextQuestion) => Promise<string | undefined>;
}

/** Rows of text a question may fill before it asks; a server must not scroll everything away. */
const MAX_CHARACTERS = 8000;
const MAX_LABEL = 200;
const VISIBLE_CHOICES = 10;

export async function createPrompter(io: TerminalIo, signal: AbortSignal): Promise<Prompter> {
  if (signal.aborted) throw abortError(signal);
  const clack = await import('@clack/prompts');
  const paint = createPaint(wantsColor('auto', io.stderr.isTTY === true, io.env));
  const run = createRun(io, signal, clack);
  const label = (text: string) => truncateRow(safeLine(text), MAX_LABEL);
  const message = (text: string) => truncateRow(safeLine(text), columnsFor(io) - 6);
  const toOption = <T>({ value, label: text, hint }: Choice<T>) =>
    ({
      value,
      label: label(text),
      ...(hint === undefined ? {} : { hint: label(hint) }),
    }) as Clack.Option<T>;
  return {
    signal,
    ...createTelling(io, paint),
    choose: (text, choices, initial) =>
      run((common) =>
        clack.select({
          ...common,
          message: message(text),
          options: choices.map(toOption),
          maxItems: VISIBLE_CHOICES,
          ...(initial === undefined ? {} : { initialValue: initial }),
        }),
      ),
    chooseSeveral: (text, choices, { initial, required }) =>
      run((common) =>
        clack.multiselect({
          ...common,
          message: message(text),
          options: choices.map(toOption),
          maxItems: VISIBLE_CHOICES,
          initialValues: [...initial],
          required,
        }),
      ),
    text: ({ message: text, initial, validate }) =>
      run((common) =>
        clack.text({
          ...common,
          message: message(text),
          ...(initial === undefined || !isShowable(initial) ? {} : { initialValue: initial }),
          validate: (typed = '') => {
            const problem = validate?.(typed);
            return problem === undefined ? undefined : message(problem);
          },
        }),
      ),
  };
}

/** Whether a text stands in one row as it is: what a person would send is what they see. */
export function isShowable(text: string): boolean {
  return toTerminalLine(text) === text && text.length <= 1000;
}

type Cancelled = typeof Clack.CANCEL_SYMBOL;
type Common = Pick<Clack.TextOptions, 'input' | 'output' | 'signal' | 'withGuide'>;

/** Each prompt gets a signal of its own: clack never stops listening to the one it is given. */
function createRun({ stdin, stderr }: TerminalIo, signal: AbortSignal, clack: typeof Clack) {
  return async <T>(prompt: (common: Common) => Promise<T | Cancelled>): Promise<T | undefined> => {
    if (await discardTypeAhead(stdin, signal)) return undefined;
    const own = linkAbort(signal);
    try {
      const answer = await prompt({ input: stdin, output: stderr, signal: own.signal });
      if (signal.aborted) throw abortError(signal);
      return clack.isCancel(answer) ? undefined : answer;
    } finally {
      own.release();
      stdin.pause();
    }
  };
}

function createTelling(io: TerminalIo, paint: Paint) {
  const { stderr } = io;
  const write = (line: string) => void stderr.write(`${line}\n`);
  const bar = paint('dim', '│');
  const rows = (text: string) => wrapRows(text, columnsFor(io) - 4);
  return {
    tell(text: string) {
      const safe = toTerminal(redact(text));
      const left = safe.length - MAX_CHARACTERS;
      const shown =
        left > 0 ? `${safe.slice(0, MAX_CHARACTERS)}\n(… ${left} more characters)` : safe;
      for (const row of rows(shown)) write(`${bar}  ${row}`);
    },
    head(text: string) {
      write(bar);
      rows(safeLine(text)).forEach((row, index) =>
        write(`${index === 0 ? paint('cyan', '◆') : bar}  ${paint('bold', row)}`),
      );
    },
    warn(text: string) {
      for (const row of rows(`! ${safeLine(text)}`)) write(`${bar}  ${paint('yellow', row)}`);
    },
    plain: (line: string) => write(safeLine(line)),
  };
}

function safeLine(text: string): string {
  return toTerminalLine(redact(text));
}

function columnsFor({ stderr }: TerminalIo): number {
  const { columns = 0 } = stderr;
  return columns >= 20 ? columns : 80;
}
