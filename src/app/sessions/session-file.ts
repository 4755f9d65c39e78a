import { open } from 'node:fs/promises';
import { reasonOf } from '../../config/file-reason.js';
import { OstlerError } from '../../core/errors.js';
import type { ChatMessage } from '../../core/messages.js';
import { redact } from '../../core/redact.js';
import { toTerminalLine } from '../../core/terminal-text.js';
import { createAppender, type Opened } from './appender.js';
import { encodeLine, type BodyLine, type HeadLine } from './lines.js';
import { LockHeld, takeLock } from './lock.js';
import { toMessageJson } from './message-json.js';
import { toSessionName } from './name.js';
import { endsTorn, SUMMARY_EVERY_BYTES } from './read.js';
import { countPrompts, initialState, nextState, type SessionState } from './state.js';
import type { SessionFile } from './types.js';

const PRIVATE_FILE = 0o600;

export interface SessionFileStart {
  path: string;
  head: HeadLine;
  /** Of an existing file; left out for a new one, which is made at the first message. */
  content?: { state: SessionState; messages: readonly ChatMessage[] };
  /** Milliseconds since 1970. */
  now: () => number;
  /** Gives back the lock of `lockSession`, when it is taken already; otherwise the first message takes it. */
  unlock?: () => Promise<void>;
}

/** The writing end of a session. */
export function createSessionFile(start: SessionFileStart): SessionFile {
  const { path, head, content, now } = start;
  let state = content?.state ?? initialState(head);
  let messages: ChatMessage[] = [...(content?.messages ?? [])];
  /** Lines that wait, behind the first one of the file, for the first message. */
  let held: string[] | undefined = content === undefined ? [] : undefined;
  let sinceSummary = content === undefined ? 0 : SUMMARY_EVERY_BYTES;
  let { unlock } = start;
  const appender = createAppender(async () => {
    unlock ??= await lockSession(path);
    return openToAppend(path);
  });

  function write(line: BodyLine, next: SessionState): void {
    state = next;
    let text = encodeLine(line);
    if (held !== undefined) {
      held.push(text);
      if (!messages.some(({ role }) => role !== 'system')) return;
      text = [encodeLine({ ...head, model: state.model }), ...held].join('');
      held = undefined;
    }
    sinceSummary += Buffer.byteLength(text);
    if (sinceSummary >= SUMMARY_EVERY_BYTES) {
      text += encodeLine({ type: 'summary', ...state });
      sinceSummary = 0;
    }
    appender.push(text);
  }

  const at = () => new Date(now()).toISOString();
  const saved = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      throw error instanceof OstlerError ? error : unwritable(path, error);
    }
  };

  return {
    id: head.id,
    get name() {
      return state.name;
    },
    append(message) {
      messages.push(message);
      const line = { type: 'message', at: at(), message: toMessageJson(message) } as const;
      write(line, nextState(state, { ...line, message: redactedUser(message) }));
    },
    replace(next) {
      let keep = 0;
      while (keep < next.length && next[keep] === messages[keep]) keep += 1;
      messages = [...next];
      const rest = messages.slice(keep);
      const prompts = countPrompts(messages);
      const line = { type: 'replace', at: at(), keep, prompts } as const;
      write(
        { ...line, messages: rest.map(toMessageJson) },
        nextState(state, { ...line, messages: rest }),
      );
    },
    model(name) {
      const model = redact(name);
      if (model === state.model) return;
      if (held !== undefined) {
        state = { ...state, model };
        return;
      }
      const line = { type: 'model', at: at(), model } as const;
      write(line, nextState(state, line));
    },
    rename(name) {
      const line = { type: 'name', at: at(), name: toSessionName(name) } as const;
      write(line, nextState(state, line));
    },
    flush: () => saved(appender.flush),
    close: () =>
      saved(async () => {
        try {
          await appender.close();
        } finally {
          await unlock?.();
        }
      }),
  };
}

/** A title is made of what stands in the file. */
function redactedUser(message: ChatMessage): ChatMessage {
  return message.role === 'user' ? { role: 'user', content: redact(message.content) } : message;
}

/** Resolves to the way to let others have it. Throws `usage` when another process has the session open. */
export async function lockSession(path: string): Promise<() => Promise<void>> {
  const lock = lockOf(path);
  try {
    return await takeLock(lock);
  } catch (error) {
    throw error instanceof LockHeld ? inUse(path, error) : unwritable(path, error);
  }
}

export function lockOf(path: string): string {
  return `${path}.lock`;
}

export function inUse(path: string, { pid }: LockHeld): OstlerError {
  const who = pid === undefined ? 'another ostler' : `another ostler (process ${pid})`;
  return new OstlerError('usage', `${toTerminalLine(path)} is open in ${who}.`, {
    hint: `End it, or begin a new session. When it is long gone, delete ${toTerminalLine(lockOf(path))}`,
  });
}

async function openToAppend(path: string): Promise<Opened> {
  const handle = await open(path, 'a+', PRIVATE_FILE);
  try {
    const { mode } = await handle.stat();
    // Not ours to change when it belongs to somebody else.
    if ((mode & 0o077) !== 0) await handle.chmod(PRIVATE_FILE).catch(() => {});
    return { handle, torn: await endsTorn(handle) };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function unwritable(path: string, error: unknown): OstlerError {
  return new OstlerError(
    'output_failed',
    `The session ${toTerminalLine(path)} cannot be written: ${reasonOf(error)}.`,
    { hint: 'To go on without it: --no-session', cause: error },
  );
}
