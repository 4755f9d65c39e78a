import type { Chat } from '../../../core/chat.js';
import { now } from '../../../core/clock.js';
import { deadline, withSignal } from '../../../core/wait.js';

/** What the menu remembers of a chat, so that a key asks nobody again. */
interface Memory {
  entries: Map<string, { value: Promise<unknown>; until: number }>;
}

export interface Recall<T> {
  /** What is asked for; one question at a time for each. */
  key: string;
  ask: (signal: AbortSignal) => Promise<T>;
  /** Milliseconds an answer holds; 0 = it is asked again, and whoever is asked remembers. */
  holdsMs: number;
  /** Milliseconds to wait for it; 1,000 unless told. */
  waitMs?: number;
}

const memories = new WeakMap<Chat, Memory>();
const WAIT_MS = 1000;
/** A slow server may take longer than a key waits: the answer is there for a later key. */
const ASK_MS = 20_000;
const MAX_ENTRIES = 500;

/**
 * An answer from memory, or a question whose answer is waited for. Rejects when it does not come in
 * time; the question goes on.
 */
export async function recall<T>(
  chat: Chat,
  signal: AbortSignal,
  { key, ask, holdsMs, waitMs = WAIT_MS }: Recall<T>,
): Promise<T> {
  const { entries } = memoryOf(chat);
  let entry = entries.get(key);
  if (entry === undefined || entry.until < now()) {
    entry = { value: settle(ask), until: Infinity };
    const asked = entry;
    entries.set(key, asked);
    if (entries.size > MAX_ENTRIES) entries.delete(entries.keys().next().value as string);
    const forget = () => {
      if (entries.get(key) === asked) entries.delete(key);
    };
    const keep = holdsMs > 0 ? () => void (asked.until = now() + holdsMs) : forget;
    void asked.value.then(keep, forget);
  }
  const limit = deadline(waitMs, 'The completion', signal);
  try {
    return await withSignal(entry.value as Promise<T>, limit.signal);
  } finally {
    limit.clear();
  }
}

async function settle<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const limit = deadline(ASK_MS, 'The question');
  try {
    return await withSignal(ask(limit.signal), limit.signal);
  } finally {
    limit.clear();
  }
}

/** Answers of servers are forgotten when any of them changes. */
function memoryOf(chat: Chat): Memory {
  const known = memories.get(chat);
  if (known !== undefined) return known;
  const memory: Memory = { entries: new Map() };
  memories.set(chat, memory);
  chat.subscribe((event) => {
    if (event.type === 'server') memory.entries.clear();
  });
  return memory;
}
