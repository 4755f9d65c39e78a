import type { ErrorCode } from '../core/errors.js';
import type { JsonObject } from '../core/json.js';

/** A model's part written down beforehand (docs/scripted-model.md). */
export interface Script {
  turns: readonly ScriptTurn[];
  /** Said when no turn fits. */
  fallback?: ScriptTurn;
  /** Milliseconds a word, unless a turn says otherwise. */
  delay?: number;
  /** Context length to claim, tokens. */
  context?: number;
}

export interface ScriptTurn {
  /** Begins an exchange: taken when the prompt contains this text, upper or lower case. */
  when?: string;
  think?: string;
  say?: string;
  call?: readonly ScriptCall[];
  /** Milliseconds before the first word. */
  wait?: number;
  /** Milliseconds a word. */
  delay?: number;
  /** `length`: the answer is cut off by the token limit. */
  stop?: 'stop' | 'length';
  /** Fails after what is said, and calls nothing. */
  fail?: ScriptFailure;
}

export interface ScriptCall {
  /** The tool's alias, or its own name without the server. */
  tool: string;
  /** Strings in it may hold templates, as in `say`. */
  arguments: JsonObject;
}

export interface ScriptFailure {
  code: ErrorCode;
  message: string;
}
