import { homeOf } from './home.js';
import type { KeyPath } from './key-path.js';
import type { ProblemDetails } from './problems.js';
import { readNamedFile } from './read-files.js';
import { runSecretCommand } from './secret-command.js';
import { isHarmlessVariable } from './secrets.js';
import { BadReference, isPlain, parseTemplate, type Part } from './template.js';
import { BadValue } from './values.js';

export interface ExpandContext {
  env: NodeJS.ProcessEnv;
  /** What relative paths start from, and where commands run. */
  dir: string;
  /**
   * `run` resolves everything. `dry` looks variables up but reads no file and runs no command.
   * `raw` looks nothing up: all a file may have that is not trusted.
   */
  mode: 'run' | 'dry' | 'raw';
  /** Runs commands again whose result is known. */
  fresh?: boolean;
  signal?: AbortSignal | undefined;
}

export interface Expanded {
  text: string;
  /** The parts of it that came from outside and may be secret. */
  secrets: readonly string[];
  /** False when something was left as it is written, because the mode does not resolve it. */
  complete: boolean;
}

/** The text with its references resolved. Throws `BadReference`. */
export async function expandText(text: string, context: ExpandContext): Promise<Expanded> {
  if (isPlain(text)) return { text, secrets: [], complete: true };
  return expandParts(parseTemplate(text), context);
}

async function expandParts(parts: readonly Part[], context: ExpandContext): Promise<Expanded> {
  const pieces = await Promise.all(parts.map((part) => expandPart(part, context)));
  return {
    text: pieces.map(({ text }) => text).join(''),
    secrets: pieces.flatMap(({ secrets }) => secrets),
    complete: pieces.every(({ complete }) => complete),
  };
}

async function expandPart(part: Part, context: ExpandContext): Promise<Expanded> {
  if (part.kind === 'text') return { text: part.text, secrets: [], complete: true };
  const needsRun = part.kind === 'file' || part.kind === 'command';
  if (context.mode === 'raw' || (context.mode === 'dry' && needsRun)) {
    return { text: part.reference, secrets: [], complete: false };
  }
  switch (part.kind) {
    case 'variable':
      return expandVariable(part, context);
    case 'file': {
      const { text: file } = await expandParts(part.path, context);
      const text = readReference(file, part.reference, context);
      return { text, secrets: [text], complete: true };
    }
    case 'command': {
      const text = await runCommand(part, context);
      return { text, secrets: [text], complete: true };
    }
    case 'place': {
      const text = part.place === 'userHome' ? homeOf(context.env) : context.dir;
      return { text, secrets: [], complete: true };
    }
  }
}

async function expandVariable(
  part: Extract<Part, { kind: 'variable' }>,
  context: ExpandContext,
): Promise<Expanded> {
  const value = Object.hasOwn(context.env, part.name) ? context.env[part.name] : undefined;
  if (value !== undefined && value !== '') {
    const secrets = isHarmlessVariable(part.name) ? [] : [value];
    return { text: value, secrets, complete: true };
  }
  if (part.fallback !== undefined) return expandParts(part.fallback, context);
  throw new BadReference(
    `the environment variable ${part.name} is ${value === '' ? 'empty' : 'not set'}`,
    part.reference,
    `Set it, or write \${${part.name}:-default}; a plain $ is written $$.`,
  );
}

function readReference(name: string, reference: string, context: ExpandContext): string {
  try {
    return readNamedFile(name, context).replace(/[\r\n]+$/, '');
  } catch (error) {
    if (error instanceof BadValue) throw new BadReference(error.message, reference);
    throw error;
  }
}

async function runCommand(
  part: Extract<Part, { kind: 'command' }>,
  context: ExpandContext,
): Promise<string> {
  const { dir: cwd, env, signal } = context;
  try {
    return await runSecretCommand(part.command, { cwd, env, signal }, context.fresh === true);
  } catch (error) {
    if (error instanceof BadValue) throw new BadReference(error.message, part.reference);
    throw error;
  }
}

/** What `expandValue` tells while it walks. */
export interface ExpandSink {
  report: (path: KeyPath, message: string, details?: ProblemDetails) => void;
  /** The value at `path` stays unresolved in this mode. */
  incomplete: (path: KeyPath) => void;
  secrets: (path: KeyPath, secrets: readonly string[]) => void;
}

/** A copy of a JSON value with every string leaf expanded; what cannot be is reported and stays. */
export async function expandValue(
  value: unknown,
  path: KeyPath,
  context: ExpandContext,
  sink: ExpandSink,
): Promise<unknown> {
  if (typeof value === 'string') return expandLeaf(value, path, context, sink);
  if (Array.isArray(value)) {
    return Promise.all(
      value.map((item, index) => expandValue(item, [...path, index], context, sink)),
    );
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(
    async ([key, item]) => [key, await expandValue(item, [...path, key], context, sink)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

async function expandLeaf(
  value: string,
  path: KeyPath,
  context: ExpandContext,
  sink: ExpandSink,
): Promise<string> {
  if (isPlain(value)) return value;
  try {
    const { text, secrets, complete } = await expandText(value, context);
    if (!complete) sink.incomplete(path);
    if (secrets.length > 0) sink.secrets(path, secrets);
    return text;
  } catch (error) {
    if (!(error instanceof BadReference)) throw error;
    const { message, reference: needle, hint } = error;
    sink.report(path, message, { needle, ...(hint === undefined ? {} : { hint }) });
    return value;
  }
}
