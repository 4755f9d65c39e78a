import type { OutputFormat } from './chat-options.js';

export interface ModeInput {
  /** `-p` was given. */
  print: boolean;
  outputFormat: OutputFormat;
  stdinIsTerminal: boolean;
  stdoutIsTerminal: boolean;
  env: NodeJS.ProcessEnv;
}

/** True for the chat, false for one prompt and its answer. `CI` in the environment does not forbid a person to chat. */
export function isInteractive(input: ModeInput): boolean {
  const { print, outputFormat, stdinIsTerminal, stdoutIsTerminal, env } = input;
  if (print || outputFormat !== 'text') return false;
  return stdinIsTerminal && stdoutIsTerminal && env['TERM'] !== 'dumb';
}
