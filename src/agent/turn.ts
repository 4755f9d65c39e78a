import { OstlerError } from '../core/errors.js';
import type { AgentEventBody } from '../core/events.js';
import type { ToolCall } from '../core/messages.js';
import { createRedactStream, redact } from '../core/redact.js';
import type { ChatRequest, Model, ModelChunk, ModelUsage } from '../model/types.js';
import { isDeeperThan } from './depth.js';
import { MAX_CALL_TEXT, mayBeCall, parseCalls } from './text-calls.js';

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
 * One request to the model as events: deltas, then the finished message, also of an answer that
 * breaks off. Text that may still turn out to be a tool call written as text is held back until
 * that is settled.
 */
export async function* streamTurn(input: TurnInput): AsyncGenerator<AgentEventBody, void> {
  const { turn, model, request, id, signal } = input;
  const names = new Set(request.tools.map((tool) => tool.name));
  const shown = createPart('message', id);
  const thought = createPart('thinking', id);
  const hold = createHold(names.size > 0);
  function* finish(): Generator<AgentEventBody> {
    yield* shown.push(hold.release());
    yield* thought.finish(turn.thinking);
    yield* shown.finish(turn.content);
  }
  try {
    for await (const chunk of model.chat(request, signal)) {
      take(chunk, turn);
      if (chunk.type === 'thinking') yield* thought.push(chunk.text);
      else if (chunk.type === 'text') yield* shown.push(hold.push(chunk.text));
    }
    const written = turn.toolCalls.length === 0 ? parseCalls(hold.held(), names) : undefined;
    if (written !== undefined) {
      hold.release();
      turn.content = '';
      turn.toolCalls = written.map(({ name, arguments: args }, index) => {
        return { id: `${id}_text_${index}`, name, arguments: args };
      });
    }
    checkDepth(turn.toolCalls);
  } catch (error) {
    yield* finish();
    throw error;
  }
  yield* finish();
}

function take(chunk: ModelChunk, turn: Turn): void {
  switch (chunk.type) {
    case 'thinking':
      turn.thinking += chunk.text;
      break;
    case 'text':
      turn.content += chunk.text;
      break;
    case 'tool_call':
      turn.toolCalls.push(chunk.call);
      break;
    case 'done':
      turn.usage = chunk.usage;
      turn.cut = chunk.reason === 'length';
      break;
  }
}

function checkDepth(calls: readonly ToolCall[]): void {
  if (!calls.some((call) => isDeeperThan(call.arguments))) return;
  throw new OstlerError('model_failed', 'The model wrote a tool call that is nested too deeply.', {
    hint: 'Try again, or another model.',
  });
}

/** How much of a text decides whether it can be a call. */
const HEAD_CHARS = 256;

/** Holds text back while all of it may still be a tool call. */
function createHold(active: boolean) {
  let head = '';
  let size = 0;
  let pieces: string[] = [];
  let holding = active;
  const release = () => {
    const text = pieces.join('');
    pieces = [];
    return text;
  };
  return {
    /** What can be shown by now. */
    push(text: string): string {
      if (!holding) return text;
      pieces.push(text);
      size += text.length;
      if (head.length < HEAD_CHARS) {
        head += text;
        holding = mayBeCall(head);
      }
      holding &&= size <= MAX_CALL_TEXT;
      return holding ? '' : release();
    },
    held: () => pieces.join(''),
    release,
  };
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
