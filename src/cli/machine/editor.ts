import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { OstlerError } from '../../core/errors.js';
import type { ShellPlace } from './shell.js';

/** `$VISUAL`, `$EDITOR`, else vi: may hold arguments, as for git. */
function editorOf(env: NodeJS.ProcessEnv): string {
  return [env['VISUAL'], env['EDITOR']].find((name) => (name ?? '').trim() !== '') ?? 'vi';
}

/** The text as the person left it in their editor, which has the terminal meanwhile. */
export async function editText(text: string, { cwd, env }: ShellPlace): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'ostler-'));
  const file = path.join(directory, 'prompt.md');
  try {
    await writeFile(file, text, { mode: 0o600 });
    await runEditor(editorOf(env), file, { cwd, env });
    const edited = await readFile(file, 'utf8');
    return edited.replace(/\n$/, '');
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function runEditor(editor: string, file: string, { cwd, env }: ShellPlace): Promise<void> {
  return new Promise((resolve, reject) => {
    // The shell splits the words of `$EDITOR`; the file's name comes as an argument of its own.
    const child = spawn('/bin/sh', ['-c', `${editor} "$1"`, 'sh', file], {
      cwd,
      env,
      stdio: 'inherit',
    });
    child.once('error', (error) => reject(failed(editor, error.message)));
    child.once('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(failed(editor, signal ?? `exit code ${code ?? 'unknown'}`));
    });
  });
}

function failed(editor: string, why: string): OstlerError {
  return new OstlerError('usage', `The editor ${editor} failed: ${why}.`, {
    hint: 'Name another one in $VISUAL or $EDITOR.',
  });
}
