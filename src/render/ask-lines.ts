import type { AgentEvent } from '../core/events.js';
import { mentionOf } from './mention.js';

export type AskEvent = Extract<
  AgentEvent,
  {
    type:
      | 'elicitation'
      | 'elicitation_result'
      | 'sampling'
      | 'sampling_result'
      | 'login'
      | 'resource_updated';
  }
>;

export interface AskLine {
  sign: 'info' | 'success' | 'warning' | 'error' | 'cancelled';
  text: string;
}

const MAX_NAME = 64;
const MAX_TEXT = 200;

/** What servers ask and what became of it, in one line. `safe` sanitises a foreign text and cuts it. */
export function askLine(event: AskEvent, safe: (text: string, max: number) => string): AskLine {
  const [sign, text] = wordsOf(event, safe);
  return { sign, text: `${safe(event.server, MAX_NAME)} ${text}` };
}

type Words = readonly [AskLine['sign'], string];

function wordsOf(event: AskEvent, safe: (text: string, max: number) => string): Words {
  switch (event.type) {
    case 'elicitation':
      return ['info', `asks: ${safe(event.message, MAX_TEXT)}`];
    case 'elicitation_result':
      return elicited(event);
    case 'sampling': {
      const count = amount(event.messages, 'message');
      return [
        'info',
        `asks ${safe(event.model, MAX_NAME)}: ${count}, up to ${amount(event.max_tokens, 'token')}`,
      ];
    }
    case 'sampling_result':
      return sampled(event, safe);
    case 'login':
      return loggedIn(event, safe);
    case 'resource_updated':
      return ['info', `changed ${uri(event, safe)}`];
  }
}

/** With what is typed to read it. */
function uri(
  event: Extract<AskEvent, { type: 'resource_updated' }>,
  safe: (text: string, max: number) => string,
): string {
  const mention = mentionOf(event.server, event.uri);
  return `${safe(event.uri, MAX_TEXT)} (${safe(mention, MAX_TEXT)})`;
}

const SOURCES = { user: '', policy: ' (nobody was asked)', file: ' (from --answers)' } as const;

function elicited({ action, source }: Extract<AskEvent, { type: 'elicitation_result' }>): Words {
  switch (action) {
    case 'accept':
      return ['success', `got an answer${SOURCES[source]}`];
    case 'decline':
      return ['cancelled', `was told no${SOURCES[source]}`];
    case 'cancel':
      return ['cancelled', `got no answer${SOURCES[source]}`];
  }
}

function sampled(
  event: Extract<AskEvent, { type: 'sampling_result' }>,
  safe: (text: string, max: number) => string,
): Words {
  const model = safe(event.model, MAX_NAME);
  switch (event.status) {
    case 'answered':
      return ['success', `got an answer of ${model}: ${amount(event.output_tokens, 'token')}`];
    case 'denied':
      return ['cancelled', `may not ask ${model}${reason(event, safe)}`];
    case 'failed':
      return ['error', `got no answer of ${model}${reason(event, safe)}`];
  }
}

function loggedIn(
  event: Extract<AskEvent, { type: 'login' }>,
  safe: (text: string, max: number) => string,
): Words {
  const host = safe(event.host, MAX_TEXT);
  switch (event.status) {
    case 'asked':
      return ['info', `wants a login at ${host}`];
    case 'waiting':
      return ['info', `waits for the login at ${host}`];
    case 'done':
      return ['success', `is logged in at ${host}`];
    case 'cancelled':
      return ['cancelled', 'is not logged in: cancelled'];
    case 'failed':
      return ['error', `is not logged in${reason(event, safe)}`];
  }
}

function reason(
  { error }: { error?: { message: string } },
  safe: (text: string, max: number) => string,
): string {
  return error === undefined ? '' : `: ${safe(error.message, MAX_TEXT)}`;
}

function amount(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
