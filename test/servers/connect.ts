import type { ServerDefinition } from '../../src/config/types.js';
import { OstlerError } from '../../src/core/errors.js';
import { connect } from '../../src/mcp/connection.js';
import { dial, type DialOptions } from '../../src/mcp/dial.js';
import type { Connection } from '../../src/mcp/types.js';

export interface OpenOptions {
  signal?: AbortSignal;
  onWarning?: (message: string) => void;
  onTrouble?: () => void;
  dial?: Partial<DialOptions>;
}

/** Dials and connects as the manager does, to one server. */
export async function open(
  server: ServerDefinition,
  {
    signal = new AbortController().signal,
    onWarning = () => {},
    onTrouble = () => {},
    dial: more,
  }: OpenOptions = {},
): Promise<Connection> {
  return connect(dial(server, { env: process.env, onWarning, ...more }), {
    signal,
    onWarning,
    onTrouble,
  });
}

/** The error with which connecting, or anything else, fails. */
export async function failureOf(attempt: Promise<unknown>): Promise<OstlerError> {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof OstlerError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

/** A signal that never fires. */
export const quiet = { signal: new AbortController().signal };

/** The texts of a result. */
export function textOf(result: Awaited<ReturnType<Connection['call']>>): string {
  return result.content.map((piece) => ('text' in piece ? piece.text : piece.type)).join('\n');
}
