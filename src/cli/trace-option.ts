import { Option, type Command } from 'commander';

/** Opens the file that the wire is written to. */
export type StartTrace = (file: string) => Promise<void>;

/** Commands that send nothing; `trace` above all, which reads what must not be overwritten. */
const UNTRACED = new Set(['trace', 'serve', 'sessions', 'config', 'help']);

/** Gives `--trace` to a program and all its commands; the file is opened before a command runs. */
export function addTraceOption(program: Command, start: StartTrace): void {
  addTo(program);
  program.hook('preAction', async (_, command) => {
    if (isUntraced(command)) return;
    const file: unknown = command.optsWithGlobals()['trace'];
    if (typeof file === 'string' && file !== '') await start(file);
  });
}

function addTo(command: Command): void {
  if (UNTRACED.has(command.name())) return;
  const isGroup = command.commands.length > 0 && command.parent !== null;
  if (!isGroup) {
    command.addOption(
      new Option(
        '--trace <file>',
        'write what is sent and received to this file, secrets replaced',
      ).env('OSTLER_TRACE'),
    );
  }
  for (const child of command.commands) addTo(child);
}

function isUntraced(command: Command): boolean {
  for (let at: Command | null = command; at !== null; at = at.parent) {
    if (UNTRACED.has(at.name())) return true;
  }
  return false;
}
