import { createRedactStream, redact } from '../core/redact.js';
import type { AgentEventBody } from '../core/events.js';
import type { ToolCall } from '../core/messages.js';
import type { ChatRequest, Model, ModelUsage } from '../model/types.js';
import { mayBeCall, parseCalls } from './text-calls.js';

/** What one request to the model came to. */
export interface Turn {
  content: string;
  thinking: string;
  toolCalls: ToolCall[];
  usage: ModelUsage;
  /** The answer ended at the token limit, not by itself. */
  cut: boolean;
}

const NO_USAGE: ModelUsage = { promptTokens: 0, outputTokens: 0, evalMs: 0, loadMs: 0 };

/** A turn before its first chunk. */
export function createTurn(): Turn {
  return { content: '', thinking: '', toolCalls: [], usage: NO_USAGE, cut: false };
}

export interface TurnInput {
  /** Filled in as the answer comes, so that what came of a broken answer is not lost. */
  turn: Turn;
  model: Model;
  request: ChatRequest;
  /** Id of the message and of its thinking. */
  id: string;
  signal: AbortSignal;
}

/**
 * One request to the model as events: deltas, then the finished message. Text that may still turn
 * out to be a tool call written as text is held back until that is settled.
 */
export async function* streamTurn(input: TurnInput): AsyncGenerator<AgentEventBody, void> {
  const { turn, model, request, id, signal } = input;
  const names = new Set(request.tools.map((tool) => tool.name));
  const shown = createPart('message', id);
  const thought = createPart('thinking', id);
  let held = '';
  let holding = names.size > 0;
  for await (const chunk of model.chat(request, signal)) {
    switch (chunk.type) {
      case 'thinking':
        turn.thinking += chunk.text;
        yield* thought.push(chunk.text);
        break;
      case 'text': {
        turn.content += chunk.text;
        held += chunk.text;
        holding &&= mayBeCall(held);
        if (holding) break;
        yield* shown.push(held);
        held = '';
        break;
      }
      case 'tool_call':
        turn.toolCalls.push(chunk.call);
        break;
      case 'done':
        turn.usage = chunk.usage;
        turn.cut = chunk.reason === 'length';
        break;
    }
  }
  const written = turn.toolCalls.length === 0 && holding ? parseCalls(held, names) : undefined;
  if (written !== undefined) {
    turn.toolCalls = written.map((call, index) => ({ ...call, id: `${id}_text_${index}` }));
    turn.content = '';
  } else if (held !== '') {
    yield* shown.push(held);
  }
  yield* thought.finish(turn.thinking);
  yield* shown.finish(turn.content);
}

/** Deltas and the finished whole of one message, redacted across the edges of pieces. */
function createPart(type: 'message' | 'thinking', id: string) {
  const stream = createRedactStream();
  let started = false;
  const event = (content: string, delta: boolean): AgentEventBody =>
    type === 'message'
      ? { type, id, role: 'assistant', content, delta }
      : { type, id, content, delta };
  return {
    *push(text: string): Generator<AgentEventBody> {
      const safe = stream.push(text);
      if (safe === '') return;
      started = true;
      yield event(safe, true);
    },
    *finish(whole: string): Generator<AgentEventBody> {
      const rest = stream.flush();
      if (rest !== '') yield event(rest, true);
      if (started || rest !== '') yield event(redact(whole), false);
    },
  };
}
