import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { OstlerError } from '../../core/errors.js';
import { withSignal } from '../../core/wait.js';

export interface BrowserOptions {
  env: NodeJS.ProcessEnv;
  signal: AbortSignal;
  /** A program that still runs after this many milliseconds is a browser, not a failure. */
  patienceMs?: number;
}

const PATIENCE_MS = 3000;

/**
 * Opens a checked URL (`checkAuthorizationUrl`) in the person's browser: no shell, the URL is one word
 * of the command line. `$BROWSER` is honoured where it is one program without arguments, `none` means
 * nothing is opened; else what the system has for it. Rejects with `auth_required` when no browser
 * could be started; the URL is for the caller to show.
 */
export async function openBrowser(
  url: string,
  { env, signal, patienceMs = PATIENCE_MS }: BrowserOptions,
): Promise<void> {
  const { href } = new URL(url);
  const program = env['BROWSER']?.trim() ?? '';
  if (program === 'none') throw noBrowser('BROWSER is set to none');
  try {
    const start = isProgram(program) ? startProgram(program, href, env) : startDefault(href);
    await survives(await withSignal(start, signal), patienceMs, signal);
  } catch (error) {
    if (signal.aborted || error instanceof OstlerError) throw error;
    throw noBrowser(reasonOf(error), error);
  }
}

/** A list of browsers, or one with arguments (`%s`), is for xdg-open to understand. */
function isProgram(text: string): boolean {
  return /^[^\s%"'$`;&|<>]+$/.test(text) && (process.platform === 'win32' || !text.includes(':'));
}

function startProgram(
  program: string,
  href: string,
  env: NodeJS.ProcessEnv,
): Promise<ChildProcess> {
  const child = spawn(program, [href], { env, shell: false, detached: true, stdio: 'ignore' });
  child.unref();
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => resolve(child));
  });
}

/** `open`, `xdg-open`, or on Windows an encoded command in which the URL is one quoted word. */
async function startDefault(href: string): Promise<ChildProcess> {
  const { open } = await import('./open.js');
  return open(href);
}

/** Rejects when the program ends at once and says it failed; whether a page came up nobody can know. */
async function survives(child: ChildProcess, ms: number, signal: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const ended = new Promise<number | null>((resolve) => {
    if (child.exitCode !== null) resolve(child.exitCode);
    child.once('exit', (code) => resolve(code));
    timer = setTimeout(() => resolve(0), ms);
  });
  try {
    const code = await withSignal(ended, signal);
    if (code !== 0) throw noBrowser(`the program for it ended with ${code ?? 'a signal'}`);
  } finally {
    clearTimeout(timer);
  }
}

function noBrowser(reason: string, cause?: unknown): OstlerError {
  return new OstlerError('auth_required', `A browser could not be opened: ${reason}.`, {
    hint: 'Open the address above yourself, here or on another device.',
    cause,
  });
}

function reasonOf(error: unknown): string {
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return `there is no ${path ?? 'program for it'}`;
  return error instanceof Error ? error.message : String(error);
}
