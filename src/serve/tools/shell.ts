import * as z from 'zod';
import { redact } from '../../core/redact.js';
import { toTerminalLine } from '../../core/terminal-text.js';
import { childEnv } from './child-env.js';
import { type CommandOutcome, runCommand } from './run-command.js';
import { defineTool, type SampleTool, type ToolContext, type ToolOutput } from './tool.js';
import { resolveWorkingDir } from './working-dir.js';

export interface ShellSettings {
  /** Absolute, symlinks resolved. */
  root: string;
  timeoutMs: number;
  maxConcurrent: number;
  env: Readonly<Record<string, string | undefined>>;
  /** Gets one line a call: who ran what, how it ended. */
  log: (line: string) => void;
}

export interface ShellTools {
  tools: readonly SampleTool[];
  /** Kills what runs and waits for it. */
  close: () => Promise<void>;
}

/** 64 KiB in all. */
const STDOUT_BYTES = 48 * 1024;
const STDERR_BYTES = 16 * 1024;
const GRACE_MS = 1_000;

/** Below the 128 KiB that Linux takes as one argument. */
const MAX_COMMAND = 32 * 1024;

const input = z.object({
  command: z
    .string()
    .min(1)
    .max(MAX_COMMAND)
    .refine((text) => !text.includes('\0'), 'has a NUL character')
    .describe('The full shell command to execute'),
  working_dir: z
    .string()
    .max(4096)
    .refine((text) => !text.includes('\0'), 'has a NUL character')
    .optional()
    .describe('Optional working directory where the command should run'),
});

export function createShellTools(settings: ShellSettings): ShellTools {
  const running = new Set<Promise<CommandOutcome>>();
  const shutdown = new AbortController();

  async function run(args: z.infer<typeof input>, context: ToolContext): Promise<ToolOutput> {
    // An empty one is how small models say "none".
    const cwd = await resolveWorkingDir(settings.root, args.working_dir || undefined);
    if (cwd === undefined) {
      audit('refused working_dir', args.command, context);
      return failure('working_dir must be an existing directory inside the root of this server');
    }
    if (running.size >= settings.maxConcurrent) {
      audit('refused too-many', args.command, context);
      return failure(`${settings.maxConcurrent} commands are running already, try again later`);
    }
    const promise = runCommand({
      command: args.command,
      cwd,
      env: childEnv(settings.env),
      timeoutMs: settings.timeoutMs,
      graceMs: GRACE_MS,
      stdoutBytes: STDOUT_BYTES,
      stderrBytes: STDERR_BYTES,
      signal: AbortSignal.any([context.signal, shutdown.signal]),
    });
    running.add(promise);
    const outcome = await promise.finally(() => running.delete(promise));
    audit(`${describeEnd(outcome, settings.timeoutMs)} in ${outcome.ms} ms`, args.command, context);
    return toOutput(outcome, settings.timeoutMs);
  }

  function audit(end: string, command: string, { principal }: ToolContext): void {
    const shown = toTerminalLine(redact(command));
    const who = toTerminalLine(principal);
    settings.log(`${new Date().toISOString()} exec_cmd by ${who}: ${end}: ${shown}`);
  }

  const execCmd = defineTool({
    name: 'exec_cmd',
    description: 'Execute a Linux command with optional working directory',
    input,
    annotations: { readOnlyHint: false, destructiveHint: true, openWorldHint: true },
    run,
  });
  return {
    tools: [execCmd],
    async close() {
      shutdown.abort();
      await Promise.all(running);
    },
  };
}

function failure(why: string): ToolOutput {
  return { text: `execution failed: ${why}`, isError: true };
}

function describeEnd({ ended, exitCode, reason }: CommandOutcome, timeoutMs: number): string {
  switch (ended) {
    case 'timeout':
      return `timed out after ${timeoutMs / 1000} s and was killed`;
    case 'cancelled':
      return 'cancelled';
    case 'not-started':
      return `could not be started (${reason})`;
    case 'exit':
      return exitCode === null ? `killed by ${reason}` : `exit code ${exitCode}`;
  }
}

/** Both outputs and the end. A secret of ours that a command got hold of does not leave with it. */
function toOutput(outcome: CommandOutcome, timeoutMs: number): ToolOutput {
  const end = describeEnd(outcome, timeoutMs);
  const stderr = outcome.stderr === '' ? '' : `[stderr]\n${outcome.stderr}`;
  const output = redact([outcome.stdout, stderr].filter((part) => part !== '').join('\n'));
  if (outcome.ended === 'exit' && outcome.exitCode === 0) {
    return { text: `${output === '' ? '(no output)' : output.trimEnd()}\n[${end}]` };
  }
  return { text: `execution failed: ${end}\n${output}`.trimEnd(), isError: true };
}
