import type { Command } from 'commander';
import { OstlerError } from '../../core/errors.js';
import type { Io } from '../io.js';

/** Options as commander hands them over: raw texts. */
export type Flags = Readonly<Record<string, string | readonly string[] | boolean | undefined>>;

/** Receives the exit code of the command that ran. */
export type Done = (exitCode: number) => void;

/** Adds one command to the tree. Its body is imported when it runs, so that `--help` loads commander alone. */
export type AddCommand = (program: Command, io: Io, done: Done) => void;

/** The same for a command about one server: `words` are those behind `--`, if there were any. */
export type AddServerCommand = (
  program: Command,
  io: Io,
  done: Done,
  words: readonly string[] | undefined,
) => void;

export function textFlag(value: Flags[string]): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A variable that turns something on: anything but empty, `0` and `false`. */
export function isOn(value: string | undefined): boolean {
  return value !== undefined && !['', '0', 'false'].includes(value);
}

export function listFlag(value: Flags[string]): readonly string[] {
  return Array.isArray(value) ? value : [];
}

export function numberFlag(value: Flags[string], flag: string): number {
  const number = Number(value);
  if (typeof value === 'string' && value.trim() !== '' && Number.isFinite(number)) return number;
  throw new OstlerError('usage', `${flag} is not a number (got "${String(value)}").`);
}
