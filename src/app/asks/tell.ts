import type { AgentEventBody } from '../../core/events.js';
import { redact } from '../../core/redact.js';

/** Warnings about one server; the same one is told once. */
export type Teller = (about: { server: string }, text: string) => void;

const MAX_TOLD = 200;

export function createTeller(emit: (event: AgentEventBody) => void): Teller {
  const told = new Set<string>();
  return ({ server }, text) => {
    const message = redact(`${server} ${text}`);
    // A server has no end of messages.
    if (told.has(message) || told.size >= MAX_TOLD) return;
    told.add(message);
    emit({ type: 'log', level: 'warning', message, server });
  };
}

const MAX_CHARACTERS = 120;

/** The beginning of a server's text, on one line; a secret is not cut in two. */
export function excerpt(text: string): string {
  const line = redact(text).replace(/\s+/g, ' ').trim();
  return line.length <= MAX_CHARACTERS ? line : `${line.slice(0, MAX_CHARACTERS - 1)}…`;
}
