import { redact } from '../core/redact.js';
import { toTerminalLine } from '../core/terminal-text.js';
import { reasonOf } from './file-reason.js';
import { BadValue } from './values.js';

const TIMEOUT_MS = 10_000;
const MAX_OUTPUT_BYTES = 1024 * 1024;

export interface CommandContext {
  cwd: string;
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal | undefined;
}

/** The running or finished commands of this process, by directory and text. */
const results = new Map<string, Promise<string>>();

/**
 * What a secret command prints, without the white space around it. It runs once a process, without a
 * shell, for at most 10 s; `fresh` runs it again. Throws `BadValue`, never with its output.
 */
export function runSecretCommand(
  command: string,
  context: CommandContext,
  fresh: boolean,
): Promise<string> {
  const key = `${context.cwd}\0${command}`;
  const known = fresh ? undefined : results.get(key);
  if (known !== undefined) return known;
  const result = run(splitCommand(command), context);
  results.set(key, result);
  result.catch(() => results.delete(key));
  return result;
}

async function run(argv: readonly string[], context: CommandContext): Promise<string> {
  const { execFile } = await import('node:child_process');
  const [file = '', ...args] = argv;
  const name = toTerminalLine(file);
  return new Promise((resolve, reject) => {
    const child = execFile(
      file,
      args,
      {
        cwd: context.cwd,
        env: context.env,
        timeout: TIMEOUT_MS,
        killSignal: 'SIGKILL',
        maxBuffer: MAX_OUTPUT_BYTES,
        windowsHide: true,
        signal: context.signal,
      },
      (error, stdout, stderr) => {
        const output = stdout.trim();
        if (error !== null) reject(new BadValue(`$(${name} …) ${why(error, stderr)}`));
        else if (output === '') reject(new BadValue(`$(${name} …) printed nothing`));
        else resolve(output);
      },
    );
    child.stdin?.end();
  });
}

function why(error: Error & { code?: unknown; killed?: boolean }, stderr: string): string {
  if (error.name === 'AbortError') return 'was interrupted';
  if (error.killed === true) return `took longer than ${TIMEOUT_MS / 1000} s`;
  if (typeof error.code !== 'number') return `cannot be run: ${reasonOf(error)}`;
  const last = stderr.trim().split('\n').at(-1) ?? '';
  const said = last === '' ? '' : `: ${toTerminalLine(redact(last)).slice(0, 200)}`;
  return `ended with exit code ${error.code}${said}`;
}

const WORD = /\s*(?:((?:[^\s'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+)|$)/y;
const PART = /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^'"\\]+)/g;
const SHELL_ONLY = /[|&;<>`$]/;

/**
 * A command line as the words it stands for: quotes and backslashes as in a POSIX shell, nothing else
 * of one. What only a shell could do (pipes, variables) throws `BadValue`.
 */
export function splitCommand(command: string): string[] {
  const words: string[] = [];
  WORD.lastIndex = 0;
  while (WORD.lastIndex < command.length) {
    const match = WORD.exec(command);
    if (match === null) throw new BadValue('$(…) has a quote that is not closed');
    if (match[1] !== undefined) words.push(unquote(match[1]));
  }
  if (words.length === 0) throw new BadValue('$(…) holds no command');
  return words;
}

function unquote(word: string): string {
  let text = '';
  for (const [, single, double, escaped, plain] of word.matchAll(PART)) {
    if (SHELL_ONLY.test(plain ?? '') || /(?:^|[^\\])[$`]/.test(double ?? '')) {
      throw new BadValue(
        "$(…) runs without a shell: quote | & ; < > ` $, or put the line into sh -c '…'",
      );
    }
    text += single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? plain ?? '';
  }
  return text;
}
